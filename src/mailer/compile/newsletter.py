"""What every issue of a newsletter shares."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Newsletter:
    """
    The `[newsletter]` table of `mailer.toml`, as a compile needs it and as templates see `newsletter.…`.

    `sender` is the From mailbox (`Name <address>`), `view_url` the pattern with `{slug}`; an empty string
    means not set. `list_id` is the value of the List-Id header, `feedback_id` of Feedback-ID. `issue_folders`
    are where issues refer to one another.
    """

    name: str
    sender: str
    reply_to: str = ""
    url: str = ""
    view_url: str = ""
    postal_address: str = ""
    lang: str = "en"
    list_id: str = ""
    feedback_id: str = ""
    issue_folders: tuple[str, ...] = ("issues",)
