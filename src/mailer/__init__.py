"""mailer: draft, check, test and send an email newsletter kept as Markdown files."""

__version__ = "0.1.0"
