"""The key that signs tokens and Message-IDs and hides addresses."""

import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from mailer.errors import ConfigError

VARIABLE = "MAILER_KEY"
BYTES = 32


def load_key(folder: Path, *, environment: Mapping[str, str] | None = None) -> bytes:
    """
    Return the key from MAILER_KEY, else from `.mailer/key`, made on first use with mode 0600.

    Raises ConfigError where the key is too short or cannot be read or made.
    """
    found = (os.environ if environment is None else environment).get(VARIABLE)
    if found is not None:
        return _checked(found, f"the environment variable {VARIABLE}")
    path = folder / ".mailer" / "key"
    shown = os.path.relpath(path)
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="ascii").strip(), shown)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a key"
        raise ConfigError(f"{shown}: {reason}", hint=f"make the folder writable, or set {VARIABLE}") from None


def name_of_key(key: bytes) -> str:
    """Return a name by which a ledger knows the key again; it tells nothing about the key."""
    return hmac.new(key, b"mailer: the name of this key", "sha256").hexdigest()[:32]


def _checked(text: str, place: str) -> bytes:
    if len(text) < BYTES or "changeme" in text.lower():
        raise ConfigError(
            f"the key in {place} is too weak: it needs {BYTES} random characters or more",
            hint="make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return text.encode()


def _make(path: Path) -> None:
    """Write a new key whole or not at all; if another process was quicker, its key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"key.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:
        temporary.replace(path)
        return
    temporary.unlink()
