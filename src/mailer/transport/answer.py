"""What the other side says -> text that can be kept and shown."""

import unicodedata

LONGEST_TEXT = 500
"""Characters kept of a reply."""


def clean_reply(raw: bytes | str) -> str:
    """Return a reply as one line without control or invisible characters."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:LONGEST_TEXT]
    visible = ("" if unicodedata.category(char) in {"Cf", "Cs"} else char for char in text)
    spaced = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in "".join(visible))
    return " ".join("".join(spaced).split())[:LONGEST_TEXT]
