"""Lists, addresses and selections that are refused."""

import codecs

from tests.cli.case import SEND, SPRING, Case, people
from tests.cli.project import CONFIG, RECIPIENTS

HEADER = "email,first_name,segment\n"
BAD_ROW = ("recipients.csv:2:", "1 bad row", "--skip-invalid")
LISTS = [
    people("no email column", "name,first\nAda,A\n", "recipients.csv:1:", "no email column", "'email'"),
    people(
        "a duplicate header",
        "email,Email\na@example.com,b@example.com\n",
        "recipients.csv:1:",
        "duplicate",
        "rename",
    ),
    people("no header", "ada@example.com,Ada\n", "recipients.csv:1:", "no header row", "put a row"),
    people("a NUL", f"{HEADER}ada@example.com,A\0da,x\n", *BAD_ROW, "U+0000"),
    people(
        "an unbalanced quote",
        f'{HEADER}ada@example.com,"Ada,x\nbob@example.com,Bob,x\n',
        *BAD_ROW,
        "never closed",
    ),
    people("an empty list", "", "recipients.csv:", "the list is empty", "names the columns"),
    people("only a header", HEADER, "recipients.csv:", "no recipients", "below the header"),
    people(
        "ragged rows",
        f"{HEADER}ada@example.com\nbob@example.com,B,C,D\n",
        "2 bad rows",
        "recipients.csv:2: 1 cell where",
        "recipients.csv:3: 4 cells where",
        "--skip-invalid",
    ),
    people(
        "a line break in an address",
        f'{HEADER}"ada@example.com\r\nBcc: eve@example.com",A,x\n',
        *BAD_ROW,
        "line break",
    ),
    people(
        "a line break in a name",
        f'{HEADER}ada@example.com,"Ada\r\nBcc: eve@example.com",x\n',
        *BAD_ROW,
        "line break",
    ),
    people(
        "an encoded line break in an address",
        f"{HEADER}=?utf-8?q?a=0D=0ABcc:b?=@example.com,A,x\n",
        *BAD_ROW,
        "not an email",
    ),
    people(
        "an encoded line break in a name",
        f"{HEADER}a@example.com,=?utf-8?q?A=0D=0ABcc:_b@c.de?=,x\n",
        *BAD_ROW,
        "encoded word",
    ),
    people("no address", f"{HEADER}ada@@example.com,A,x\n", *BAD_ROW, "not an email address"),
    people(
        "a list that is not UTF-8",
        f"{HEADER}a@example.com,Renée,x\n".encode("cp1252"),
        "recipients.csv:2:",
        "0xE9",
        "'Renée'",
        "UTF-8",
    ),
    people("UTF-16 without its mark", RECIPIENTS.encode("utf-16-le"), "recipients.csv:", "UTF-16", "UTF-8"),
    people(
        "UTF-16 that breaks off",
        codecs.BOM_UTF16_LE + HEADER.encode("utf-16-le") + b"a",
        "recipients.csv",
        "UTF-16",
    ),
    people("a workbook", b"PK\x03\x04" + bytes(99), "recipients.csv:", "workbook", "CSV UTF-8"),
    Case(
        "a list file that is not there",
        ["other.csv:", "cannot be read", "[lists]"],
        {"mailer.toml": CONFIG.replace('"recipients.csv"', '"other.csv"')},
        SEND,
    ),
    Case(
        "an unknown list",
        ["no list and no file 'subscriber'", "did you mean 'subscribers'?", "staff, subscribers"],
        command=["send", "spring", "--to", "subscriber", "--yes"],
    ),
    Case(
        "standard input without a name",
        ["needs a name", "--name"],
        command=["send", "spring", "--to", "-"],
        given=RECIPIENTS,
    ),
    Case(
        "one bad address",
        ["'a@b@c' is not an email address", "like reader@"],
        command=["send", "spring", "--to", "a@b@c"],
    ),
    Case(
        "a merge field that is missing",
        [
            "2 recipients cannot get their copy",
            "recipients.csv:2: ada@example.com: recipient.city is missing",
            "recipients.csv:4: cleo@example.com: recipient.city is missing",
            "default('…')",
            f"recipient.city at {SPRING}:3:",
        ],
        {
            SPRING: "# X\n\nHello {{ recipient.city }}\n",
            "recipients.csv": "email,city\nada@example.com,\nbob@example.com,Bonn\ncleo@example.com,\n",
        },
        SEND,
    ),
    Case(
        "an unknown column in --where",
        ["--where:1:1:", "no column 'segmnt'", "did you mean 'segment'?", "email, first_name, segment"],
        command=[*SEND, "--where", "segmnt == 'client'"],
    ),
    Case(
        "an unknown column in the where of a list",
        ["mailer.toml:9:51:", "no column 'segmnt'", "'segment'?"],
        {
            "mailer.toml": CONFIG.replace(
                '"recipients.csv"', "{ file = 'recipients.csv', where = 'segmnt == 1' }"
            )
        },
        SEND,
    ),
    Case(
        "a --where that is no expression",
        ["--where:1:9:", "'='", "compare with =="],
        command=[*SEND, "--where", "segment = 'x'"],
    ),
    Case(
        "dunder in --where",
        ["--where:1:7:", "'__class__'", "take it out"],
        command=[*SEND, "--where", "email.__class__"],
    ),
    Case(
        "a --where that nobody meets",
        ["nobody on the list", "3  not selected", "--where"],
        command=[*SEND, "--where", "segment == 'x'"],
    ),
    Case(
        "a number outside --expect",
        ["3 recipients", "between 10 and 20", "--dry-run"],
        command=[*SEND, "--expect", "10..20"],
    ),
    Case(
        "no terminal and no --yes",
        ["nobody is here to confirm; nothing was sent", "--yes"],
        command=[*SEND[:4], *SEND[5:]],
    ),
    Case(
        "never tested",
        ["spring has not been tested; nothing was sent", "mailer test spring", "--untested"],
        command=SEND[:5],
    ),
]
