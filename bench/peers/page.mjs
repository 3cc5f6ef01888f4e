// The content of an issue as a react-email component. As a program: page.json -> HTML on standard output.
import { readFileSync } from "node:fs";
import { createElement } from "react";
import { Body, Container, Head, Heading, Hr, Html, Img, Link, Preview, Section, Text } from "@react-email/components";
import { render } from "@react-email/render";

const font = { fontFamily: "Helvetica, Arial, sans-serif", fontSize: "17px", lineHeight: "1.6", color: "#222222" };
const parts = {
  h1: [Heading, { as: "h1" }],
  h2: [Heading, { as: "h2", style: { fontSize: "26px", margin: "40px 0 12px" } }],
  h3: [Heading, { as: "h3" }],
  h4: [Heading, { as: "h4" }],
  h5: [Heading, { as: "h5" }],
  h6: [Heading, { as: "h6" }],
  p: [Text, { style: { ...font, margin: "0 0 20px" } }],
  a: [Link, { style: { color: "#1a56c4" } }],
  img: [Img, { width: "100%" }],
  hr: [Hr, {}],
};

function element(node, key) {
  if (typeof node === "string") return node;
  const [tag, attributes, children] = node;
  const [type, own] = parts[tag] ?? [tag, {}];
  const given = { ...own, ...attributes, key };
  return children.length ? createElement(type, given, ...children.map(element)) : createElement(type, given);
}

export function page({ subject, preheader, content, footer }) {
  return createElement(
    Html,
    { lang: "en" },
    createElement(Head, null, createElement("title", null, subject)),
    createElement(Preview, null, preheader),
    createElement(
      Body,
      { style: { backgroundColor: "#f4f4f2" } },
      createElement(
        Container,
        { style: { maxWidth: "640px", backgroundColor: "#ffffff" } },
        createElement(Section, { style: font }, ...content.map(element)),
        createElement(Section, null, createElement(Text, null, footer)),
      ),
    ),
  );
}

export const toHtml = (given) => render(page(given));

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(await toHtml(JSON.parse(readFileSync(process.argv[2], "utf8"))));
}
