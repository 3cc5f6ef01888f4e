"""Frozen send -> the function that builds each recipient's message; it reads no file."""

from collections.abc import Callable

from mailer.ledger.delivery import Delivery, PlannedRecipient
from mailer.message.envelope import Message

Builder = Callable[[PlannedRecipient | Delivery], Message]
"""Builds one recipient's message; MailerError where that cannot be done."""
