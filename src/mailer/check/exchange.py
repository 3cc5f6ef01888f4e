"""
One address -> what its server says first; nothing is followed.

The one file that speaks HTTP to the web. It takes no proxy from the environment, sends no cookie, reads no
content and connects to no address that it has not looked at.
"""

import http.client
import socket
import ssl
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from mailer import __version__
from mailer.check.hosts import PORTS, is_public, origin_of

_AS_WRITTEN = "%/?:@!$&'()*+,;=~[]"
_LEADS_ON = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"User-Agent": f"mailer/{__version__}", "Accept": "image/*,*/*;q=0.5", "Connection": "close"}


class NoAnswer(Exception):
    """Why an address gets no answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` of HTTP; `kind` the media type, where there is one; `location` where it leads, if on."""

    status: int
    kind: str
    location: str


def exchange(url: str, method: str, own: AbstractSet[str], silence: float) -> Reply:
    """
    Ask by HEAD, or by a GET of one byte.

    `own` are origins that may be on any network, `silence` is seconds for each step. Raises NoAnswer.
    """
    parts = _checked(url, own)
    headers = _HEADERS | ({"Range": "bytes=0-0"} if method == "GET" else {})
    try:
        connection = _Connection(parts, _addresses(parts, own), silence)
        try:
            connection.request(method, _target(parts), headers=headers)
            return _reply(connection.getresponse())
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(_reason(error)) from None


def _reason(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid: {error.verify_message}"
        case ConnectionRefusedError():
            return "its server takes no connection"
        case OSError():
            return "the connection broke"
        case _:
            return "what answers speaks no HTTP"


def _reply(response: http.client.HTTPResponse) -> Reply:
    kind = response.getheader("Content-Type", "").partition(";")[0].strip()
    leads_on = response.status in _LEADS_ON
    return Reply(response.status, kind, response.getheader("Location", "") if leads_on else "")


def _checked(url: str, own: AbstractSet[str]) -> SplitResult:
    """Return the parts of an address that may be asked for."""
    if not origin_of(url) or "\\" in url:
        raise NoAnswer("it leads to what is no address of the web")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise NoAnswer("it leads to an address with a name or a password in it")
    if origin_of(url) not in own and parts.port not in {None, PORTS[parts.scheme]}:
        raise NoAnswer(f"it leads to port {parts.port} of another host")
    return parts


def _target(parts: SplitResult) -> str:
    """Return path and query as they go over the wire; what is escaped already stays so."""
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_WRITTEN)


def _addresses(parts: SplitResult, own: AbstractSet[str]) -> list[str]:
    """Return the numeric addresses of a host, the only ones that are connected to."""
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise NoAnswer(f"there is no host {host}, or no network") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if origin_of(parts.geturl()) not in own and not all(map(is_public, addresses)):
        raise NoAnswer(f"it leads to {host}, which is in a private network")
    return addresses


class _Connection(http.client.HTTPConnection):
    """A connection to the first of these numeric addresses that takes one."""

    def __init__(self, parts: SplitResult, addresses: list[str], silence: float) -> None:
        self._encrypted = parts.scheme == "https"
        self.default_port = PORTS[parts.scheme]
        super().__init__(parts.hostname or "", parts.port or self.default_port, timeout=silence)
        self._silence = silence
        self._addresses = addresses

    def connect(self) -> None:
        """Connect, and encrypt where the address says https."""
        self.sock = self._first_that_answers()
        if self._encrypted:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def _first_that_answers(self) -> socket.socket:
        *tried, last = self._addresses
        for address in tried:
            try:
                return socket.create_connection((address, self.port), self._silence)
            except OSError:
                continue
        return socket.create_connection((last, self.port), self._silence)
