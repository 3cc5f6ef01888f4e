import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer import address
from mailer.address import Address, Mailbox, clean_name, parse_address, parse_mailbox
from mailer.errors import MessageError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ann@example.com", "ann@example.com"),
        (" ann@example.com  ", "ann@example.com"),
        ("Ann.Smith@Example.COM", "Ann.Smith@example.com"),
        ("Info@Example.com", "Info@example.com"),
        ("ann+news@example.com", "ann+news@example.com"),
        ("=cmd|calc!A1@example.com", "=cmd|calc!A1@example.com"),
        ("x@sub.example.test", "x@sub.example.test"),
        ("a@faß.de", "a@xn--fa-hia.de"),
        ("a@FAẞ.example", "a@xn--fa-hia.example"),
        ("a@MÜLLER.example", "a@xn--mller-kva.example"),
        ("a@mu\u0308ller.example", "a@xn--mller-kva.example"),
        ("a@xn--mller-kva.example", "a@xn--mller-kva.example"),
        ("a@bücher.xn--p1ai", "a@xn--bcher-kva.xn--p1ai"),
        ("a@ΣΑΣ.gr", "a@xn--mxa9ab.gr"),
        ("\u0430нн\u0430@example.com", "\u0430нн\u0430@example.com"),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_an_a_label_domain(text: str, shown: str) -> None:
    assert str(parse_address(text)) == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("ann", "must have an @-sign"),
        ("a@localhost", "it should have a period"),
        ("a@test", "its domain has no dot"),
        ("a@[192.0.2.1]", "bracketed IP address"),
        ('"ann smith"@example.com', "quoting the part before the @-sign"),
        ("a@x.invalid", "special-use or reserved"),
        ("a@x.local", "special-use or reserved"),
        ("a@192.0.2.1", "not within a valid top-level domain"),
        ("a@-x.com", "hyphen immediately after the @-sign"),
        ("a@x..org", "two periods in a row"),
        (".a@example.com", "cannot start with a period"),
        ("a@ex_ample.com", "invalid characters: '_'"),
        ("a" * 65 + "@example.com", "too long before the @-sign"),
        ("a@" + "b" * 64 + ".com", "so many characters"),
        ("a@" + "b." * 150 + "com", "305 characters, more than 254"),
        ("a@ⓔxample.com", "if example.com is meant, write that"),
        ("a@\uff45xample.com", "if example.com is meant, write that"),
        ("a@例え。com", "if 例え.com is meant, write that"),
        ("a\u00a0@example.com", "NO-BREAK SPACE"),
        ("\ufeffa@example.com", "ZERO WIDTH NO-BREAK SPACE"),
        ("a\u200b@example.com", "ZERO WIDTH SPACE"),
        ("\u202ea@example.com", "RIGHT-TO-LEFT OVERRIDE"),
        ("a\uff20example.com", "full-width"),
        ("a@example.com.", "leave out the mark at its end"),
        ("a@example.com,", "leave out the mark at its end"),
        ("a@example.com, b@example.com", "more than one address"),
        ("a@example.com;b@example.com", "more than one address"),
        ("mailto:a@example.com", "leave out 'mailto:'"),
        ("Ann <a@example.com>", "angle brackets"),
        ("<a@example.com>", "angle brackets"),
        ("a@example.com\r\nBcc: b@example.com", "a line break"),
        ("a@example.com\n", "a line break"),
        ("a\x00@example.com", "control character U+0000"),
        ("a\u2028@example.com", "control character U+2028"),
        ("a\udce9@example.com", "control character U+DCE9"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse_address(text)
    assert reason in caught.value.message
    assert "is not an email address: " in caught.value.message
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice@Example.com", "alice@example.com"),
        ("a@müller.example", "a@XN--MLLER-KVA.example"),
        ("JOSÉ@example.com", "jose\u0301@example.com"),
        ("STRASSE@example.com", "straße@example.com"),
    ],
)
def test_two_spellings_of_one_person_are_canonically_equal(one: str, other: str) -> None:
    assert parse_address(one).canonical == parse_address(other).canonical


def test_dots_and_plus_signs_tell_people_apart() -> None:
    spellings = ["ann.b@gmail.com", "annb@gmail.com", "annb+x@gmail.com", "annb@googlemail.com"]
    assert len({parse_address(one).canonical for one in spellings}) == 4


def test_only_a_local_part_that_is_not_ascii_needs_smtputf8() -> None:
    assert parse_address("a@müller.example").is_ascii
    assert not parse_address("zoë@example.com").is_ascii


LOCAL_LETTERS = "abcXYZ019.+-_'!#%&*/=?^`{|}~ é\"@()"
DOMAIN_LETTERS = "abcXYZ019.-_é[]"
ALMOST_PLAIN = st.builds(
    "{}@{}{}".format,
    st.text(LOCAL_LETTERS, min_size=1, max_size=8) | st.integers(62, 66).map("x".__mul__),
    st.text(DOMAIN_LETTERS, min_size=1, max_size=10) | st.integers(60, 66).map("y".__mul__),
    st.sampled_from(
        [
            ".com",
            ".c",
            ".c0m",
            ".example.org",
            ".test",
            ".LOCAL",
            ".arpa",
            ".xn--p1ai",
            "",
            "." + "z." * 95 + "org",
        ]
    ),
)


def outcome(text: str, *, careful: bool) -> Address | None:
    try:
        return address._parse_carefully(text) if careful else parse_address(text)
    except MessageError:
        return None


@given(ALMOST_PLAIN)
@example("a@ab--cd.com")
@example("a@xn--.com")
@example("x" * 64 + "@" + "y." * 93 + "com")
def test_the_quick_way_agrees_with_email_validator(text: str) -> None:
    assert outcome(text, careful=False) == outcome(text.strip(" "), careful=True)


@given(st.text(max_size=20) | st.emails() | ALMOST_PLAIN)
def test_any_text_is_an_address_that_parses_to_itself_or_a_message_error(text: str) -> None:
    found = outcome(text, careful=False)
    if found:
        assert parse_address(str(found)) == found
        assert parse_address(found.canonical).canonical == found.canonical
        assert str(found).isprintable()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Field Notes <news@example.com>", "Field Notes"),
        ("Field Notes<news@example.com>", "Field Notes"),
        ('"Notes, Field" <news@example.com>', "Notes, Field"),
        (r'"The \"Notes\"" <news@example.com>', 'The "Notes"'),
        ("Grüße aus Köln <news@example.com>", "Grüße aus Köln"),
        ("Example.com <news@example.com>", "Example.com"),
        ("<news@example.com>", ""),
        (" news@example.com ", ""),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text: str, name: str) -> None:
    assert parse_mailbox(text) == Mailbox(name, Address("news", "example.com"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Field Notes", "must have an @-sign"),
        ("Field Notes <>", "it is empty"),
        ("Field Notes <news@example.com> x", "angle brackets"),
        ('Field "Notes <news@example.com>', "angle brackets"),
        ("a <a@example.com>, b <b@example.com>", "more than one address"),
        ("Field\r\nBcc: x <news@example.com>", "a line break"),
        ("=?utf-8?q?A=0D=0ABcc=3Ax?= <news@example.com>", "an encoded word"),
        ("Field <news@example.com\r\n>", "a line break"),
    ],
)
def test_what_is_no_mailbox_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MessageError, match=reason):
        parse_mailbox(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann", "Ann"),
        ("  Ann   Smith ", "Ann Smith"),
        ("Jean-Luc d'Arc", "Jean-Luc d'Arc"),
        ("Joël Müller-Schultheiß", "Joël Müller-Schultheiß"),
        ("J.R. Smith", "J.R. Smith"),
        ("Dr.Smith", "Dr.Smith"),
        ("O'Neil, Jr.", "O'Neil, Jr."),
        ("\u202eAnn\u202c", "Ann"),
        ("\u2067Ann\u2069", "Ann"),
        ("Zo\u200b\u00eb", "Zoë"),
        ("A\u200dnn", "Ann"),
        ("Ann\u200d", "Ann"),
        ("A\u00ad\ufeff\u2060nn", "Ann"),
        ("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4"),
        ("👩\u200d👩\u200d👧 Smith", "👩\u200d👩\u200d👧 Smith"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636", "\u0639\u0644\u06cc\u200c\u0631\u0636"),
        ("\u200b", ""),
        ("", ""),
        ("support@bank.example", ""),
        ("www.evil.test", ""),
        ("evil.test", ""),
        ("Win at EVIL.COM now", ""),
        ("https://evil.test/x", ""),
        ('=HYPERLINK("http://example.org")', ""),
        ('A" <x@evil.test>, "B', ""),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_name_is_safe_to_show_beside_an_address(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A\r\nBcc: x@evil.test", "holds a line break"),
        ("A\nB", "holds a line break"),
        ("A\x85B", "control character U+0085"),
        ("A\u2029B", "control character U+2029"),
        ("A\x00B", "control character U+0000"),
        ("A\x1b[31mB", "control character U+001B"),
        ("A\udce9", "control character U+DCE9"),
        ("=?utf-8?q?A=0D=0ABcc=3A_x=40evil.test?=", "an encoded word"),
        ("=?utf-8?b?QQ0KQmNjOiB4QGV2aWwudGVzdA==?=", "an encoded word"),
        ("x" * 101, "101 characters, more than 100"),
    ],
)
def test_a_name_that_could_hide_a_header_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MessageError) as caught:
        clean_name(text)
    assert reason in caught.value.message
    assert caught.value.message.isprintable()


@given(st.text(max_size=120))
def test_a_cleaned_name_is_one_visible_line_and_clean_already(text: str) -> None:
    try:
        name = clean_name(text)
    except MessageError:
        return
    assert len(name.splitlines()) <= 1
    assert "=?" not in name
    assert clean_name(name) == name
