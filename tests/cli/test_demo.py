"""The demo walks the whole road with the real commands and leaves the folder it is called in alone."""

import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path


def test_demo_compiles_tests_and_sends(tmp_path: Path) -> None:
    here, place = tmp_path / "here", tmp_path / "demo"
    here.mkdir()
    command = [sys.executable, "-m", "mailer", "demo", "--folder", str(place), "--no-open"]
    done = subprocess.run(
        command, cwd=here, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(here.iterdir()) == []
    assert "tested" in done.stdout
    assert "everybody on the list has this issue already" in done.stdout
    page = re.search(r"the page +(\S+)", done.stdout)
    assert page
    assert Path(page[1]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    messages = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (place / "outbox").glob("*.eml")
    ]
    addresses = sorted(str(message["To"].addresses[0].addr_spec) for message in messages)
    assert len(addresses) == 2 + 5
    assert "left@example.com" not in addresses
    assert sum(address.casefold() == "grace@example.com" for address in addresses) == 1
