"""Postfix's measuring tools, `smtp-source` and `smtp-sink`: on the PATH, else out of Debian's package."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

FOLDER = Path(__file__).parents[1] / ".venv" / "bench" / "postfix"


def prepare() -> bool:
    """Unpack Debian's package where the tools are missing; say whether they are there now."""
    if shutil.which("smtp-source") or _unpacked("smtp-source").is_file():
        return True
    if not shutil.which("apt-get"):
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    # The package is not installed, so that no mail server starts.
    if subprocess.run(["apt-get", "download", "-q", "postfix"], cwd=FOLDER, check=False).returncode:
        return False
    for package in FOLDER.glob("*.deb"):
        subprocess.run(["dpkg", "--extract", str(package), str(FOLDER)], check=True)
    return _unpacked("smtp-source").is_file()


def command(tool: str, *arguments: str) -> Sequence[str]:
    """Return the command line of a tool."""
    if shutil.which(tool):
        return [tool, *arguments]
    libraries = FOLDER / "usr" / "lib" / "postfix"
    return ["env", f"LD_LIBRARY_PATH={libraries}", str(_unpacked(tool)), *arguments]


@contextmanager
def sink(port: int) -> Iterator[list[int]]:
    """Run `smtp-sink`; what is yielded has, once it has ended, the number of messages it got."""
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    line = command("smtp-sink", *user, "-c", f"127.0.0.1:{port}", "100")
    counted: list[int] = []
    with TemporaryFile("w+") as told:
        with subprocess.Popen(line, stdout=told) as process:
            try:
                yield counted
            finally:
                process.terminate()
        told.seek(0)
        counted.append(int(told.read().rpartition("mesg=")[2].split()[0]))


def _unpacked(tool: str) -> Path:
    return FOLDER / "usr" / "sbin" / tool
