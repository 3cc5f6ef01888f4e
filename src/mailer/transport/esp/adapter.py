"""Content -> Request, Reply -> Receipt, by django-anymail: the one file that knows it, and Django."""

import warnings
from collections.abc import Mapping
from email.message import MIMEPart
from importlib import import_module
from threading import Lock
from typing import Any
from urllib.parse import urljoin

from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailError, AnymailNotSupportedWarning
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mailer.address import Address, Mailbox
from mailer.errors import MessageError
from mailer.message.envelope import Message
from mailer.transport.answer import clean_reply
from mailer.transport.esp.client import request_of, response_of
from mailer.transport.esp.content import Content, Picture, content_of
from mailer.transport.esp.endpoint import Endpoint
from mailer.transport.esp.exchange import Reply, Request
from mailer.transport.esp.prepared import Prepared
from mailer.transport.esp.provider import Check, Fate, Place, Provider, Tracking
from mailer.transport.esp.template_language import unfilled
from mailer.transport.esp.verdict import Receipt, no_pictures

_TURN = Lock()
_NOBODY = Mailbox("", Address("nobody", "example.com"))


class AnymailAdapter:
    """A backend of django-anymail, used by one thread: it builds requests and reads answers, we make them."""

    def __init__(self, endpoint: Endpoint, secret: str) -> None:
        self._provider = endpoint.provider
        self._endpoint = endpoint
        self.secrets = (secret,)
        options = {**endpoint.options, "api_url": endpoint.api, self._provider.secret: secret}
        self._backend = _backend(self._provider, options)

    def carry(self, message: Message) -> Prepared:
        """Return the request for one finished message; MessageError, or TransportError where none can go."""
        content = content_of(message)
        if content.pictures and not self._provider.pictures:
            raise no_pictures(self._provider)
        return self.prepare(unfilled(content, self._provider))

    def ask(self, check: Check) -> Request:
        """Return a request that mails nobody, with the same headers as one that does."""
        like = self.prepare(Content(_NOBODY, _NOBODY, "", "")).request
        path = check.path.format(**self._endpoint.options)
        return Request(check.method, urljoin(self._endpoint.api, path), like.headers, b"")

    def prepare(self, content: Content) -> Prepared:
        """Return the request for one copy; MessageError where the provider has no place for a part of it."""
        message = _message(content, self._provider)
        try:
            payload = self._backend.build_message_payload(message, {})
            request = request_of(payload.get_request_params(self._backend.api_url))
        except AnymailError as error:
            reason = clean_reply(" ".join(map(str, error.args)))
            raise MessageError(f"{self._provider.name} cannot carry this message: {reason}") from None

        def read(reply: Reply) -> Receipt | None:
            return self._read(reply, payload, message)

        return Prepared(_keyed(request, content, self._provider), read)

    def _read(self, reply: Reply, payload: Any, message: EmailMultiAlternatives) -> Receipt | None:
        response = response_of(reply)
        try:
            self._backend.raise_for_status(response, payload, message)
            statuses = self._backend.parse_recipient_status(response, payload, message)
        except (AnymailError, LookupError, TypeError, AttributeError, ValueError):
            return None
        found = next(iter(statuses.values()), None)
        return Receipt(found.status or "unknown", clean_reply(str(found.message_id or ""))) if found else None


def _backend(provider: Provider, options: Mapping[str, str]) -> AnymailRequestsBackend:
    with _TURN:
        if not settings.configured:
            settings.configure()
        module = import_module(f"anymail.backends.{provider.backend}")
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        backend: AnymailRequestsBackend = module.EmailBackend(**options)
        return backend


def _message(content: Content, provider: Provider) -> EmailMultiAlternatives:
    """Return the content as Django knows it, with everything off that would watch readers."""
    message = EmailMultiAlternatives(
        subject=content.subject,
        body=content.text,
        from_email=_written(content.sender, provider),
        to=[_written(content.recipient, provider)],
        reply_to=[_written(content.reply_to, provider)] if content.reply_to else None,
        headers=_headers(content, provider),
    )
    if content.html:
        message.attach_alternative(content.html, "text/html")
    message.attachments.extend(map(_inline, content.pictures))
    if provider.tracking is Tracking.REQUEST:
        message.track_opens = message.track_clicks = False
    if provider.extra:
        message.esp_extra = dict(provider.extra)
    return message


def _headers(content: Content, provider: Provider) -> dict[str, str]:
    left_out = {name.lower() for name, fate in provider.fates.items() if fate is Fate.LEFT_OUT}
    headers = {name: value for name, value in content.headers.items() if name.lower() not in left_out}
    headers |= provider.headers
    if provider.idempotency and provider.idempotency.place is Place.MESSAGE:
        headers[provider.idempotency.name] = str(content.fingerprint)
    return headers


def _keyed(request: Request, content: Content, provider: Provider) -> Request:
    if provider.idempotency and provider.idempotency.place is Place.REQUEST:
        headers = {**request.headers, provider.idempotency.name: str(content.fingerprint)}
        return Request(request.method, request.url, headers, request.body)
    return request


def _inline(picture: Picture) -> MIMEPart:
    part = MIMEPart()
    main, _, sub = picture.media_type.partition("/")
    cid = f"<{picture.content_id}>"
    part.set_content(
        picture.data, maintype=main, subtype=sub, disposition="inline", cid=cid, filename=picture.name
    )
    return part


def _written(mailbox: Mailbox, provider: Provider) -> str:
    """Return a mailbox in characters, as APIs take it, not in encoded words."""
    name = mailbox.name.translate(dict.fromkeys(map(ord, provider.not_in_names)))
    if not name:
        return str(mailbox.address)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{mailbox.address}>'
