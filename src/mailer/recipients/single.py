"""One bare address -> a list of one recipient."""

from mailer.address import parse_address
from mailer.position import Position
from mailer.recipients.csvfile import RecipientFile
from mailer.recipients.header import EMAIL
from mailer.recipients.recipient import Recipient


def single_address(text: str) -> RecipientFile:
    """Return the list that consists of one address; raises MessageError."""
    address = parse_address(text)
    recipient = Recipient(address, Position(text), values={EMAIL: str(address)})
    return RecipientFile(name=text, columns=(EMAIL,), email_column="", rows=iter([recipient]))
