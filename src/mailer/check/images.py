"""CompiledIssue -> what is wrong with its images on the newsletter's own hosts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from mailer.check.hosts import origin_of
from mailer.check.web import Answer
from mailer.compile.shown import ShownImage
from mailer.finding import Finding, Severity

RULE = "IMG-08"
"""Rule: an image of the newsletter's own that readers would not see."""

Ask = Callable[[Collection[str], frozenset[str]], Mapping[str, Answer]]
"""Addresses, and the origins among them that are the newsletter's own -> the answer to each."""

_GONE = frozenset({404, 410})
_THERE = frozenset({200, 203, 206, 304, 416})  # 416: a file, though it has no first byte


@dataclass(frozen=True, slots=True)
class OwnImages:
    """What became of the question: `missing` are errors, `unsettled` warnings that nobody could settle."""

    missing: tuple[Finding, ...] = ()
    unsettled: tuple[Finding, ...] = ()


def check_own_images(images: Iterable[ShownImage], own_urls: Iterable[str], ask: Ask) -> OwnImages:
    """
    Ask for each image below the origins of `own_urls` once.

    404 and 410 mean that it is missing. Any other trouble means that nobody knows: it says as much of the
    network here as of the image.
    """
    own = frozenset(origin_of(url) for url in own_urls if url)
    wanted = {image.url: image for image in images if origin_of(image.url) in own}
    if not wanted:
        return OwnImages()
    answers = ask(wanted.keys(), own)
    missing = [_missing(image, answers[url]) for url, image in wanted.items() if answers[url].status in _GONE]
    unsettled = [_unsettled(image, doubt) for url, image in wanted.items() if (doubt := _doubt(answers[url]))]
    return OwnImages(tuple(missing), tuple(unsettled))


def _doubt(answer: Answer) -> str:
    """Return why it is not known whether an image is there, or nothing."""
    if answer.status in _GONE:
        return ""
    if answer.status not in _THERE:
        return answer.trouble or f"its server answers {answer.status}"
    is_page = answer.kind.lower() in {"text/html", "application/xhtml+xml"}
    return f"its server answers with a page ({answer.kind})" if is_page else ""


def _missing(image: ShownImage, answer: Answer) -> Finding:
    message = f"the image '{image.url}' is not there: its server answers {answer.status}"
    return Finding(
        RULE, Severity.ERROR, message, "put it there, or mend its address; nothing was sent", image.position
    )


def _unsettled(image: ShownImage, doubt: str) -> Finding:
    message = f"nobody knows whether the image '{image.url}' is there: {doubt}"
    return Finding(RULE, Severity.WARNING, message, "look at it in a browser", image.position)
