"""Pictures that travel with the message, as the standard library reads them from its bytes."""

from tests.compile.drawn import jpg, png
from tests.message.given import built, check_bytes, compiled, part, reread

from mailer.compile.pictures import picture_of

OWL = picture_of("images/Barn owl (2).png", png(30, 20) * 40)
BOX = picture_of("box.jpg", jpg(30, 20))
PAGE = f'<p>Grüße</p><img src="cid:{OWL.content_id}"><img src="cid:{BOX.content_id}">'


def test_text_comes_first_and_the_page_with_its_pictures_last() -> None:
    message = built(compiled(html=PAGE, images=(OWL, BOX)))
    text, related = reread(message).iter_parts()
    page, *pictures = related.iter_parts()

    check_bytes(message)
    assert reread(message).get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == "text/html"
    assert page.get_content_type() == "text/html"
    assert [one.get_content_type() for one in pictures] == ["image/png", "image/jpeg"]


def test_pictures_arrive_as_they_are() -> None:
    message = reread(built(compiled(html=PAGE, images=(OWL, BOX))))
    pictures = [one for one in message.walk() if one.get_content_maintype() == "image"]

    assert [one.get_content() for one in pictures] == [OWL.data, BOX.data]
    assert [one["Content-ID"] for one in pictures] == [f"<{OWL.content_id}>", f"<{BOX.content_id}>"]
    assert [one.get_content_disposition() for one in pictures] == ["inline", "inline"]
    assert [one.get_filename() for one in pictures] == ["Barn-owl-2.png", "box.jpg"]
    assert not any(one.defects for one in message.walk())


def test_the_page_is_read_as_without_pictures() -> None:
    plain, carrying = compiled(html=PAGE), compiled(html=PAGE, images=(OWL,))

    assert part(built(carrying), "html") == part(built(plain), "html")
    assert part(built(carrying), "plain") == part(built(plain), "plain")


def test_pictures_on_the_site_stay_there() -> None:
    on_the_web = picture_of("box.jpg", jpg(30, 20)).to_json() | {"data": ""}
    message = built(compiled(images=(type(BOX).from_json(on_the_web),)))

    assert message.data == built(compiled()).data


def test_a_reader_gets_the_pictures_that_the_page_shows_them() -> None:
    box = f'{{% if recipient.member %}}<img src="cid:{BOX.content_id}">{{% endif %}}'
    issue = compiled(html=f'<img src="cid:{OWL.content_id}">{box}', images=(OWL, BOX))

    def names(values: dict[str, str]) -> list[str | None]:
        message = reread(built(issue, values=values))
        return [one.get_filename() for one in message.walk() if one.get_content_maintype() == "image"]

    assert names({"member": "yes"}) == ["Barn-owl-2.png", "box.jpg"]
    assert names({}) == ["Barn-owl-2.png"]
