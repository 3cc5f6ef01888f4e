"""Where a password is kept: never in a file of the project."""

import os
from dataclasses import dataclass
from importlib import import_module

from mailer.errors import AuthError


@dataclass(frozen=True, slots=True)
class Secret:
    """A password's place: `kind` is `env` (an environment variable) or `keyring`, `name` its name there."""

    kind: str
    name: str

    @property
    def shown(self) -> str:
        """Return the place in words, for messages."""
        if self.kind == "env":
            return f"the environment variable {self.name}"
        return f"the password '{self.name}' of the system keyring"

    def __call__(self) -> str:
        """Return the password; a transport asks so, when it needs it."""
        return self.read()

    def read(self) -> str:
        """Return the password; raises AuthError naming the place where it is missing."""
        found = os.environ.get(self.name) if self.kind == "env" else _from_keyring(self.name)
        if found:
            return found
        if self.kind == "env":
            raise AuthError(
                f"the environment variable {self.name} is not set", hint=f"export {self.name}=… and try again"
            )
        raise AuthError(
            f"the system keyring holds no password '{self.name}' for mailer",
            hint=f"run: keyring set mailer {self.name}",
        )


def _from_keyring(name: str) -> str | None:
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise AuthError(
            "reading the system keyring needs an extra package",
            hint="pip install 'newsletter-mailer[keyring]'",
        ) from None
    try:
        found = keyring.get_password("mailer", name)
    except keyring.errors.KeyringError as error:
        raise AuthError(f"the system keyring cannot be read: {error}") from None
    return None if found is None else str(found)
