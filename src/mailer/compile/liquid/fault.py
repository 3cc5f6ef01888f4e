"""What is wrong with a Liquid tag, before it is known where the tag stands."""


class LiquidFault(Exception):
    """What is wrong, and in `hint` what to do next."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
