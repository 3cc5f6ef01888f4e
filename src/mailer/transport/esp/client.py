"""Request -> Reply or Silence: the one file that speaks HTTP to providers."""

import os
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError, ReadTimeoutError

from mailer import __version__
from mailer.transport.esp.exchange import Answer, Reply, Request, Silence

_IDLE = 4.0
"""Seconds after which an unused connection is not trusted: servers close theirs from 5 seconds on."""

_LONGEST = 4 * 1024 * 1024
"""Bytes of an answer that are read: one about five hundred messages has a tenth of that."""

_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Variables that name the certificates to trust, the first that is set."""


class _Body:
    """The bytes of a request, handed out piece by piece; `given` once the connection has had them all."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)
        self._length = len(data)
        self.given = False

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(16384), b"")

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.given = self._file.tell() >= self._length
        return piece


class Client:
    """
    One connection, kept open; used by one thread.

    It follows no redirect, tries nothing twice, and takes no password from a `.netrc`.
    """

    def __init__(self, *, timeout: float, loopback: bool) -> None:
        self._timeout = timeout
        self._loopback = loopback
        self._session: requests.Session | None = None
        self._used = 0.0

    def ask(self, request: Request) -> Answer:
        """Make a request once, and return what came of it."""
        if variable := _names_no_certificates():
            return Silence(f"no safe connection: {variable} names no file", begun=False)
        body = _Body(request.body)
        prepared = requests.Request(request.method, request.url, headers=dict(request.headers)).prepare()
        if request.body:
            prepared.body = cast(bytes, body)  # requests streams whatever can be read
            prepared.headers["Content-Length"] = str(len(body))
        try:
            response = self._open().send(
                prepared,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                **self._surroundings(request.url),
            )
            data = self._read(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            self.close()
            return _silence(error, begun=body.given)
        finally:
            self._used = time.monotonic()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, data)

    def close(self) -> None:
        """Let go of the connection."""
        if self._session:
            self._session.close()
            self._session = None

    def _read(self, response: requests.Response) -> bytes:
        """Return a body, cut off where it is too long; raises Timeout where it trickles."""
        data, until = bytearray(), time.monotonic() + self._timeout
        with response:
            while len(data) < _LONGEST and (piece := response.raw.read1(_LONGEST, decode_content=True)):
                data += piece
                if time.monotonic() > until:
                    raise requests.Timeout
        return bytes(data)

    def _open(self) -> requests.Session:
        if time.monotonic() - self._used > _IDLE:
            self.close()
        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = False
            for prefix in ("https://", "http://"):
                self._session.mount(prefix, HTTPAdapter(max_retries=0))
        return self._session

    def _surroundings(self, url: str) -> dict[str, Any]:
        """Return the proxies and the certificates to trust that the environment names."""
        authorities = next((os.environ[name] for name in _AUTHORITIES if os.environ.get(name)), True)
        return {"proxies": {} if self._loopback else get_environ_proxies(url), "verify": authorities}


def request_of(params: Mapping[str, Any]) -> Request:
    """Return the request that arguments of `requests.request` describe."""
    prepared = requests.Request(**params).prepare()
    body = prepared.body or b""
    assert isinstance(body, bytes | str)
    headers = {name: str(value) for name, value in prepared.headers.items()}
    headers.pop("Content-Length", None)
    headers["User-Agent"] = f"mailer/{__version__}"
    data = body.encode() if isinstance(body, str) else body
    return Request(str(prepared.method), str(prepared.url), headers, data)


def response_of(reply: Reply) -> requests.Response:
    """Return a reply as `requests` would have given it."""
    response = requests.Response()
    response.status_code = reply.status
    response.headers = CaseInsensitiveDict(reply.headers)
    response._content = reply.body  # noqa: SLF001 - there is no other way to make one
    return response


def _names_no_certificates() -> str:
    """Return the variable that names certificates where there are none, or an empty string."""
    name = next((one for one in _AUTHORITIES if os.environ.get(one)), "")
    return name if name and not Path(os.environ[name]).exists() else ""


def _silence(error: Exception, *, begun: bool) -> Silence:
    timeout = isinstance(error, requests.Timeout | TimeoutError | ReadTimeoutError)
    if timeout:
        reason = "no answer in time"
    elif isinstance(error, requests.exceptions.SSLError):
        reason = "no safe connection"
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = "the proxy does not let it through"
    else:
        reason = "the connection was lost" if begun else "cannot be reached"
    return Silence(reason, begun=begun, timeout=timeout)
