"""The line below a title of plain text, drawn when a recipient's title is known."""

UNDERLINE = "underline"
"""The filter that a title goes through."""


def underline(title: str, sign: str) -> str:
    """Return a line of signs as wide as the widest line of the title."""
    from mailer.compile.text.width import display_width  # noqa: PLC0415 - only who fills titles needs it

    return sign * max((display_width(line.strip()) for line in title.split("\n")), default=0)
