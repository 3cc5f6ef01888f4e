"""Local pictures: their facts, their size on the page, their home."""

import json
import re
from dataclasses import replace

import pytest
from tests.compile.drawn import album, exif, gif, jpg, png, webp

from mailer.compile.blocks import Place, Setting, expand, read_fences
from mailer.compile.compiled import CompiledIssue
from mailer.compile.markdown import to_html
from mailer.compile.merge.render import render_issue
from mailer.compile.pictures import PictureFault, PictureFile, picture_of
from mailer.compile.polish import Polished, polish
from mailer.compile.written import Markdown
from mailer.errors import IssueError
from mailer.template.source import Source

SITE = "https://example.com"
SETTING = Setting(width=560)


def polished(markdown: str, base_url: str = "", **pictures: bytes) -> Polished:
    source = Markdown(markdown, "issues/a.md", 5)
    places: list[Place] = []
    content = read_fences(Source(markdown, "issues/a.md", 5, IssueError), places)
    return polish(
        to_html(content.text),
        base_url=base_url,
        source=source,
        setting=replace(SETTING, places=places),
        load=album(**pictures),
    )


def size_of(markdown: str, **pictures: bytes) -> tuple[str, str]:
    """Return the width and height of the first image on the page."""
    page = expand(polished(markdown, SITE, **pictures).html, SETTING)
    assert "data-" not in page
    image = re.findall("<img[^>]*>", page)[0]
    width, height = (re.search(rf'\b{name}="([^"]*)"', image) for name in ("width", "height"))
    return width[1] if width else "", height[1] if height else ""


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", png(30, 20)), ("a.GIF", gif(30, 20)), ("a.jpeg", jpg(30, 20)), ("a.webp", webp(30, 20))],
)
def test_a_picture_tells_its_size(name: str, data: bytes) -> None:
    picture = picture_of(name, data)

    assert (picture.width, picture.height, picture.size) == (30, 20, len(data))
    assert len(picture.sha256) == 64


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.svg", b"<svg><script>x</script></svg>", "no picture that mail programs show"),
        ("a", png(1, 1), "no picture that mail programs show"),
        ("a.png", b"root:x:0:0:root", "no PNG, JPEG or GIF"),
        ("a.png", b"", "no PNG, JPEG or GIF"),
        ("a.webp", b"RIFF\0\0\0\0WAVEfmt ", "no PNG, JPEG or GIF"),
        ("a.png", jpg(1, 1), "a JPG by its content"),
        ("a.png", png(12_000, 12_000), "12,000 x 12,000 pixels"),
        ("a.png", png(5_001, 1), "5,001 x 1 pixels"),
        ("a.jpg", jpg(20_000, 20_000), "20,000 x 20,000 pixels"),
        ("a.png", png(0, 3), "no width or no height"),
        ("a.gif", gif(9, 9, frames=10_000), "10,000 frames"),
        ("a.gif", b"GIF89a" + bytes(3), "cut off"),
        ("a.jpg", b"\xff\xd8\xff\xdb\x00\x02\x00", "header is broken"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "header is broken"),
    ],
)
def test_what_no_mail_can_show_is_refused(name: str, data: bytes, message: str) -> None:
    with pytest.raises(PictureFault, match=message):
        picture_of(name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", png(30, 20)),
        ("a.gif", gif(30, 20, 3)),
        ("a.jpg", jpg(30, 20)),
        ("a.jpg", jpg(30, 20, exif(6))),
        ("a.webp", webp(30, 20)),
    ],
)
def test_a_picture_cut_anywhere_is_refused(name: str, data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(PictureFault):
            picture_of(name, data[:end])


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("![x](small.png)", ("300", "200")),
        ("![x](large.png)", ("560", "420")),
        ('![x](large.png){: width="200"}', ("200", "150")),
        ('![x](large.png){: height="150"}', ("200", "150")),
        ('![x](large.png){: width="2000"}', ("560", "420")),
        ('![x](large.png){: width="20" height="20"}', ("20", "20")),
        ('![x](large.png){: width="50%"}', ("50%", "")),
        ('![x](large.png){: data-natural="9x9"}', ("560", "420")),
        ("![x](icon@2x.png)", ("32", "16")),
        ("> ![x](large.png)", ("517", "388")),
        ('::: hero {image=large.png alt="x"}\nText\n:::', ("560", "420")),
        ("::: card\n![x](large.png)\n:::", ("510", "382")),
        ("::: image-row\n![x](large.png)\n![x](small.png)\n:::", ("272", "204")),
        ('::: video {href=https://e.com/v poster=large.png alt="x"}\n:::', ("560", "420")),
    ],
)
def test_an_image_has_width_and_height(written: str, size: tuple[str, str]) -> None:
    pictures = {"small_png": png(300, 200), "large_png": png(1600, 1200), "icon@2x_png": png(64, 32)}
    assert size_of(written, **pictures) == size


def test_without_a_site_a_picture_travels_with_the_message() -> None:
    found = polished("![One](owl.png)\n\n![Two](owl.png)", owl_png=png(30, 20))
    [file] = found.files

    assert found.html.count(f'src="cid:{file.content_id}"') == 2
    assert file.data == png(30, 20)
    assert not found.findings


def test_with_a_site_a_picture_lives_there() -> None:
    found = polished("![One](owl.png)", SITE, owl_png=png(30, 20))

    assert 'src="https://example.com/owl.png"' in found.html
    [file] = found.files
    assert (file.sha256, file.data) == (picture_of("a.png", png(30, 20)).sha256, b"")


def test_with_a_site_a_picture_may_be_missing_here() -> None:
    found = polished("![One](owl.png)", SITE)

    assert 'src="https://example.com/owl.png"' in found.html
    assert not found.findings


@pytest.mark.parametrize("base_url", ["", SITE])
@pytest.mark.parametrize(
    "address", ["https://e.com/a.png", "//e.com/a.png", "www.e.com/a.png", "cid:a@b", "zxqabcd0v0zx/a.png"]
)
def test_pictures_of_others_are_left_alone(address: str, base_url: str) -> None:
    assert not polished(f"![x]({address})", base_url).files


@pytest.mark.parametrize(
    ("address", "data", "message"),
    [
        ("owl.png", None, "there is no picture 'owl.png'"),
        ("../../../etc/passwd", None, "outside the project"),
        ("bad.png", b"GIF", "no usable picture"),
    ],
)
def test_a_fault_points_to_the_line(address: str, data: bytes | None, message: str) -> None:
    pictures = {"bad_png": data} if data else {}
    with pytest.raises(IssueError, match=message) as caught:
        polished(f"Text.\n\nSee ![x]({address})", "", **pictures)

    assert str(caught.value.position) == "issues/a.md:7:10"


CHOICE = "{{% if recipient.a %}}{}{{% else %}}{}{{% endif %}}"
FIELD = "images/{{ recipient.photo }}"


def waiting(markdown: str, base_url: str = "", **pictures: bytes) -> Polished:
    """Do what `polished` does for Markdown whose tags wait for the recipient."""
    rendered = render_issue(Source(markdown, "issues/a.md", 5, IssueError), {}, salt="abcd")
    source = Markdown(markdown, "issues/a.md", 5, rendered.tags)
    return polish(to_html(rendered.text), base_url=base_url, source=source, load=album(**pictures))


def test_each_picture_that_a_condition_chooses_from_has_a_home() -> None:
    image = f"![x]({CHOICE.format('owl.png', 'bat.png')})"
    found = waiting(image, owl_png=png(900, 600), bat_png=png(800, 600))
    page = expand(found.html, SETTING)

    assert [file.width for file in found.files] == [900, 800]
    assert all(f"zxcid:{file.content_id}zxq" in page for file in found.files)
    assert 'width="560">' in page, "and no height, which is not the same for both"
    found = waiting(image, SITE, owl_png=png(30, 20), bat_png=png(30, 20))
    assert "zxhttps://example.com/owl.png" in found.html
    assert 'width="30" height="20"' in expand(found.html, SETTING)


def test_a_choice_without_its_picture_points_to_it() -> None:
    with pytest.raises(IssueError, match="no picture 'bat") as caught:
        waiting(f"See ![x]({CHOICE.format('owl.png', 'bat.png')})", owl_png=png(30, 20))

    assert str(caught.value.position) == "issues/a.md:5:47"


def test_a_picture_of_each_reader_needs_a_site() -> None:
    with pytest.raises(IssueError) as caught:
        waiting(f"Text.\n\n![x]({FIELD})")

    assert caught.value.message == f"the picture '{FIELD}' is another one for each reader"
    assert (str(caught.value.position), caught.value.source_line) == ("issues/a.md:7:13", f"![x]({FIELD})")
    assert "https://example.com/images/zxq" in waiting(f"![x]({FIELD})", SITE).html
    assert not waiting("![x]({{ recipient.photo }})").findings


def test_a_finding_shows_a_merge_field_as_it_was_written() -> None:
    [finding] = waiting("See [it](/of/{{ recipient.id }}).").findings

    assert finding.message.startswith("'/of/{{ recipient.id }}' is relative")
    assert str(finding.position) == "issues/a.md:5:14"
    assert "https://example.com/b" in waiting(f"[it]({CHOICE.format('/a', '/b')})", SITE).html


def test_a_webp_is_told_of() -> None:
    [finding] = polished("![x](a.webp)", a_webp=webp(30, 20)).findings

    assert (finding.rule, str(finding.position)) == ("IMG-01", "issues/a.md:5:6")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("orientation", "size", "turned"),
    [
        *((number, (30, 20), False) for number in (0, 1, 2, 9)),
        *((number, (30, 20), True) for number in (3, 4)),
        *((number, (20, 30), True) for number in (5, 6, 7, 8)),
    ],
)
def test_a_photograph_has_the_size_that_it_has_upright(
    order: str, orientation: int, size: tuple[int, int], turned: bool
) -> None:
    picture = picture_of("a.jpg", jpg(30, 20, exif(orientation, order=order)))

    assert ((picture.width, picture.height), picture.turned) == (size, turned)


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xe1\x00\x02",
        b"\xff\xe1\x00\x0cExif\0\0MM\0*",
        b"\xff\xe1\x00\x10Exif\0\0MM\0*\xff\xff\xff\xff",
        b"\xff\xe1\x00\x10Exif\0\0XX\0*\0\0\0\x08",
        b"\xff\xe1\x00\x20http://ns.adobe.com/xap/1.0/\0\0",
        exif(6).replace(b"\x01\x12\0\x03", b"\x01\x12\0\x04"),
        exif(6).replace(b"\0\x02\x01\0", b"\xff\xff\x01\0").replace(b"\x01\x12", b"\x01\x13"),
    ],
)
def test_nonsense_about_how_pixels_lie_is_passed_over(segment: bytes) -> None:
    picture = picture_of("a.jpg", jpg(30, 20, segment))

    assert ((picture.width, picture.height), picture.turned) == ((30, 20), False)


def test_a_photograph_on_its_side_is_told_of() -> None:
    found = polished("![x](a.jpg)", a_jpg=jpg(30, 20, exif(6)))

    assert [(one.rule, str(one.position)) for one in found.findings] == [("IMG-01", "issues/a.md:5:6")]
    assert 'width="20" height="30"' in expand(found.html, SETTING)


@pytest.mark.parametrize("name", ["a.svg", "a.avif", "a.heic", "a.tiff", "a.bmp"])
@pytest.mark.parametrize("base_url", ["", SITE])
def test_formats_that_mails_lose_are_refused_wherever_they_live(name: str, base_url: str) -> None:
    with pytest.raises(IssueError, match="is no picture that mail programs show") as caught:
        polished(f"![x]({name})", base_url, **{name.replace(".", "_"): png(3, 2)})

    assert caught.value.hint == "take a PNG, JPEG or GIF"


def test_an_image_without_alt_and_caption_is_told_of() -> None:
    [finding] = polished("![ ](https://e.com/a.png)").findings

    assert (finding.rule, str(finding.position)) == ("A11Y-07", "issues/a.md:5:6")
    assert not polished("![](https://e.com/a.png)\n##### A barn owl").findings


def issue(*images: PictureFile) -> CompiledIssue:
    return CompiledIssue("a", "A", "<p>", "a", (("From", "a@example.com"),), images)


def test_a_changed_picture_is_another_digest() -> None:
    one, other = picture_of("a.png", png(30, 20)), picture_of("a.png", png(30, 21))

    assert len({issue().digest, issue(one).digest, issue(other).digest}) == 3


def test_a_frozen_copy_keeps_the_bytes() -> None:
    frozen = issue(picture_of("a.png", png(30, 20)))

    assert CompiledIssue.from_json(json.loads(json.dumps(frozen.to_json()))) == frozen
    older = {key: value for key, value in issue().to_json().items() if key != "images"}
    assert CompiledIssue.from_json(older) == issue()
