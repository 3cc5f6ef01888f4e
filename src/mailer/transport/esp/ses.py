"""Message -> Request to Amazon SES, with our own bytes in it, by boto3: the one file that knows that."""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.loaders import create_loader

from mailer import __version__
from mailer.errors import AuthError
from mailer.message.envelope import Message
from mailer.transport.answer import clean_reply
from mailer.transport.esp.endpoint import Endpoint
from mailer.transport.esp.exchange import Reply, Request
from mailer.transport.esp.prepared import Prepared
from mailer.transport.esp.provider import Check
from mailer.transport.esp.verdict import Receipt, fault_of
from mailer.transport.url import TransportAddress

_OFF = {"Tracking": {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}}
"""https://docs.aws.amazon.com/ses/latest/dg/configuration-overrides.html, seen 2026-11-23"""

_UNVERIFIED = re.compile(r"failed the check in region [^:]*:(.*)")
"""Names whoever SES has not verified: the sender, and in its sandbox recipients too."""

_TURN = Lock()

_MODELS = create_loader()
"""Amazon's descriptions of its services, read once for all connections."""

for _library in ("boto3", "botocore"):
    # At a lower level they log whole requests, readers' addresses and the session token among it.
    logging.getLogger(_library).setLevel(logging.WARNING)


class SesAdapter:
    """
    A client of Amazon SES, used by one thread.

    boto3 knows the endpoint, finds keys and signs; our client makes the request. So nothing is repeated, and
    it is known of each request whether it can have arrived.
    """

    def __init__(self, endpoint: Endpoint, secret: str) -> None:
        keys = _keys(endpoint.options.get("access_key", ""), secret)
        chosen = endpoint.options.get("configuration_set")
        self._configuration = {"ConfigurationSetName": chosen} if chosen else {}
        self.secrets = tuple(value for name, value in keys.items() if name != "aws_access_key_id")
        with _TURN, _told():
            self._api = _client(endpoint, keys)

    def carry(self, message: Message) -> Prepared:
        """Return the request for one finished message, to whom its envelope names."""
        request = _built(
            self._api.send_email,
            Destination={"ToAddresses": [str(message.envelope.recipient)]},
            # A FromEmailAddress would be written over our From.
            FeedbackForwardingEmailAddress=str(message.envelope.sender),
            Content={"Raw": {"Data": message.data}},
            ConfigurationOverrides=_OFF,
            **self._configuration,
        )
        return Prepared(request, _receipt, lambda reply: _is_about_the_sender(reply, message))

    def ask(self, check: Check) -> Request:  # noqa: ARG002 - boto3 knows the path
        """Return a request for what the account may do."""
        return _built(self._api.get_account)


class _Built(Exception):
    """The way out of boto3, with a request that it has not made."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


def _hand_out(request: AWSPreparedRequest, **_event: object) -> None:
    headers = {name: _text(value) for name, value in request.headers.items() if name != "Content-Length"}
    raise _Built(Request(str(request.method), request.url, headers, bytes(request.body or b"")))


def _built(operation: Callable[..., Any], **parameters: Any) -> Request:
    """Return the request that boto3 would make."""
    with _told():
        try:
            operation(**parameters)
        except _Built as built:
            return built.request
    raise AssertionError(operation)


def _client(endpoint: Endpoint, keys: dict[str, str]) -> Any:
    session = botocore.session.Session()
    session.register_component("data_loader", _MODELS)
    # Whoever is on no machine of Amazon's would wait for its metadata service.
    session.get_component("credential_provider").remove("iam-role")
    if not (keys or session.get_credentials()):
        raise NoCredentialsError
    client = boto3.session.Session(botocore_session=session).client(
        "sesv2",
        region_name=endpoint.options["region"],
        endpoint_url=_nearby(endpoint),
        config=Config(
            retries={"total_max_attempts": 1},
            connect_timeout=endpoint.timeout,
            read_timeout=endpoint.timeout,
            user_agent=f"mailer/{__version__}",
            ignore_configured_endpoint_urls=True,
        ),
        **keys,
    )
    client.meta.events.register("before-send.sesv2", _hand_out)
    return client


def _nearby(endpoint: Endpoint) -> str | None:
    """Return the address on this machine that stands in for Amazon, by `api=` or boto3's own variables."""
    named = (os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL_SESV2", "AWS_ENDPOINT_URL"))
    url = endpoint.api if endpoint.loopback else next(filter(None, named), "")
    return url if TransportAddress(url, "", host=urlsplit(url).hostname or "").loopback else None


def _keys(access_key: str, secret: str) -> dict[str, str]:
    """Return the keys in boto3's names; empty where it has to find them."""
    if not secret:
        return {}
    found = access_key or os.environ.get("AWS_ACCESS_KEY_ID", "").strip()
    if not found:
        raise AuthError(
            "the environment variable AWS_ACCESS_KEY_ID is not set: Amazon SES needs the name of the key too",
            hint="export AWS_ACCESS_KEY_ID=… and try again, or write it into the URL: ses://KEYID@REGION",
        )
    token = "" if access_key else os.environ.get("AWS_SESSION_TOKEN", "").strip()
    keys = {"aws_access_key_id": found, "aws_secret_access_key": secret}
    return {**keys, "aws_session_token": token} if token else keys


@contextmanager
def _told() -> Iterator[None]:
    """Tell what boto3 finds wrong before there is a request: nothing has left then."""
    try:
        yield
    except BotoCoreError as error:
        raise AuthError(
            f"no keys for Amazon SES: {clean_reply(str(error))}",
            hint="export AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…, or AWS_PROFILE=…",
        ) from None


def _receipt(reply: Reply) -> Receipt | None:
    document = reply.document
    found = document.get("MessageId") if isinstance(document, dict) else None
    return Receipt("queued", clean_reply(found)) if isinstance(found, str) and found else None


def _is_about_the_sender(reply: Reply, message: Message) -> bool:
    """Say whether an address or domain that is not verified is another than the recipient's."""
    recipient = message.envelope.recipient
    named = _UNVERIFIED.search(fault_of(reply).text)
    listed = {one.strip(" .").lower() for one in named[1].split(",")} if named else set()
    return bool(listed - {"", str(recipient).lower(), recipient.domain.lower()})


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
