"""What the answers of servers mean for the images of an issue."""

from collections.abc import Collection, Mapping

import pytest

from mailer.check.images import OwnImages, check_own_images
from mailer.check.web import Answer
from mailer.compile.shown import ShownImage
from mailer.finding import Severity
from mailer.position import Position

SITE = "https://example.com/news"
HERE = Position("issues/a.md", 7, 10)
OWL = ShownImage("https://example.com/owl.png", HERE)


def check(answer: Answer, *images: ShownImage) -> OwnImages:
    def ask(urls: Collection[str], own: frozenset[str]) -> Mapping[str, Answer]:
        return dict.fromkeys(urls, answer)

    return check_own_images(images or [OWL], [SITE, ""], ask)


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_image_is_an_error_at_its_place(status: int) -> None:
    [finding] = check(Answer(status)).missing

    assert (finding.rule, finding.severity, finding.position) == ("IMG-08", Severity.ERROR, HERE)
    assert finding.message == f"the image '{OWL.url}' is not there: its server answers {status}"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(500), "its server answers 500"),
        (Answer(403), "its server answers 403"),
        (Answer(trouble="no answer in time"), "no answer in time"),
        (Answer(200, "text/html"), "its server answers with a page (text/html)"),
    ],
)
def test_other_trouble_settles_nothing(answer: Answer, says: str) -> None:
    found = check(answer)
    [finding] = found.unsettled

    assert finding.severity is Severity.WARNING
    assert finding.message.endswith(f": {says}")
    assert not found.missing


@pytest.mark.parametrize("answer", [Answer(200, "image/png"), Answer(206), Answer(304), Answer(200, "")])
def test_an_image_that_is_there_is_nothing_to_tell(answer: Answer) -> None:
    assert check(answer) == OwnImages()


def test_images_of_others_are_not_asked_for() -> None:
    others = (
        ShownImage("https://example.org/owl.png", HERE),
        ShownImage("http://example.com/owl.png", HERE),
        ShownImage("https://example.com:6379/", HERE),
    )
    assert check(Answer(404), *others) == OwnImages()


def test_without_an_own_host_nobody_is_asked() -> None:
    def ask(urls: Collection[str], own: frozenset[str]) -> Mapping[str, Answer]:
        raise AssertionError

    assert check_own_images([OWL], ["", ""], ask) == OwnImages()
