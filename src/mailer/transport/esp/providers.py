"""The table of providers: one entry each, in alphabetical order."""

from mailer.transport.esp.batch_form import BatchForm, read_postmark, read_resend
from mailer.transport.esp.provider import (
    FEEDBACK_ID,
    LIST_ID,
    LIST_UNSUBSCRIBE,
    LIST_UNSUBSCRIBE_POST,
    MESSAGE_ID,
    Check,
    Fate,
    Idempotency,
    Limits,
    Place,
    Provider,
    Tracking,
)

_MB = 1024 * 1024
_SEEN = "2026-11-23"
_BRACES = r"\{[{%]"
_TEMPLATES = (
    "What begins with {} is a template to it: escaped in the page, refused in subject and text;"
    " an issue that says so itself stops before the first message."
)
_MADE_ID = (
    "The id kept as the provider's is made by the client library, django-anymail, and travels with the"
    " message as anymail_id: look for that."
)
_UNVERIFIED = "Whether it adds an unsubscribe link or header of its own is unverified: look at a test first."

BREVO = Provider(
    scheme="brevo",
    name="Brevo",
    backend="brevo",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="BREVO_API_KEY",
    api="https://api.brevo.com/v3/",
    hosts=("brevo.com",),
    example="brevo://",
    limits=Limits("https://developers.brevo.com/docs/api-limits", _SEEN, requests="1000/s", size=20 * _MB),
    fates={MESSAGE_ID: Fate.REPLACED},
    tracking=Tracking.ACCOUNT,
    pictures=False,
    # The documentation says 30 minutes, the changelog 15.
    idempotency=Idempotency("idempotencyKey", Place.MESSAGE, 15 * 60),
    check=Check("GET", "account"),
    broken=frozenset({"unauthorized", "permission_denied", "not_enough_credits", "account_under_validation"}),
    fills=_BRACES,
    not_in_names="{}",
    notes=(_TEMPLATES.format("`{{` or `{%`"),),
)

MAILERSEND = Provider(
    scheme="mailersend",
    name="MailerSend",
    backend="mailersend",
    secret="api_token",  # noqa: S106 - what django-anymail calls it
    key="MAILERSEND_API_TOKEN",
    api="https://api.mailersend.com/v1/",
    hosts=("mailersend.com",),
    example="mailersend://",
    limits=Limits("https://developers.mailersend.com/general", _SEEN, requests="120/m"),
    fates={MESSAGE_ID: Fate.LEFT_OUT},
    check=Check("GET", "api-quota", vague=frozenset({403})),
    fills=r"\{[{%#$]",
    not_in_names="{}",
    notes=(
        "Headers of one's own need one of its larger plans.",
        _TEMPLATES.format("`{{`, `{%`, `{#` or `{$`"),
    ),
)

MAILGUN = Provider(
    scheme="mailgun",
    name="Mailgun",
    backend="mailgun",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="MAILGUN_API_KEY",
    api="https://api.mailgun.net/v3/",
    hosts=("mailgun.net",),
    parts={"sender_domain": "host"},
    required=("host",),
    example="mailgun://mg.example.com",
    limits=Limits("https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages"),
    extra={"o:tracking": "no"},
    fills=r"%(?=recipient[^%\s]*%|(?:tag_|mailing_list_)?unsubscribe_(?:url|email)%)",
    not_in_names="%",
    # With the right key this lacks everything and is refused; a key of a domain may do nothing else.
    check=Check("POST", "{sender_domain}/messages"),
    notes=(_TEMPLATES.format("`%recipient` or `%unsubscribe_url%`"),),
)

MAILJET = Provider(
    scheme="mailjet",
    name="Mailjet",
    backend="mailjet",
    secret="secret_key",  # noqa: S106 - what django-anymail calls it
    key="MAILJET_SECRET_KEY",
    api="https://api.mailjet.com/v3.1/",
    hosts=("mailjet.com",),
    parts={"api_key": "user"},
    required=("user",),
    example="mailjet://APIKEY@api.mailjet.com",
    limits=Limits("https://dev.mailjet.com/reference/email/send-emails/"),
    # Refused by name with the code send-0011.
    fates={MESSAGE_ID: Fate.LEFT_OUT, LIST_ID: Fate.LEFT_OUT},
    broken=frozenset({"mj-0001", "send-0006", "send-0007", "send-0008"}),
)

MANDRILL = Provider(
    scheme="mandrill",
    name="Mailchimp Transactional (Mandrill)",
    backend="mandrill",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="MANDRILL_API_KEY",
    api="https://mandrillapp.com/api/1.0/",
    hosts=("mandrillapp.com",),
    example="mandrill://",
    limits=Limits("https://mailchimp.com/developer/transactional/api/messages/"),
    broken=frozenset({"Invalid_Key", "PaymentRequired", "Unknown_Subaccount"}),
    refused=frozenset({"ValidationError"}),
    extra={"message": {"merge": False}},
    notes=("It answers 500 to what others answer 4xx; the name of the error decides.",),
)

POSTAL = Provider(
    scheme="postal",
    name="Postal",
    backend="postal",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="POSTAL_API_KEY",
    hosts=("*",),
    required=("host",),
    example="postal://postal.example.com",
    limits=Limits("https://docs.postalserver.io/developer/api"),
    # https://docs.postalserver.io/features/click-and-open-tracking, seen 2026-11-23
    tracking=Tracking.HEADER,
    headers={"X-AMP": "skip"},
    pictures=False,
    broken=frozenset(
        {"AccessDenied", "InvalidServerAPIKey", "ServerSuspended", "UnauthenticatedFromAddress"}
    ),
    refused=frozenset({"ValidationError", "NoRecipients", "TooManyToAddresses"}),
    notes=("It answers 200 to everything; the code of the error decides.",),
)

POSTMARK = Provider(
    scheme="postmark",
    name="Postmark",
    backend="postmark",
    secret="server_token",  # noqa: S106 - what django-anymail calls it
    key="POSTMARK_SERVER_TOKEN",
    api="https://api.postmarkapp.com/",
    hosts=("postmarkapp.com",),
    parts={"message_stream": "stream"},
    keys=("stream", "batch"),
    example="postmark://?stream=broadcast",
    limits=Limits(
        "https://postmarkapp.com/support/article/1056-what-are-the-attachment-and-email-size-limits",
        _SEEN,
        batch=500,
        size=10 * _MB,
        batch_size=50 * _MB,
    ),
    batch=BatchForm("email/batch", read_postmark),
    # Asks Postmark to leave our Message-ID alone.
    headers={"X-PM-KeepID": "true"},
    fates={LIST_UNSUBSCRIBE: Fate.REPLACED, LIST_UNSUBSCRIBE_POST: Fate.REPLACED},
    fills=r"\{\{\{?(?=\s*pm:)",
    not_in_names="{}",
    # https://postmarkapp.com/developer/user-guide/tracking-opens/tracking-opens-per-email, seen 2026-11-23
    check=Check("GET", "server", watching="TrackOpens"),
    broken=frozenset({"10", "400", "401", "405", "412", "413", "1235"}),
    notes=(
        "A broadcast stream gets Postmark's own List-Unsubscribe and a link, unless its support lifts that.",
        _TEMPLATES.format("`{{{ pm:`"),
        "No request can switch off open tracking of the server: while that is on, no send begins.",
    ),
)

RESEND = Provider(
    scheme="resend",
    name="Resend",
    backend="resend",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="RESEND_API_KEY",
    api="https://api.resend.com/",
    hosts=("resend.com",),
    example="resend://",
    keys=("batch",),
    limits=Limits("https://resend.com/docs/api-reference/rate-limit.md", _SEEN, requests="5/s", batch=100),
    # Strict, the other mode, refuses all for the fault of one. Attachments are dropped without a word.
    batch=BatchForm(
        "emails/batch", read_resend, headers={"x-batch-validation": "permissive"}, pictures=False
    ),
    fates={MESSAGE_ID: Fate.REPLACED, FEEDBACK_ID: Fate.REPLACED},
    tracking=Tracking.ACCOUNT,
    idempotency=Idempotency("Idempotency-Key", Place.REQUEST, 24 * 3600),
    check=Check("GET", "domains", fine=frozenset({"restricted_api_key"})),
    # https://resend.com/docs/api-reference/errors, seen 2026-11-23: some of them answer 422.
    broken=frozenset(
        {"missing_api_key", "invalid_api_key", "invalid_from_address", "invalid_access", "invalid_region"}
    ),
    notes=("It hands over to Amazon SES, which writes its own Message-ID and Feedback-ID.",),
)

SCALEWAY = Provider(
    scheme="scaleway",
    name="Scaleway",
    backend="scaleway",
    secret="secret_key",  # noqa: S106 - what django-anymail calls it
    key="SCW_SECRET_KEY",
    api="https://api.scaleway.com/transactional-email/v1alpha1/regions/fr-par/",
    hosts=("scaleway.com",),
    parts={"project_id": "user"},
    required=("user",),
    example="scaleway://PROJECT@api.scaleway.com",
    limits=Limits("https://www.scaleway.com/en/docs/transactional-email/"),
    tracking=Tracking.NONE,
    pictures=False,
)

SENDGRID = Provider(
    scheme="sendgrid",
    name="SendGrid",
    backend="sendgrid",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="SENDGRID_API_KEY",
    api="https://api.sendgrid.com/v3/",
    hosts=("sendgrid.com",),
    example="sendgrid://",
    limits=Limits("https://docs.sendgrid.com/api-reference/mail-send/limitations", _SEEN, size=30 * _MB),
    extra={
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        }
    },
    fates={MESSAGE_ID: Fate.REPLACED},
    not_in_names=",;",
    check=Check("GET", "scopes"),
    notes=("django-anymail no longer tests against SendGrid itself.", _MADE_ID),
)

SES = Provider(
    scheme="ses",
    name="Amazon SES",
    backend="",
    secret="",
    key="AWS_SECRET_ACCESS_KEY",
    api="https://email.{host}.amazonaws.com/",
    parts={"region": "host", "access_key": "user", "configuration_set": "configuration_set"},
    required=("host",),
    forms={"host": r"[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}", "configuration_set": r"[A-Za-z0-9_-]{0,64}"},
    keys=("configuration_set",),
    example="ses://eu-west-1",
    # What an account may do in a second and in a day is its own: its page in the console tells.
    limits=Limits("https://docs.aws.amazon.com/ses/latest/dg/quotas.html", _SEEN, size=40 * _MB),
    fates={MESSAGE_ID: Fate.REPLACED, FEEDBACK_ID: Fate.REPLACED},
    # https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-manual.html
    rewritten=("Date", "Message-ID", "Feedback-ID"),
    check=Check("GET", "v2/email/account", fine=frozenset({"AccessDeniedException", "AccessDenied"})),
    broken=frozenset(
        {"AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException"}
    ),
    busy=frozenset(
        {"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"}
    ),
    notes=(
        "It writes its own Date, Message-ID and Feedback-ID, and a signature of amazonses.com beside yours.",
        "newsletter.return_path has to be verified with it, as the From address has.",
    ),
    library="boto3",
    own_bytes=True,
    instead=(
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ),
)

SPARKPOST = Provider(
    scheme="sparkpost",
    name="SparkPost",
    backend="sparkpost",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="SPARKPOST_API_KEY",
    api="https://api.sparkpost.com/api/v1/",
    hosts=("sparkpost.com",),
    example="sparkpost://",
    limits=Limits("https://developers.sparkpost.com/api/transmissions/"),
    extra={"options": {"initial_open": False}},
    fills=_BRACES,
    not_in_names="{}",
    notes=(_TEMPLATES.format("`{{` or `{%`"), _UNVERIFIED),
)

UNISENDER_GO = Provider(
    scheme="unisender-go",
    name="Unisender Go",
    backend="unisender_go",
    secret="api_key",  # noqa: S106 - what django-anymail calls it
    key="UNISENDER_GO_API_KEY",
    api="https://go1.unisender.ru/ru/transactional/api/v1/",
    hosts=("unisender.ru", "unisender.com"),
    example="unisender-go://",
    limits=Limits("https://godocs.unisender.ru/web-api-ref#email-send"),
    fates={MESSAGE_ID: Fate.LEFT_OUT},
    fills=_BRACES,
    not_in_names="{}",
    notes=(_TEMPLATES.format("`{{` or `{%`"), _MADE_ID, _UNVERIFIED),
)

PROVIDERS = {
    one.scheme: one
    for one in (
        BREVO,
        MAILERSEND,
        MAILGUN,
        MAILJET,
        MANDRILL,
        POSTAL,
        POSTMARK,
        RESEND,
        SCALEWAY,
        SENDGRID,
        SES,
        SPARKPOST,
        UNISENDER_GO,
    )
}
