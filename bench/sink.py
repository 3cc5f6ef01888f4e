"""`python -m bench.sink [DELAY [CERTIFICATE KEY]]`: an SMTP server that takes all quickly and counts it."""

import asyncio
import ssl
import sys
from typing import Any

END = b"\r\n.\r\n"
COMMANDS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"DATA": b"354 go\r\n",
    b"RSET": b"250 2.0.0 ok\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}


class Sink(asyncio.Protocol):
    """Answers `delay` seconds late; `counted` has the messages of all connections."""

    counted = 0
    size = 0
    delay = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.unread = b""
        self.in_body = False
        self.pieces: list[bytes] = []
        self.answer(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        replies = []
        self.unread += data if not self.in_body else b""
        rest = data if self.in_body else self.unread
        while rest:
            if self.in_body:
                rest, reply = self.body(rest)
            else:
                line, found, after = rest.partition(b"\r\n")
                if not found:
                    break
                rest, reply = after, COMMANDS.get(line[:4].upper(), b"500 what\r\n")
                self.in_body = reply[:1] == b"3"
                self.pieces = []
            replies.append(reply)
        self.unread = b"" if self.in_body else rest
        if said := b"".join(replies):
            self.answer(said)

    def body(self, data: bytes) -> tuple[bytes, bytes]:
        """Return what stands after the body and the reply; nothing of either while it goes on."""
        tail = self.pieces[-1][-4:] if self.pieces else b"\r\n"
        if len(tail) < len(END) - 1 and len(self.pieces) > 1:
            tail = b"".join(self.pieces)[-4:]
        at = (tail + data).find(END)
        if at < 0:
            self.pieces.append(data)
            return b"", b""
        self.in_body = False
        Sink.counted += 1
        Sink.size += sum(map(len, self.pieces)) + at
        return (tail + data)[at + len(END) :], b"250 2.0.0 taken\r\n"

    def answer(self, reply: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, reply)
        else:
            self.transport.write(reply)


async def serve() -> None:
    """Write the port, and on the end of standard input the count and the octets."""
    loop = asyncio.get_running_loop()
    delay, *keys = sys.argv[1:] or ["0"]
    Sink.delay = float(delay)
    context = None
    if keys:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*keys)
    server = await loop.create_server(Sink, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Sink.counted, Sink.size, flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
