// One process for all peers. A line in, "mjml 20": so many turns; a line out: their milliseconds as JSON.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { render } from "emailmd";
import mjml from "mjml";
import { toHtml } from "./page.mjs";

const read = (name) => readFileSync(name, "utf8");
const [mjmlPage, layoutPage, markdown, reactPage] = ["page.mjml", "layout.mjml", "page.md", "page.json"].map(read);
const given = JSON.parse(reactPage);
const compile = {
  mjml: () => mjml(mjmlPage),
  "mjml-layout": () => mjml(layoutPage),
  emailmd: () => render(markdown),
  "react-email": () => toHtml(given),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, turns] = line.split(" ");
  const times = [];
  for (let turn = 0; turn < Number(turns); turn++) {
    const start = performance.now();
    await compile[name]();
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
