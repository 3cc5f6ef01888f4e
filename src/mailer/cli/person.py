"""Who sits at the keyboard, as far as this machine knows."""

import getpass
import shutil
import subprocess


def at_the_keyboard() -> str:
    """Return the person that git knows, `Ann Example <ann@example.com>`, else the user's name here."""
    name, email = _git("user.name"), _git("user.email")
    known = f"{name} <{email}>" if name and email else name or email or _login()
    return " ".join(known.split())


def _git(key: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    found = subprocess.run([git, "config", "--get", key], capture_output=True, check=False)  # noqa: S603 - no shell
    return found.stdout.decode("utf-8", "replace").strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
