"""`mailer merge`: one issue out of copies per audience, proved before it is written."""

from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import Project

CLIENT = """\
---
slug: 2019-04-17-client
subject: Faces, for clients
layout: newsletter
---

# Two outcomes

Hello {{ recipient.first_name | default('reader') }}.

- Call us on [Monday][day].

- Or on Friday.

::: card
Your contact comes along.
:::

All the best

[day]: https://example.com/monday
"""
PUBLIC = """\
---
layout: newsletter
subject: Faces
slug: 2019-04-17-public
---
# Two outcomes

Hello {{ recipient.first_name | default('reader') }}.

- Call us on [Monday][day].

- Or on Friday.

## Meet us

Everybody is welcome.

All the best

[day]: https://example.com/monday
"""
SUBSCRIBERS = PUBLIC.replace("-public", "-subscribers").replace("Everybody is", "You are")
MERGED = """\
---
slug: '2019-04-17'
subject: '{% if recipient.segment == ''client'' %}Faces, for clients{% else %}Faces{% endif %}'
layout: newsletter
---

# Two outcomes

Hello {{ recipient.first_name | default('reader') }}.

- Call us on [Monday][day].

- Or on Friday.

:::: audience segment == 'client'
::: card
Your contact comes along.
:::
::::

:::: audience segment != 'client'
## Meet us

Everybody is welcome.
::::

All the best

[day]: https://example.com/monday
"""
NAMES = ("2019-04-17-client", "2019-04-17-subscribers", "2019-04-17-public")


@pytest.fixture
def copies(project: Project) -> Project:
    for name, text in zip(NAMES, (CLIENT, SUBSCRIBERS, PUBLIC), strict=True):
        project.write(f"issues/{name}.md", text)
    return project


def test_two_copies_become_one_issue(copies: Project, run: Run) -> None:
    merged = run("merge", NAMES[0], NAMES[2])
    assert (merged.code, merged.out) == (0, MERGED)
    assert merged.err == (
        "passages: 5 shared, 1 for client, 2 for public;"
        " the column 'segment' tells who is who; 'public' is everybody else\n"
    )


def test_everybody_reads_what_their_own_copy_said(copies: Project, run: Run) -> None:
    rows = "".join(f"{name}@example.com,{name}\n" for name in ("client", "subscribers", "other"))
    copies.write("recipients.csv", "email,segment\n" + rows)
    assert run("merge", *NAMES[::-1], "--out", "issues/2019-04-17.md").code == 0

    def read_by(audience: str, issue: str) -> list[str]:
        reader = ("--as", f"{audience}@example.com", "--of", "subscribers")
        assert run("build", issue, *reader, "--out", "read").code == 0
        page, text = (
            Path(f"read/{issue}{suffix}").read_text(encoding="utf-8") for suffix in (".html", ".txt")
        )
        return [*text.split("\n"), *page[page.index("<body") :].replace(">", "> ").replace("<", " <").split()]

    for audience, copy in zip(("client", "subscribers", "other"), NAMES, strict=True):
        assert read_by(audience, "2019-04-17") == read_by(audience, copy)


def test_looks_may_differ_where_neighbours_do(copies: Project, run: Run) -> None:
    for name in NAMES[1:]:
        copies.write(f"issues/{name}.md", PUBLIC.replace(NAMES[2], name).replace("# Two outcomes\n\n", "", 1))
    assert "::: audience segment == 'client'\n# Two outcomes\n" in run("merge", *NAMES).out


def test_lists_of_two_audiences_stay_lists_of_their_own(copies: Project, run: Run) -> None:
    for name, own in zip(NAMES, ("* a\n* b", "* x\n\n* c\n\n## More\n\n* d", "* e"), strict=True):
        copies.write(f"issues/{name}.md", f"# Lists\n\n{own}\n\n## The end\n")
    merged = run("merge", *NAMES)
    assert (merged.code, merged.out.count("<!-- ::: -->")) == (0, 2)


def test_fault_of_a_copy_is_told_at_its_line(copies: Project, run: Run) -> None:
    copies.write(f"issues/{NAMES[2]}.md", PUBLIC + "\n{{ nothing }}\n")
    refused = run("merge", *NAMES)
    assert (refused.code, refused.out) == (1, "")
    assert f"issues/{NAMES[2]}.md:22:" in refused.err


def test_json_tells_what_is_shared(copies: Project, run: Run) -> None:
    told = run("merge", *NAMES, "--out", "issues/2019-04-17.md", "--json").json()
    assert told["issue"] == "2019-04-17"
    assert told["file"] == "issues/2019-04-17.md"
    assert told["text"] == Path("issues/2019-04-17.md").read_text(encoding="utf-8")
    assert told["shared"] == 5
    assert told["apart"] == {"client": 1, "subscribers": 2, "public": 2}


def test_line_ends_do_not_make_copies_differ(copies: Project, run: Run) -> None:
    copies.write(f"issues/{NAMES[0]}.md", CLIENT.replace("\n", "\r\n"))
    assert run("merge", NAMES[0], NAMES[2]).out == MERGED


def test_nothing_is_overwritten(copies: Project, run: Run) -> None:
    refused = run("merge", *NAMES, "--out", f"issues/{NAMES[0]}.md")
    assert refused.code == 1
    assert f"issues/{NAMES[0]}.md is there already" in refused.err
    assert Path(f"issues/{NAMES[0]}.md").read_text(encoding="utf-8") == CLIENT


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (
            ("layout: newsletter", "layout: plain"),
            "1: the front matter key 'layout' differs: 'newsletter' in",
            "alike",
        ),
        (("subject: Faces\n", ""), "the front matter key 'subject' differs", "a subject in each copy"),
        (
            ("slug: 2019-04-17-public", "slug: 2019-04-24-public"),
            "copies of different issues",
            "alike but for",
        ),
        (
            ("slug: 2019-04-17-public", "slug: 2019-04-17-client"),
            "two copies are for 'client'",
            "one copy for each",
        ),
        (("slug: 2019-04-17-public", "slug: 2019-04-17"), "ends with no audience", "2019-04-17-client"),
        (
            ("[day]: https://example.com/monday", "[day]: https://example.com/sunday"),
            "reads otherwise",
            "into the text",
        ),
    ],
)
def test_copies_that_cannot_be_one_issue_are_refused(
    copies: Project, run: Run, change: tuple[str, str], message: str, hint: str
) -> None:
    copies.write("other/copy.md", PUBLIC.replace(*change))
    refused = run("merge", f"issues/{NAMES[0]}.md", "other/copy.md", "--out", "merged.md")
    assert refused.code == 1
    assert message.removeprefix("1: ") in refused.err
    assert hint in refused.err
    assert not Path("merged.md").exists()


def test_one_copy_is_nothing_to_merge(copies: Project, run: Run) -> None:
    refused = run("merge", NAMES[0])
    assert refused.code == 2
    assert "name two or more" in refused.err
