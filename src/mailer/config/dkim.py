"""Who signs what a transport carries, and where the key is kept: never in mailer.toml itself."""

import os
from dataclasses import dataclass
from pathlib import Path

from mailer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A private key's place: `kind` is `env` (an environment variable) or `file`, `name` its name there."""

    kind: str
    name: str

    @property
    def shown(self) -> str:
        """Return the place in words."""
        return f"the environment variable {self.name}" if self.kind == "env" else self.name

    def read(self, folder: Path) -> str:
        """Return the key's text, a file counted from `folder`; raises ConfigError."""
        return self._from_environment() if self.kind == "env" else self._from_file(folder)

    def _from_environment(self) -> str:
        found = os.environ.get(self.name)
        if not found:
            raise ConfigError(
                f"{self.shown} is not set: it should hold the DKIM key",
                hint=f'export {self.name}="$(cat dkim.pem)" and try again',
            )
        # Many places that keep environment variables cannot keep line ends in them.
        return found.replace("\\n", "\n")

    def _from_file(self, folder: Path) -> str:
        try:
            return (folder / self.name).expanduser().read_text(encoding="ascii")
        except UnicodeDecodeError:
            raise ConfigError(f"{self.shown} holds no private key in PEM form") from None
        except OSError as error:
            raise ConfigError(
                f"the DKIM key {self.shown} cannot be read: {error.strerror}",
                hint="paths count from the project folder",
            ) from None


@dataclass(frozen=True, slots=True)
class DkimConfig:
    """`dkim` of a transport: the signing domain in A-label form, the selector, the key's place."""

    domain: str
    selector: str
    key: KeyPlace
