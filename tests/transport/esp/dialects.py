"""
How each provider is spoken to: what a request of ours holds, and what the provider would answer.

The answers have the form that the providers' public documentation shows, with names and figures of our own.
"""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from tests.servers.http import Answer, Recorded

KEY = "S3CR3T-canary"


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, as a request tells it to the provider; the names in `headers` are in lower case."""

    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    sender: str
    reply_to: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    One provider's part of a conversation.

    `path` is where messages are posted. `see` reads a request. `taken` is the answer to it, with
    `provider_id` the id in it (empty: one of ours). `wrong_key` is the answer to a key that is not one,
    `turned_away` that to a recipient who is not written to, `invalid` that to a request with a fault in it,
    `slow_down` that to too many requests. `untracked` says whether a request switches off what watches
    readers, `holds_key` whether it shows the key. `not_sent` are headers that the provider refuses.
    """

    path: str
    see: Callable[[Recorded], Seen]
    taken: Callable[[str], Answer]
    wrong_key: Answer
    invalid: Answer
    slow_down: Answer = field(default_factory=lambda: Answer(429, {"message": "Too many requests"}))
    turned_away: Callable[[str], Answer] | None = None
    provider_id: str = ""
    untracked: Callable[[Recorded], bool] = lambda _: True
    holds_key: Callable[[Recorded], bool] = lambda request: KEY in str(request.headers)
    not_sent: tuple[str, ...] = ()

    def is_message(self, request: Recorded) -> bool:
        """Say whether a request hands over a message, rather than asks whether the key is right."""
        return request.method == "POST" and request.path == self.path and bool(request.body)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _named(pairs: list[dict[str, str]], name: str, value: str) -> dict[str, str]:
    return {one[name].lower(): one[value] for one in pairs}


def _brevo(request: Recorded) -> Seen:
    it = request.json
    return Seen(
        it["to"][0]["email"],
        it["subject"],
        it.get("textContent", ""),
        it.get("htmlContent", ""),
        _lower(it.get("headers", {})),
        it["sender"]["email"],
        it.get("replyTo", {}).get("email", ""),
    )


def _mailersend(request: Recorded) -> Seen:
    it = request.json
    return Seen(
        it["to"][0]["email"],
        it["subject"],
        it["text"],
        it.get("html", ""),
        _named(it.get("headers", []), "name", "value"),
        it["from"]["email"],
        it.get("reply_to", {}).get("email", ""),
        tuple(one["id"] for one in it.get("attachments", [])),
    )


def _mailgun(request: Recorded) -> Seen:
    if "multipart" in request.headers["content-type"]:
        return _mailgun_parts(request)
    it = request.form
    headers = {name[2:].lower(): value for name, value in it.items() if name.startswith("h:")}
    return Seen(
        it["to"],
        it["subject"],
        it["text"],
        it.get("html", ""),
        headers,
        it["from"],
        headers.get("reply-to", ""),
    )


def _mailgun_parts(request: Recorded) -> Seen:
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    fields, pictures = {}, []
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        if name == "inline":
            pictures.append(head.partition(b'filename="')[2].partition(b'"')[0].decode())
        else:
            fields[name] = value.decode()
    headers = {name[2:].lower(): value for name, value in fields.items() if name.startswith("h:")}
    one = fields
    return Seen(
        one["to"], one["subject"], one["text"], one["html"], headers, one["from"], "", tuple(pictures)
    )


def _mailjet(request: Recorded) -> Seen:
    it, [message] = request.json["Globals"], request.json["Messages"]
    return Seen(
        message["To"][0]["Email"],
        it["Subject"],
        it["TextPart"],
        it.get("HTMLPart", ""),
        _lower(it.get("Headers", {})),
        it["From"]["Email"],
        it.get("ReplyTo", {}).get("Email", ""),
        tuple(one["ContentID"] for one in it.get("InlinedAttachments", [])),
    )


def _mandrill(request: Recorded) -> Seen:
    it = request.json["message"]
    headers = _lower(it.get("headers", {}))
    return Seen(
        it["to"][0]["email"],
        it["subject"],
        it["text"],
        it.get("html", ""),
        headers,
        it["from_email"],
        headers.get("reply-to", ""),
        tuple(one["name"] for one in it.get("images", [])),
    )


def _postal(request: Recorded) -> Seen:
    it = request.json
    return Seen(
        it["to"][0],
        it["subject"],
        it["plain_body"],
        it.get("html_body", ""),
        _lower(it.get("headers", {})),
        it["from"],
        it.get("reply_to", ""),
    )


def _postmark(request: Recorded) -> Seen:
    it = request.json
    return Seen(
        it["To"],
        it["Subject"],
        it["TextBody"],
        it.get("HtmlBody", ""),
        _named(it.get("Headers", []), "Name", "Value"),
        it["From"],
        it.get("ReplyTo", ""),
        tuple(one["ContentID"].removeprefix("cid:") for one in it.get("Attachments", [])),
    )


def _resend(request: Recorded) -> Seen:
    it = request.json
    return Seen(
        it["to"][0],
        it["subject"],
        it["text"],
        it.get("html", ""),
        _lower(it.get("headers", {})),
        it["from"],
        next(iter(it.get("reply_to", [])), ""),
        tuple(one["content_id"] for one in it.get("attachments", [])),
    )


def _scaleway(request: Recorded) -> Seen:
    it = request.json
    headers = _named(it.get("additional_headers", []), "key", "value")
    return Seen(
        it["to"][0]["email"],
        it["subject"],
        it["text"],
        it.get("html", ""),
        headers,
        it["from"]["email"],
        headers.get("reply-to", ""),
    )


def _sendgrid(request: Recorded) -> Seen:
    it = request.json
    bodies = {one["type"]: one["value"] for one in it["content"]}
    return Seen(
        it["personalizations"][0]["to"][0]["email"],
        it["subject"],
        bodies["text/plain"],
        bodies.get("text/html", ""),
        _lower(it.get("headers", {})),
        it["from"]["email"],
        next((one["email"] for one in it.get("reply_to_list", [])), ""),
        tuple(one["content_id"] for one in it.get("attachments", [])),
    )


def raw_message(request: Recorded) -> bytes:
    """Return the message that Amazon SES is given as it is."""
    return b64decode(request.json["Content"]["Raw"]["Data"])


def _ses(request: Recorded) -> Seen:
    message = message_from_bytes(raw_message(request), policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    [to] = request.json["Destination"]["ToAddresses"]
    return Seen(
        to,
        str(message["Subject"]),
        text.get_content().replace("\r\n", "\n") if text else "",
        html.get_content().replace("\r\n", "\n") if html else "",
        {name.lower(): str(value) for name, value in message.items()},
        str(message["From"]),
        str(message["Reply-To"] or ""),
    )


def _is_signed_with_key(request: Recorded) -> bool:
    """Make the signature again (AWS Signature Version 4)."""
    told = request.headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", ")
    parts = dict(one.split("=", 1) for one in told)
    _, day, region, service, end = scope = parts["Credential"].split("/")
    names = parts["SignedHeaders"].split(";")
    headers = [f"{name}:{request.headers[name]}\n" for name in names]
    body = hashlib.sha256(request.body).hexdigest()
    asked = "\n".join([request.method, request.path, "", "".join(headers), ";".join(names), body])
    digest = hashlib.sha256(asked.encode()).hexdigest()
    signed = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], "/".join(scope[1:]), digest])
    key = f"AWS4{KEY}".encode()
    for one in (day, region, service, end):
        key = hmac.digest(key, one.encode(), "sha256")
    return hmac.new(key, signed.encode(), "sha256").hexdigest() == parts["Signature"]


def aws_error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"message": message}, {"x-amzn-ErrorType": code, "x-amzn-RequestId": "0f1e"})


def _sparkpost(request: Recorded) -> Seen:
    it = request.json["content"]
    return Seen(
        request.json["recipients"][0]["address"]["email"],
        it["subject"],
        it["text"],
        it.get("html", ""),
        _lower(it.get("headers", {})),
        it["from"],
        it.get("reply_to", ""),
        tuple(one["name"] for one in it.get("inline_images", [])),
    )


def _unisender_go(request: Recorded) -> Seen:
    it = request.json["message"]
    return Seen(
        it["recipients"][0]["email"],
        it["subject"],
        it["body"]["plaintext"],
        it["body"].get("html", ""),
        _lower(it.get("headers", {})),
        it["from_email"],
        it.get("reply_to", ""),
        tuple(one["name"] for one in it.get("inline_attachments", [])),
    )


def _basic(request: Recorded) -> str:
    """Return user and password of a request (RFC 7617)."""
    return b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()


def _sendgrid_is_off(request: Recorded) -> bool:
    settings = request.json["tracking_settings"]
    off = {"click_tracking", "open_tracking", "subscription_tracking", "ganalytics"}
    return (
        off == {name for name, one in settings.items() if not one["enable"]}
        and not settings["click_tracking"]["enable_text"]
    )


def _mailgun_is_off(request: Recorded) -> bool:
    names = ("o:tracking", "o:tracking-clicks", "o:tracking-opens")
    return all(request.form[name] == "no" for name in names)


def _fields_are(place: Callable[[Any], Any], **expected: object) -> Callable[[Recorded], bool]:
    def untracked(request: Recorded) -> bool:
        return bool(expected.items() <= place(request.json).items())

    return untracked


DIALECTS = {
    "brevo": Dialect(
        path="/smtp/email",
        see=_brevo,
        taken=lambda _: Answer(201, {"messageId": "<202611230912.1234@relay.example>"}),
        provider_id="<202611230912.1234@relay.example>",
        wrong_key=Answer(401, {"code": "unauthorized", "message": "Key not found"}),
        invalid=Answer(400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
        slow_down=Answer(
            429, {"code": "too_many_requests", "message": "slow down"}, {"x-sib-ratelimit-reset": "7"}
        ),
    ),
    "mailersend": Dialect(
        path="/email",
        see=_mailersend,
        taken=lambda _: Answer(202, b"", {"X-Message-Id": "5e42957d51f1d94a1070a733"}),
        provider_id="5e42957d51f1d94a1070a733",
        wrong_key=Answer(401, {"message": "Unauthenticated."}),
        invalid=Answer(
            422, {"message": "The given data was invalid.", "errors": {"to.0.email": ["must be valid"]}}
        ),
        turned_away=lambda to: Answer(
            202,
            {
                "message": "There are some warnings for your request.",
                "warnings": [
                    {
                        "type": "ALL_SUPPRESSED",
                        "warning": "All recipients are suppressed.",
                        "recipients": [{"email": to, "name": "", "reasons": ["hard_bounced"]}],
                    }
                ],
            },
        ),
        untracked=_fields_are(lambda it: it["settings"], track_clicks=False, track_opens=False),
        not_sent=("message-id",),
    ),
    "mailgun": Dialect(
        path="/mg.example.com/messages",
        see=_mailgun,
        taken=lambda _: Answer(
            200, {"id": "<20261123091200.1.ABCD@mg.example.com>", "message": "Queued. Thank you."}
        ),
        provider_id="<20261123091200.1.ABCD@mg.example.com>",
        wrong_key=Answer(401, b"Forbidden"),
        invalid=Answer(400, {"message": "'to' parameter is not a valid address. please check documentation"}),
        untracked=_mailgun_is_off,
        holds_key=lambda request: _basic(request) == f"api:{KEY}",
    ),
    "mailjet": Dialect(
        path="/send",
        see=_mailjet,
        taken=lambda to: Answer(
            200,
            {
                "Messages": [
                    {
                        "Status": "success",
                        "To": [{"Email": to, "MessageID": 1152921511742440, "MessageUUID": "17bcb0cd"}],
                        "Cc": [],
                        "Bcc": [],
                    }
                ]
            },
        ),
        provider_id="1152921511742440",
        wrong_key=Answer(401, {"StatusCode": 401, "ErrorMessage": "API key authentication failure."}),
        invalid=Answer(
            400,
            {
                "Messages": [
                    {
                        "Status": "error",
                        "Errors": [
                            {
                                "ErrorIdentifier": "f987008f",
                                "ErrorCode": "mj-0013",
                                "StatusCode": 400,
                                "ErrorMessage": "the recipient is an invalid email address.",
                                "ErrorRelatedTo": ["To[0].Email"],
                            }
                        ],
                    }
                ]
            },
        ),
        untracked=_fields_are(lambda it: it["Globals"], TrackClicks="disabled", TrackOpens="disabled"),
        holds_key=lambda request: _basic(request) == f"APIKEY:{KEY}",
        not_sent=("message-id", "list-id"),
    ),
    "mandrill": Dialect(
        path="/messages/send.json",
        see=_mandrill,
        taken=lambda to: Answer(200, [{"email": to, "status": "queued", "_id": "abc123abc123"}]),
        provider_id="abc123abc123",
        wrong_key=Answer(
            500, {"status": "error", "code": -1, "name": "Invalid_Key", "message": "Invalid API key"}
        ),
        invalid=Answer(
            500,
            {"status": "error", "code": -2, "name": "ValidationError", "message": "Validation error: to"},
        ),
        turned_away=lambda to: Answer(
            200, [{"email": to, "status": "rejected", "reject_reason": "hard-bounce", "_id": "abc"}]
        ),
        untracked=_fields_are(lambda it: it["message"], track_clicks=False, track_opens=False, merge=False),
        holds_key=lambda request: bool(request.json["key"] == KEY),
    ),
    "postal": Dialect(
        path="/api/v1/send/message",
        see=_postal,
        taken=lambda to: Answer(
            200,
            {
                "status": "success",
                "time": 0.02,
                "data": {"message_id": "d41d@rp.example", "messages": {to: {"id": 1503, "token": "GrfI"}}},
            },
        ),
        provider_id="1503",
        wrong_key=Answer(
            200,
            {
                "status": "error",
                "time": 0.01,
                "data": {"code": "InvalidServerAPIKey", "message": "The API token provided was not valid."},
            },
        ),
        invalid=Answer(
            200,
            {
                "status": "error",
                "time": 0.01,
                "data": {"code": "ValidationError", "message": "The provided data was not sufficient."},
            },
        ),
        untracked=lambda request: request.json["headers"]["X-AMP"] == "skip",
    ),
    "postmark": Dialect(
        path="/email",
        see=_postmark,
        taken=lambda to: Answer(
            200,
            {
                "To": to,
                "SubmittedAt": "2026-11-23T09:12:00.1234567-05:00",
                "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
                "ErrorCode": 0,
                "Message": "OK",
            },
        ),
        provider_id="0a129aee-e1cd-480d-b08d-4f48548ff48d",
        wrong_key=Answer(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied."}),
        invalid=Answer(422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'a@'."}),
        slow_down=Answer(429, {"ErrorCode": 429, "Message": "Rate limit exceeded."}),
        turned_away=lambda to: Answer(
            422,
            {
                "ErrorCode": 406,
                "Message": "You tried to send to a recipient that has been marked as inactive.\n"
                f"Found inactive addresses: {to}.\nInactive recipients are ones that have generated a "
                "hard bounce, a spam complaint, or a manual suppression.",
            },
        ),
        untracked=_fields_are(lambda it: it, TrackLinks="None", TrackOpens=False),
    ),
    "resend": Dialect(
        path="/emails",
        see=_resend,
        taken=lambda _: Answer(200, {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}),
        provider_id="49a3999c-0ce1-4ea6-ab68-afcd6dc2e794",
        wrong_key=Answer(
            403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}
        ),
        invalid=Answer(
            422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}
        ),
        slow_down=Answer(
            429,
            {"statusCode": 429, "name": "rate_limit_exceeded", "message": "Too many requests."},
            {"retry-after": "3", "ratelimit-reset": "1"},
        ),
    ),
    "scaleway": Dialect(
        path="/emails",
        see=_scaleway,
        taken=lambda to: Answer(
            200, {"emails": [{"id": "1c0b8a2e", "mail_rcpt": to, "rcpt_type": "to", "status": "new"}]}
        ),
        provider_id="1c0b8a2e",
        wrong_key=Answer(401, {"type": "denied_authentication", "message": "authentication is denied"}),
        invalid=Answer(400, {"type": "invalid_arguments", "message": "invalid argument(s)"}),
    ),
    "sendgrid": Dialect(
        path="/mail/send",
        see=_sendgrid,
        taken=lambda _: Answer(202, b"", {"X-Message-Id": "14c5d75ce93.dfd.64b469"}),
        wrong_key=Answer(
            401, {"errors": [{"field": None, "message": "authorization required", "help": None}]}
        ),
        invalid=Answer(
            400,
            {
                "errors": [
                    {
                        "message": "Does not contain a valid address.",
                        "field": "personalizations.0.to.0.email",
                        "help": "http://sendgrid.example/errors",
                    }
                ]
            },
        ),
        slow_down=Answer(
            429,
            {"errors": [{"field": None, "message": "too many requests"}]},
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"},
        ),
        untracked=_sendgrid_is_off,
    ),
    "ses": Dialect(
        path="/v2/email/outbound-emails",
        see=_ses,
        taken=lambda _: Answer(200, {"MessageId": "0102018f2d2e-7a1c-000000"}),
        provider_id="0102018f2d2e-7a1c-000000",
        wrong_key=aws_error(
            403, "UnrecognizedClientException", "The security token included in the request is invalid."
        ),
        invalid=aws_error(400, "BadRequestException", "Missing final '@domain'"),
        slow_down=aws_error(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
        turned_away=lambda to: aws_error(
            400,
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region EU-WEST-1: "
            + to,
        ),
        untracked=_fields_are(
            lambda it: it["ConfigurationOverrides"]["Tracking"],
            OpenTrackingEnabled="DISABLED",
            ClickTrackingEnabled="DISABLED",
        ),
        holds_key=_is_signed_with_key,
    ),
    "sparkpost": Dialect(
        path="/transmissions/",
        see=_sparkpost,
        taken=lambda _: Answer(
            200,
            {
                "results": {
                    "total_rejected_recipients": 0,
                    "total_accepted_recipients": 1,
                    "id": "66059541497",
                }
            },
        ),
        provider_id="66059541497",
        wrong_key=Answer(401, {"errors": [{"message": "Unauthorized."}]}),
        invalid=Answer(
            422,
            {"errors": [{"message": "invalid data format/type", "code": "1300", "description": "at 'to'"}]},
        ),
        turned_away=lambda _: Answer(
            200,
            {
                "results": {
                    "total_rejected_recipients": 1,
                    "total_accepted_recipients": 0,
                    "id": "66059541498",
                }
            },
        ),
        untracked=_fields_are(
            lambda it: it["options"], click_tracking=False, open_tracking=False, initial_open=False
        ),
    ),
    "unisender-go": Dialect(
        path="/email/send.json",
        see=_unisender_go,
        taken=lambda to: Answer(200, {"status": "success", "job_id": "1ZymBc-00041N", "emails": [to]}),
        wrong_key=Answer(401, {"status": "error", "code": 114, "message": "User not found"}),
        invalid=Answer(400, {"status": "error", "code": 204, "message": "No valid recipients"}),
        turned_away=lambda to: Answer(
            200,
            {"status": "success", "job_id": "1ZymBc", "emails": [], "failed_emails": {to: "unsubscribed"}},
        ),
        untracked=_fields_are(lambda it: it["message"], track_links=0, track_read=0),
        not_sent=("message-id",),
    ),
}


def messages_in(scheme: str, requests: list[Recorded]) -> Iterator[Seen]:
    """Yield the messages that requests hand over."""
    dialect = DIALECTS[scheme]
    yield from (dialect.see(one) for one in requests if dialect.is_message(one))
