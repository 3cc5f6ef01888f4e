import codecs
import csv
import io
import os
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import RecipientsError
from mailer.recipients.csvfile import DELIMITERS, open_list, read_csv
from mailer.recipients.recipient import BadRow, Recipient

EXAMPLE = Path(__file__).parents[2] / "recipients.example.csv"


def rows(text: str | bytes) -> list[Recipient | BadRow]:
    data = text if isinstance(text, bytes) else text.encode()
    return [*read_csv(io.BytesIO(data), name="list.csv")]


def recipients(text: str | bytes) -> list[Recipient]:
    found = rows(text)
    assert all(isinstance(row, Recipient) for row in found), found
    return [row for row in found if isinstance(row, Recipient)]


def bad_rows(text: str | bytes) -> list[tuple[int, str]]:
    return [(row.position.line, row.reason) for row in rows(text) if isinstance(row, BadRow)]


def test_the_example_list_reads_right() -> None:
    with open_list(EXAMPLE, name="recipients.example.csv") as opened:
        found = [*opened.rows]
    assert opened.columns == ("email", "first_name", "last_name", "segment", "city")
    assert [row.name for row in found if isinstance(row, Recipient)] == [
        "Ada Byron",
        "Grace Murray",
        "Joël Müller",
        "",
    ]


def test_a_row_becomes_address_name_values_and_place() -> None:
    (row,) = recipients("Email Address,First Name,Last Name,Company\nAnn@Example.com,Ann,O'Neil,\n")
    assert str(row.address) == "Ann@example.com"
    assert row.name == "Ann O'Neil"
    assert row.values == {"email": "Ann@example.com", "first_name": "Ann", "last_name": "O'Neil"}
    assert str(row.position) == "list.csv:2"
    assert row.opted_out == ""


def test_what_was_recognised_is_told_before_any_row_is_read() -> None:
    with open_list(io.BytesIO(b"\xef\xbb\xbfE-mail;Name\na@example.com;A\n"), name="list.csv") as opened:
        assert opened.columns == ("email", "name")
        assert (opened.email_column, opened.delimiter, opened.encoding) == ("E-mail", ";", "utf-8-sig")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_taken_from_the_header(delimiter: str) -> None:
    text = delimiter.join(["email", '"last, first; x"']) + "\n" + delimiter.join(["a@example.com", "A"])
    assert recipients(text)[0].values == {"email": "a@example.com", "last_first_x": "A"}


def test_excels_separator_line_is_heeded() -> None:
    (row,) = recipients('sep=;\r\nemail;"a,b,c"\r\nx@example.com;1\r\n')
    assert row.values == {"email": "x@example.com", "a_b_c": "1"}
    assert row.position.line == 3


@pytest.mark.parametrize(
    "data",
    [
        "email,name\na@example.com,Zoë\n".encode(),
        codecs.BOM_UTF8 + "email,name\na@example.com,Zoë\n".encode(),
        codecs.BOM_UTF16_LE + "email,name\na@example.com,Zoë\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "email,name\na@example.com,Zoë\n".encode("utf-16-be"),
        "email,name\r\na@example.com,Zoë\r\n".encode(),
        "email,name\ra@example.com,Zoë\r".encode(),
        "email,name\na@example.com,Zoë".encode(),
        'email,name\n"a@example.com", "Zoë"\n'.encode(),
        "email,name\n  a@example.com ,\tZoë \n".encode(),
        "\n\nemail,name\n\n,\n , \na@example.com,Zoë\n\n".encode(),
        "email,name\na@example.com,Zoë,,\n".encode(),
        "email,,name\na@example.com,0,Zoë\n".encode(),
    ],
)
def test_every_sound_way_to_write_a_list_reads_the_same(data: bytes) -> None:
    (row,) = recipients(data)
    assert (row.name, row.values) == ("Zoë", {"email": "a@example.com", "name": "Zoë"})


def test_line_breaks_inside_quotes_belong_to_the_cell_and_lines_are_still_counted() -> None:
    one, two = recipients('email,note\na@example.com,"x\ny, ann@example.com\n\nz"\nb@example.com,\n')
    assert one.values["note"] == "x\ny, ann@example.com\n\nz"
    assert (one.position.line, two.position.line) == (2, 6)


def test_of_several_addresses_in_a_google_cell_the_first_is_taken() -> None:
    (row,) = recipients("E-mail 1 - Value\na@example.com ::: b@example.com\n")
    assert str(row.address) == "a@example.com"


def test_people_who_left_are_read_and_say_so() -> None:
    one, two = recipients("email,status,deleted_at\na@example.com,active,\nb@example.com,Unsubscribed,\n")
    assert (one.opted_out, two.opted_out) == ("", "status is Unsubscribed")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("email,name,first_name\na@example.com,Ann Smith,Bob\n", "Ann Smith"),
        ("email,name,first_name\na@example.com,,Bob\n", "Bob"),
        ("email,full name\na@example.com,Ann\n", "Ann"),
        ("email,last_name,firstname\na@example.com,Smith,Ann\n", "Ann Smith"),
        ("email,name\na@example.com,www.evil.test\n", ""),
        ("email,name\na@example.com,\u202eAnn\n", "Ann"),
        ("email,city\na@example.com,Rome\n", ""),
    ],
)
def test_the_display_name_comes_from_the_name_columns(text: str, name: str) -> None:
    assert recipients(text)[0].name == name


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("email,name\nann,A\n", 2, "'ann' is not an email address: an email address must have an @-sign"),
        ("email,name\n,A\n", 2, "no address in column 'email'"),
        ("Email Address,name\n\n,A\n", 3, "no address in column 'Email Address'"),
        ("email\n\u00a0a@example.com\n", 2, "NO-BREAK SPACE"),
        ("email\na@example.com.\n", 2, "leave out the mark at its end"),
        ("email\nmailto:a@example.com\n", 2, "leave out 'mailto:'"),
        ("email\n<a@example.com>\n", 2, "angle brackets"),
        ("email\na@ⓔxample.com\n", 2, "if example.com is meant"),
        ('email\n"a@example.com, b@example.com"\n', 2, "more than one address"),
        ('email\n"a@example.com\r\nBcc: b@example.com"\n', 2, "a line break"),
        ('email,name\na@example.com,"A\r\nBcc: x@evil.test"\n', 2, "holds a line break"),
        ('email,name\na@example.com,"A\n"\n', 2, "holds a line break"),
        ('email,name,first_name\na@example.com,A,"B\rC"\n', 2, "holds a line break"),
        ("email,name\na@example.com,=?utf-8?q?A=0D=0ABcc=3Ax?=\n", 2, "an encoded word"),
        (f"email,name\na@example.com,{'x' * 101}\n", 2, "101 characters, more than 100"),
        ("email,name\na@example.com,A\x00B\n", 2, "column 'name' holds the control character U+0000"),
        ("email,note\na@example.com,A\x1bB\n", 2, "column 'note' holds the control character U+001B"),
        ("email,name\na@example.com\n", 2, "1 cell where the header has 2"),
        (
            "email,name\na@example.com,O'Neil, Jr.\n",
            2,
            "3 cells where the header has 2; a cell that holds the",
        ),
        ('email,name\na@example.com,"A" B\n', 2, "text follows a closing quote"),
        (
            'email,name\na@example.com,"A\nb@example.com,B\n',
            2,
            "never closed, and lines 2 to 3 became one row",
        ),
        (
            'email,name\na@example.com,"A\nb@example.com,"B"\n',
            2,
            "left open, and lines 2 to 3 became one row",
        ),
        ('email,x\na@example.com,"A\nb@example.com,B"\n', 2, "swallowed the row of b@example.com"),
        (
            'email,x,y\na@example.com,"A\nb@example.com,B,C\nc@example.com,D",E\n',
            2,
            "swallowed the row of b@",
        ),
        ('name,email\n"A,a@example.com\nB",b@example.com\n', 2, "holds a line break"),
        (f"email,x\na@example.com,{'x' * 131_073}\n", 2, "a cell is longer than 131072 characters"),
        ("email,x\na@example.com," + '"' + "y\n" * 70_000, 2, "and lines 2 to 65538 became one row"),
    ],
)
def test_a_bad_row_is_told_with_its_first_line_and_a_reason(text: str, line: int, reason: str) -> None:
    found = bad_rows(text)
    assert found[0][0] == line
    assert reason in found[0][1]
    assert found[0][1].isprintable()


def test_reading_goes_on_after_each_bad_row() -> None:
    lines = [
        "email,name",
        "x,A",
        "a@example.com,A",
        'b@example.com,"B" C',
        "c@x.org,C",
        "d@x.org",
        "e@x.org,E",
    ]
    found = rows("\n".join(lines))
    assert [row.position.line for row in found if isinstance(row, BadRow)] == [2, 4, 6]
    assert [row.address.local for row in found if isinstance(row, Recipient)] == ["a", "c", "e"]


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"", "list.csv: the list is empty", "email,first_name"),
        (b"\n \n,,\n", "list.csv: the list is empty", "email,first_name"),
        (b"\xef\xbb\xbf", "list.csv: the list is empty", "email,first_name"),
        (b"email,name\n\n", "list.csv: the list has a header but no recipients", ""),
        (
            b"a@example.com\nb@example.com\n",
            "list.csv:1: no header row: 'a@example.com'",
            "names of the columns",
        ),
        (b"name,city\nA,B\n", "list.csv:1: no email column among 'name', 'city'", "'email'"),
        (
            b"\n\nemial,city\na@x.org,B\n",
            "list.csv:3: no email column among 'emial', 'city' (did you mean",
            "'email'",
        ),
        (b"email,email\n", "list.csv:1: duplicate header: columns 1 ('email') and 2 ('email')", "rename"),
        (b"email,a b,A-B\n", "columns 2 ('a b') and 3 ('A-B') would both be recipient.a_b", "rename"),
        (
            b"Mail,E-mail 1 - Value\n",
            "several columns could hold the address: 'Mail' and 'E-mail 1",
            "'email'",
        ),
        (b'"email,name\na@example.com,A\n', "list.csv:1: a quote is opened and never closed", ""),
        (
            "email,name\na@example.com,A\nb@example.com,René\n".encode("cp1252"),
            "list.csv:3: the file is not UTF-8: byte 0xE9 in cell 2",
            "Windows-1252 (cp1252), where the cell reads 'René'; save it as UTF-8",
        ),
        ("email,Prénom\na@example.com,A\n".encode("cp1252"), "list.csv:1: the file is not UTF-8", "'Prénom'"),
        ("email,x\na@example.com,\u20ac\n".encode("cp1252"), "byte 0x80 in cell 2", "reads '€'"),
        ("email\na@example.com\n".encode("utf-16-le"), "looks like UTF-16 without its mark", "UTF-8"),
        ("email\na@example.com\n".encode("utf-16-be"), "looks like UTF-16 without its mark", "UTF-8"),
        (
            "email\na@example.com\n".encode("utf-16")[:-1],
            "list.csv:2: the file begins as UTF-16 and is not",
            "UTF-8",
        ),
        (b"PK\x03\x04\x14\x00", "list.csv: this is a workbook or an archive, not a CSV file", "CSV UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_says_where_and_what_to_do(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(RecipientsError) as caught:
        rows(data)
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_a_missing_list_or_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(RecipientsError, match="my list: cannot be read: "):
            next(read_csv(path, name="my list"))


def test_a_pipe_is_read_and_stays_open() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"\xef\xbb\xbfemail\na@example.com\n")
    with os.fdopen(reading, "rb") as stream:
        assert [row.position.line for row in read_csv(stream, name="standard input")] == [2]
        assert not stream.closed


def test_a_file_is_closed_even_when_its_rows_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"email\na@example.com\n")
    with open_list(path, name="list.csv") as opened:
        pass
    with pytest.raises(ValueError, match=r"detached|closed"):
        next(opened.rows)


@pytest.mark.parametrize(
    "cell",
    ["<img src=x onerror=alert(1)>", "[x](http://evil.test)", "**", "{{7*7}}", "{% raw %}", "=1+1", "zxq"],
)
def test_a_value_is_text_whatever_it_looks_like(cell: str) -> None:
    assert recipients(f'email,city\na@example.com,"{cell}"\n')[0].values["city"] == cell


@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(["a@example.com", "x", ",", ";", '"', "\n", "\r", "\0", "\xe9"]), max_size=20
    ).map(lambda parts: ("email,x,y\n" + "".join(parts)).encode("latin-1"))
)
def test_any_bytes_give_rows_or_an_error_for_their_author(data: bytes) -> None:
    try:
        found = rows(data)
    except RecipientsError:
        return
    lines = [row.position.line for row in found]
    assert lines == sorted(set(lines))


@given(
    st.lists(
        st.tuples(
            st.emails(domains=st.just("example.com")),
            st.text(st.characters(exclude_categories=["C"], include_characters="\n"), max_size=20),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_spreadsheet_writes_is_what_is_read(
    people: list[tuple[str, str]], delimiter: str, encoding: str, line_end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([("email", "note"), *people])
    found = recipients(text.getvalue().encode(encoding))
    assert [str(row.address) for row in found] == [address for address, _ in people]
    assert [row.values.get("note", "") for row in found] == [note.strip(" \t") for _, note in people]


class Generated(io.RawIOBase):
    """A list that is made while it is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override]
        self.left = self.left or next(self.chunks, b"")
        taken, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def people(number: int) -> Iterator[bytes]:
    yield b"email,first_name\n"
    for start in range(0, number, 100):
        yield b"".join(b"person%d@example.com,Ann\n" % index for index in range(start, start + 100))


def peak(chunks: Iterator[bytes]) -> int:
    """Return the greatest number of bytes held while reading a list."""
    tracemalloc.start()
    try:
        for _ in read_csv(Generated(chunks), name="list.csv"):  # type: ignore[arg-type]
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_list_is_held_row_by_row() -> None:
    assert peak(people(10_000)) < 400_000


def test_two_hundred_thousand_rows_leave_nothing_behind() -> None:
    # Counting blocks of memory is cheap, where tracemalloc would take ten seconds.
    rows = read_csv(Generated(people(200_000)), name="list.csv")  # type: ignore[arg-type]
    blocks = [sys.getallocatedblocks() for number, _ in enumerate(rows, start=1) if number % 10_000 == 0]
    assert len(blocks) == 20
    assert max(blocks) - blocks[0] < 1_000


def test_a_file_without_line_ends_does_not_fill_the_memory() -> None:
    assert peak(chunk for chunk in [b"email,x\n", *[b"x" * 65_536] * 400]) < 20_000_000
