"""
A system-call trace of a sender -> whose final dot was written before the intent was on the disk.

    strace -f -y -s 1000000 -e trace=pwrite64,fdatasync,fsync,sendto,write -o FILE mailer send …

An intent is on the disk once the ledger's write-ahead log was written with its Message-ID, and a sync of that
log, begun after this write, has ended. A dot is on its way as soon as its system call begins.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

LOG = "-wal>"

_CALL = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?:\((\d+<[^>]*>)| resumed>)(.*)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))")
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"f": b"\f"}
_MESSAGE_ID = re.compile(rb"<[\w.+-]+@[\w.-]+>")
_HEADER = re.compile(rb"^Message-ID: (<[^>]+>)\r$", re.MULTILINE | re.IGNORECASE)
_END = b"\r\n.\r\n"


@dataclass
class Trace:
    """What was seen so far; `dots` has the Message-IDs in the order of their dots, `early` the wrong ones."""

    dots: list[bytes] = field(default_factory=list)
    early: list[bytes] = field(default_factory=list)
    syncs: int = 0
    written: set[bytes] = field(default_factory=set)
    synced: set[bytes] = field(default_factory=set)
    doing: dict[str, set[bytes]] = field(default_factory=dict)
    streams: dict[str, bytes] = field(default_factory=lambda: defaultdict(bytes))

    def begin(self, thread: str, call: str, file: str, data: bytes) -> None:
        """Note the begin of a call."""
        if LOG in file:
            ids = set(_MESSAGE_ID.findall(data))
            self.doing[thread] = ids if call == "pwrite64" else set(self.written)
        elif "<socket:" in file:
            self._send(file, data)

    def end(self, thread: str, call: str, result: str) -> None:
        """Note the end of a call that was begun."""
        ids = self.doing.pop(thread, set())
        if call == "pwrite64":
            self.written |= ids
        elif call in {"fdatasync", "fsync"} and result.endswith("= 0"):
            self.syncs += bool(ids)
            self.synced |= ids

    def _send(self, file: str, data: bytes) -> None:
        self.streams[file] += data
        while _END in self.streams[file]:
            message, _, self.streams[file] = self.streams[file].partition(_END)
            (message_id,) = _HEADER.findall(message)
            self.dots.append(message_id)
            if message_id not in self.synced:
                self.early.append(message_id)


def read_trace(lines: Iterable[str]) -> Trace:
    """Read what strace wrote."""
    trace = Trace()
    for line in lines:
        found = _CALL.match(line)
        if found is None:
            continue
        thread, call, file, rest = found.groups()
        if file:
            trace.begin(thread, call, file, _data(rest))
        if not rest.endswith("<unfinished ...>"):
            trace.end(thread, call, rest)
    return trace


def _data(rest: str) -> bytes:
    text = _TEXT.search(rest)
    if text is None:
        return b""
    assert not text[2], "strace cut a text short"
    return _ESCAPE.sub(_unescaped, text[1].encode("ascii"))


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes.fromhex(found[1].decode())
    return bytes([int(found[2], 8)]) if found[2] else _PLAIN.get(found[3], found[3])
