"""`--variants`: each distinct copy of a list, built once or sent to staff."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from tests.cli.command import Run
from tests.cli.project import Project

ISSUE = """\
---
subject: Spring
---

# Spring

Hello {{ recipient.first_name | default('reader') }}.

::: audience segment == 'client'
For clients.
:::

{% if recipient.segment == 'press' %}
For the press.
{% elif recipient.segment != 'reader' %}
For clients again.
{% else %}
For readers.
{% endif %}
"""
RECIPIENTS = """\
email,first_name,segment,status
ada@example.com,Ada,client,
bob@example.com,Bob,client,
cleo@example.com,,client,
dora@example.com,Dora,reader,
ADA@example.com,Ada,reader,
eve@example.com,,reader,unsubscribed
"""
OF = ("--variants", "--of", "subscribers")


@pytest.fixture
def sorted_project(project: Project) -> Project:
    project.write("issues/spring.md", ISSUE)
    project.write("recipients.csv", RECIPIENTS)
    return project


def messages(project: Project) -> Iterator[EmailMessage]:
    for path in project.outbox():
        yield message_from_bytes(path.read_bytes(), policy=policy.default)


def built(project: Project) -> list[str]:
    return sorted(path.name for path in (project.folder / "build").iterdir())


def test_each_copy_is_written_once_and_told_with_its_readers(run: Run, sorted_project: Project) -> None:
    result = run("build", "spring", *OF)

    assert result.code == 0
    assert built(sorted_project) == [
        f"spring-variant-{number}.{kind}" for number in (1, 2, 3) for kind in ("eml", "html", "txt")
    ]
    rows = [re.split(r"\s{2,}", line) for line in result.out.splitlines()]
    assert ["variant", "readers", "differs in", "written at", "which is"] in rows
    assert ["1", "2", "first_name missing → 'reader'", "issues/spring.md:7", "no"] in rows
    assert ["", "recipient.segment == 'client'", "issues/spring.md:9", "true"] in rows
    assert [row[:2] for row in rows if row[0] in {"2", "3"}] == [["2", "1"], ["3", "1"]]


def test_a_variant_is_what_its_first_reader_gets(run: Run, sorted_project: Project) -> None:
    run("build", "spring", *OF)
    folder = sorted_project.folder / "build"
    texts = [(folder / f"spring-variant-{number}.txt").read_text() for number in (1, 2, 3)]

    assert ["Hello Ada." in text for text in texts] == [True, False, False]
    assert ["Hello reader." in text for text in texts] == [False, True, False]
    assert ["For clients." in text for text in texts] == [True, True, False]
    assert ["For readers." in text for text in texts] == [False, False, True]


def test_branches_that_nobody_is_shown_are_told_with_their_line(run: Run, sorted_project: Project) -> None:
    result = run("build", "spring", *OF)
    told = "issues/spring.md:13:1: nobody of subscribers is shown what stands under"
    assert f"{told} `recipient.segment == 'press'`" in result.err

    sorted_project.write("recipients.csv", "email,segment\nada@example.com,client\n")
    result = run("build", "spring", *OF)
    assert "issues/spring.md:17:1: nobody of subscribers is shown the else of" in result.err


def test_scripts_get_one_document(run: Run, sorted_project: Project) -> None:
    found = run("build", "spring", *OF, "--json").json()

    assert [(one["variant"], one["readers"]) for one in found["variants"]] == [(1, 2), (2, 1), (3, 1)]
    assert [len(one["files"]) for one in found["variants"]] == [3, 3, 3]
    (missing,) = [one for one in found["variants"][1]["differs"] if one["kind"] == "field"]
    assert missing == {
        "kind": "field",
        "what": "first_name",
        "default": "'reader'",
        "is": "yes",
        "at": [{"path": "issues/spring.md", "line": 7, "column": 7}],
    }
    assert [one["line"] for one in found["unreached"]] == [13]


def test_a_build_of_fewer_variants_leaves_none_of_the_earlier_ones(run: Run, sorted_project: Project) -> None:
    run("build", "spring")
    run("build", "spring", *OF)
    sorted_project.write("build/spring-variant-9.pdf", "not ours")
    sorted_project.write("recipients.csv", "email,segment\nada@example.com,client\n")
    result = run("build", "spring", *OF)

    assert "every copy is alike" in result.out
    kept = {"spring.eml", "spring.html", "spring.txt", "spring-variant-9.pdf"}
    assert {*built(sorted_project)} == kept | {f"spring-variant-1.{one}" for one in ("eml", "html", "txt")}


def test_staff_get_each_labelled_in_to_and_the_content_counts_as_tested(
    run: Run, sorted_project: Project
) -> None:
    result = run("test", "spring", *OF, "--json")

    assert result.code == 0
    assert result.json()["tested"] is True
    assert [str(one["To"]) for one in messages(sorted_project)] == [
        f'"Variant {number} of 3, {readers}" <editor@example.com>'
        for number, readers in ((1, "2 readers"), (2, "1 reader"), (3, "1 reader"))
    ]
    assert {str(one["Subject"]) for one in messages(sorted_project)} == {"Spring"}
    assert "Variant 2 of 3, 1 reader: first_name missing → 'reader': yes" in result.err
    assert run("send", "spring", "--to", "subscribers", "--yes").code == 0


def test_the_limit_of_a_test_counts_people_times_variants(run: Run, sorted_project: Project) -> None:
    sorted_project.configure("[sending]\ntest_limit = 5\n")
    sorted_project.write("staff.csv", "email\neditor@example.com\nsue@example.com\n")
    result = run("test", "spring", *OF)

    assert result.code == 1
    assert "3 copies to each of 2 people are 6 messages" in result.err
    assert run("test", "spring", *OF, "--to", "editor@example.com").code == 0


def test_too_many_variants_are_refused_naming_what_makes_them(run: Run, project: Project) -> None:
    asked = "".join(f"{{% if recipient.c{n} %}}\n{n}\n{{% endif %}}\n\n" for n in range(6))
    project.write("issues/spring.md", f"# Spring\n\n{asked}")
    rows = [[f"r{n}@example.com", *("x" if n >> bit & 1 else "" for bit in range(6))] for n in range(64)]
    header = ["email", *(f"c{n}" for n in range(6))]
    project.write("recipients.csv", "\n".join(map(",".join, [header, *rows])) + "\n")
    result = run("build", "spring", *OF)

    assert result.code == 1
    assert "spring comes in more than 50 variants; they differ in" in result.err
    assert "recipient.c0 (issues/spring.md:3)" in result.err
    assert "--as ADDRESS --of LIST" in result.err


@pytest.mark.parametrize("command", ["build", "test"])
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--variants"], "--variants needs --of LIST"),
        (["--variants", "--of", "subscribers", "--as", "ada@example.com"], "choose"),
        (["--as", "ada@example.com"], "--as ADDRESS needs --of LIST"),
        (["--of", "subscribers"], "--of LIST needs --as ADDRESS"),
    ],
)
def test_flags_that_do_not_go_together_are_wrong_usage(
    run: Run, project: Project, command: str, flags: list[str], told: str
) -> None:
    assert project.outbox() == []
    result = run(command, "spring", *flags)
    assert result.code == 2
    assert told in result.err


def test_a_list_of_nobody_has_no_variants(run: Run, sorted_project: Project) -> None:
    sorted_project.write("recipients.csv", "email,segment,status\nada@example.com,x,unsubscribed\n")
    result = run("build", "spring", *OF)
    assert result.code == 1
    assert "subscribers has nobody who may be written to" in result.err


def test_bad_rows_are_left_out_and_told(run: Run, sorted_project: Project) -> None:
    sorted_project.write("recipients.csv", RECIPIENTS + "no address,x,y,z\n")
    result = run("build", "spring", *OF)
    assert result.code == 0
    assert "1 bad row of subscribers left out" in result.err


def test_readers_who_lack_a_needed_value_are_told_with_their_lines(run: Run, sorted_project: Project) -> None:
    sorted_project.write("issues/spring.md", "# Spring\n\nHello {{ recipient.first_name }}\n")
    for command in (
        ["build", *OF],
        ["test", *OF],
        ["test", "--as", "ada@example.com", "--of", "subscribers"],
    ):
        result = run(command[0], "spring", *command[1:])
        assert result.code == 1
        assert "recipients.csv:4: cleo@example.com: recipient.first_name is missing" in result.err
    assert sorted_project.outbox() == []


@pytest.mark.parametrize(
    "command",
    [
        ["send", "--to", "subscribers", "--yes"],
        ["test", "--as", "ada@example.com", "--of", "subscribers"],
        ["build", "--as", "ada@example.com", "--of", "subscribers"],
        ["build", *OF],
        ["test", *OF],
    ],
)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "Hello {{ recipient.frist_name }}",
            "3:7: subscribers has no column 'frist_name' (did you mean 'first_name'?)",
        ),
        (
            "::: audience segmnet == 'x'\nText\n:::",
            "3:14: subscribers has no column 'segmnet' (did you mean 'segment'?)",
        ),
    ],
)
def test_a_field_that_the_list_has_no_column_for_is_an_error_at_its_place(
    run: Run, project: Project, command: list[str], body: str, told: str
) -> None:
    project.write("issues/spring.md", f"# Spring\n\n{body}\n")
    result = run(command[0], "spring", *command[1:])

    assert result.code == 1
    assert f"issues/spring.md:{told}" in result.err
    assert project.outbox() == []


def test_a_default_in_place_of_a_column_is_a_warning(run: Run, project: Project) -> None:
    project.write("issues/spring.md", "# Spring\n\nHello {{ recipient.frist_name | default('you') }}\n")
    result = run("build", "spring", "--as", "ada@example.com", "--of", "subscribers")
    assert result.code == 0
    assert "warning: issues/spring.md:3:7: subscribers has no column 'frist_name'" in result.err
