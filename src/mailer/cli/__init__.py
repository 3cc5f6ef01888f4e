"""The command `mailer`."""


def main() -> None:
    """Run the command line."""
