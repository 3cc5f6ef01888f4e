// `nodemailer.mjs PORT CONNECTIONS [KEY]`: nodemailer's pool; with a KEY it signs.
import { readFileSync } from "node:fs";
import { createTransport } from "nodemailer";

const [port, connections, key] = process.argv.slice(2);
const read = (path) => readFileSync(path, "utf8");
const [page, text] = ["page.html", "page.txt"].map((path) => read(path).split(/\{\{ (\w+) \}\}/));
const fill = (pieces, row) => pieces.map((piece, at) => (at % 2 ? row[piece] : piece)).join("");

const [head, ...lines] = read("readers.csv").trim().split(/\r?\n/).map((line) => line.split(","));
const rows = lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
const dkim = key && { domainName: "example.com", keySelector: "bench", privateKey: read(key) };
const pool = createTransport({
  host: "127.0.0.1", port: Number(port), pool: true, maxConnections: Number(connections), maxMessages: Infinity,
  ignoreTLS: true, dkim,
});

let next = 0;
const work = async () => {
  while (next < rows.length) {
    const row = rows[next++];
    await pool.sendMail({
      from: "Field Notes <news@example.com>",
      to: row.email,
      subject: `${row.first_name}, the wrens are back`,
      headers: { "List-Unsubscribe": `<${row.unsubscribe_url}>` },
      text: fill(text, row),
      html: fill(page, row),
    });
  }
};
await Promise.all(Array.from({ length: 2 * connections }, work));
pool.close();
