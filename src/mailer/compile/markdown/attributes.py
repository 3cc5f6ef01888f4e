"""Attribute lists: `{: .lead}`, `{#id .class key=value}` and kramdown's `{:.x}`."""

import re
from xml.etree.ElementTree import Element

WORD = r"""(?:\.[\w-]++|\#[\w:-]++|[\w:-]++=(?:"[^"\n]*+"|'[^'\n]*+'|[^\s}"'=]++)|[\w-]++)"""
WORDS = rf"{WORD}(?:[ ]++{WORD}|(?=[.#]){WORD})*+[ ]*+"
BLOCK_LIST = rf"\{{(?:(?=[ ]*[.#])|:)[ ]*{WORDS}\}}"
"""After blocks. Without the colon the first word has to be a class or an id: other text in braces is kept."""
LINE = re.compile(rf" {{0,3}}(?:{BLOCK_LIST}[ ]*)+[ \t]*")
ENDING = re.compile(rf"(?<=[ ])({BLOCK_LIST})[ \t]*\Z")
INLINE_LIST = re.compile(rf"\{{(?:(?=[ ]*(?:[.#]|[\w:-]+=))|:)[ ]*{WORDS}\}}")
"""Right after inline elements."""
PART = re.compile(r"""\.([\w-]+)|\#([\w:-]+)|([\w:-]+)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s}"'=]+))|([\w-]+)""")


def is_attribute_line(text: str) -> bool:
    """Tell whether a line holds nothing but an attribute list."""
    return bool(LINE.fullmatch(text))


def cut_attributes(text: str) -> tuple[str, str]:
    """Part the attribute list at the end of a heading, term or cell from its text."""
    if not text.endswith("}"):
        return text, ""
    start = text.rfind("{")
    found = ENDING.search(text, start) if start > 0 else None
    return (text[:start].rstrip(" \t"), found[1]) if found else (text, "")


def set_attributes(element: Element, attributes: str) -> None:
    """Give an element what an attribute list says; classes add up, a word alone is its own value."""
    for name, identity, key, double, single, bare, flag in PART.findall(attributes):
        if name:
            element.set("class", f"{element.get('class', '')} {name}".lstrip())
        elif identity:
            element.set("id", identity)
        elif key:
            element.set(key, double or single or bare)
        elif flag:
            element.set(flag, flag)
