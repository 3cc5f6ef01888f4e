"""
Columns in which an exported list says that somebody has left.

Whoever left stays out: in doubt a column is read as the person's wish not to be written to.
"""

import re
from collections.abc import Callable, Mapping

Judge = Callable[[str], bool]
"""Whether a filled cell says that this person must not be written to."""

_NO = frozenset({"false", "no", "n", "f", "0", "off", "never", "none", "null", "nil", "-", "n/a"})
_YES = frozenset({"true", "yes", "y", "t", "1", "on", "x"})
_EMPTY_DATE = re.compile(r"0{4}-00-00[T ]?[0:.Z]*")
_WORD_GAP = re.compile(r"[\W_]+")

_STATUSES_OF_LEAVING = """
    unsubscribed unsubscribe optedout optout cancelled canceled removed deleted archived disabled suppressed
    cleaned bounced bounce hardbounced hardbounce softbounced undeliverable invalid
    blocked blocklisted blacklisted banned complained complaint abuse spam spamcomplaint markedasspam
    notsubscribed nonsubscribed neversubscribed transactional pending unconfirmed unactivated
    donotcontact donotemail
"""
_STATUSES = frozenset(_STATUSES_OF_LEAVING.split())


def _is_no(value: str) -> bool:
    return value.lower() in _NO


def _is_filled(value: str) -> bool:
    # A yes, a date, a reason: whatever is not a no.
    return not _is_no(value) and not _EMPTY_DATE.fullmatch(value)


def why_left(column: str, value: str) -> str:
    """Return the reason in words that many rows share, because the plan counts people by it."""
    is_told = JUDGES[column] is not _is_filled or value.lower() in _YES
    return f"{column} is {value}" if is_told else f"{column} is set"


def _is_status_of_leaving(value: str) -> bool:
    return _WORD_GAP.sub("", value.lower()) in _STATUSES


_LEFT_WHERE_NO = """
    subscribed is_subscribed subscribed_to_emails subscribed_to_newsletter email_subscribed
    opt_in opted_in email_opt_in marketing_opt_in newsletter_opt_in email_consent marketing_consent
    accepts_marketing accepts_email_marketing email_enabled
"""
_LEFT_WHERE_FILLED = """
    unsubscribed is_unsubscribed unsubscribed_at unsubscribed_on unsubscribe_date unsubscribe_time unsub_time
    date_unsubscribed unsubscribed_from_all_email
    opted_out opt_out optout email_opt_out email_opted_out has_opted_out_of_email hasoptedoutofemail
    opted_out_at opt_out_time opt_out_date optout_time optout_date
    email_disabled email_disabled_at do_not_email do_not_contact do_not_mail
    deleted is_deleted deleted_at cleaned cleaned_at clean_time
    bounced is_bounced bounced_at hard_bounced hard_bounce hard_bounced_at
    complained complained_at spam_complaint spam_complained_at marked_as_spam
    blocked blocked_at blocklisted blocklisted_at blacklisted blacklisted_at suppressed suppressed_at
"""
_LEFT_BY_STATUS = """
    status state type subscription_status subscriber_status subscriber_type subscription_state email_status
    member_status contact_status marketing_status email_marketing_status global_status
"""

JUDGES: Mapping[str, Judge] = {
    **dict.fromkeys(_LEFT_WHERE_NO.split(), _is_no),
    **dict.fromkeys(_LEFT_WHERE_FILLED.split(), _is_filled),
    **dict.fromkeys(_LEFT_BY_STATUS.split(), _is_status_of_leaving),
}
"""
Column identifier -> its judge.

From the exports of Ghost, Mailchimp, Substack, listmonk, Buttondown, Kit, HubSpot and Shopify.
"""
