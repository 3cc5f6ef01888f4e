"""`mailer init` and `mailer new`: a newsletter begins, and nothing is overwritten."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import Project


def test_new_newsletter_goes_all_the_way(project: Project, run: Run) -> None:
    laid_out = run("init", "field-notes")
    assert laid_out.code == 0
    assert "Next: edit field-notes/mailer.toml" in laid_out.out
    inside = ("--project", "field-notes")
    issue = run(*inside, "new", "Frost: at last", "--date", "2026-11-02").out.strip()
    assert issue == "field-notes/issues/2026-11-02-frost-at-last.md"
    assert run(*inside, "build", issue, "--out", "out").code == 0
    assert "Frost: at last" in Path("out/2026-11-02-frost-at-last.txt").read_text(encoding="utf-8")
    project.write("field-notes/staff.csv", "email\neditor@example.com\n")
    assert run(*inside, "test", issue).code == 0
    assert "is a draft" in run(*inside, "send", issue, "--to", "staff", "--yes").err


def test_init_writes_the_id_of_the_ledger_it_made(project: Project, run: Run) -> None:
    assert run("init", "news").code == 0
    settings = Path("news/mailer.toml").read_text(encoding="utf-8")
    written = re.search(r'^ledger_id = "([0-9a-f]{16})"', settings, re.MULTILINE)
    assert written
    assert settings.index("ledger_id") < settings.index("[newsletter]")
    shown = {one["key"]: one["value"] for one in run("--project", "news", "config", "--json").json()}
    assert shown["ledger_id"] == written[1]


def test_init_overwrites_nothing(project: Project, run: Run) -> None:
    before = Path("mailer.toml").read_bytes()
    project.write("layouts/theme.toml", "width = 600\n")
    assert run("init").code == 0
    assert Path("mailer.toml").read_bytes() == before
    assert Path("layouts/theme.toml").read_text(encoding="utf-8") == "width = 600\n"
    again = run("init")
    assert (again.code, again.out) == (0, "everything is here already; nothing was written\n")


LAST = """\
---
subject: November
layout: plain
tags: [birds, 'woods: old']
---

# November

## Seen *and* heard

The owls.

```
## no heading
```

::: card
## Inside a card
:::

Events
------

{% for one in site.events %}
## {{ one }}

{% endfor %}
"""


def read_new(run: Run, *arguments: str) -> str:
    made = run("new", "Frost: at last", "--date", "2026-12-02", *arguments)
    assert made.code == 0
    assert run("build", made.out.strip()).code == 0
    return Path(made.out.strip()).read_text(encoding="utf-8")


@pytest.fixture
def issues(project: Project) -> Project:
    project.write("issues/2026-11-02-november.md", LAST)
    project.write("issues/october.md", "---\ndate: 2026-10-02\n---\n# October\n\n## Older\n")
    project.write("issues/2026-11-03-broken.md", "---\nsubject: [\n---\n")
    return project


def test_new_has_the_shape_of_the_last_issue(issues: Project, run: Run) -> None:
    assert read_new(run) == (
        "---\nsubject: 'Frost: at last'\npreheader:\ndate: 2026-12-02\nlayout: plain\n"
        "tags: [birds, 'woods: old']\ndraft: true\n---\n\n"
        "# Frost: at last\n\n## Seen *and* heard\n\n## Events\n\n"
    )


def test_new_says_whose_shape_it_has(issues: Project, run: Run) -> None:
    assert run("new", "Frost").err == "in the shape of issues/2026-11-02-november.md; --blank for none\n"


def test_last_issue_is_dated_by_its_front_matter_where_its_name_has_no_date(
    issues: Project, run: Run
) -> None:
    issues.write("issues/december.md", "---\ndate: 2026-12-01\n---\n# December\n\n## Snow\n")
    assert read_new(run).endswith("# Frost: at last\n\n## Snow\n\n")


def test_new_is_blank_if_told_so(issues: Project, run: Run) -> None:
    assert read_new(run, "--blank") == (
        "---\nsubject: 'Frost: at last'\npreheader:\ndate: 2026-12-02\ndraft: true\n---\n\n"
        "# Frost: at last\n\n"
    )


def test_layout_that_is_told_is_taken(issues: Project, run: Run) -> None:
    assert "\nlayout: digest\n" in read_new(run, "--layout", "digest")


def test_new_begins_with_a_template(issues: Project, run: Run) -> None:
    template = "---\nsubject: {}\ndate: {{date}}\n---\n\n# {}\n\n{{{{ site.name | default('Us') }}}}\n"
    issues.write("layouts/monthly.md", template.format("{title}", "{title}"))
    assert read_new(run, "--template", "monthly") == (
        "---\nsubject: 'Frost: at last'\ndate: 2026-12-02\n---\n\n"
        "# Frost: at last\n\n{{ site.name | default('Us') }}\n"
    )


def test_template_that_is_not_there_or_is_no_issue_is_told(issues: Project, run: Run) -> None:
    issues.write("layouts/monthly.md", "---\nsubject: News, {title}\n---\n\n# {title}\n")
    unknown = run("new", "Frost", "--template", "montly")
    assert (unknown.code, "did you mean 'monthly'?" in unknown.err) == (1, True)
    broken = run("new", "Frost: at last", "--template", "monthly")
    assert (broken.code, "layouts/monthly.md:2:" in broken.err) == (1, True)
    both = run("new", "Frost", "--template", "monthly", "--blank")
    assert both.code == 2


def test_new_overwrites_nothing(project: Project, run: Run) -> None:
    assert run("new", "Frost", "--date", "2026-11-02").out == "issues/2026-11-02-frost.md\n"
    refused = run("new", "Frost", "--date", "2026-11-02")
    assert refused.code == 1
    assert "issues/2026-11-02-frost.md is there already" in refused.err
    assert "--date" in refused.err


def test_title_of_signs_alone_is_refused(project: Project, run: Run) -> None:
    refused = run("new", "!?")
    assert refused.code == 1
    assert "no letter or digit" in refused.err


@pytest.mark.parametrize(
    "title", ["a: b # c", "'quoted'", '"q"', "no", "2026-01-01", "Grüße 🎉", "@a", "[b]"]
)
def test_title_is_the_subject_whatever_its_characters(project: Project, run: Run, title: str) -> None:
    path = run("new", title).out.strip()
    assert run("build", path).code == 0
    data = Path("build", Path(path).name).with_suffix(".eml").read_bytes()
    assert message_from_bytes(data, policy=policy.default)["Subject"] == title


def test_folder_without_settings_is_told(project: Project, run: Run) -> None:
    Path("mailer.toml").unlink()
    refused = run("build", "spring")
    assert refused.code == 1
    assert "no mailer.toml here or in a folder above" in refused.err
    assert "mailer init" in refused.err
    named = run("--project", "nowhere", "build", "spring")
    assert named.code == 1
    assert "nowhere holds no mailer.toml" in named.err


def test_settings_are_found_from_a_folder_below(project: Project, run: Run) -> None:
    assert run("--project", ".", "build", "issues/spring.md").code == 0


def test_a_layout_that_there_is_not_is_told_before_anything_is_written(project: Project, run: Run) -> None:
    refused = run("new", "Autumn", "--layout", "newsleter")
    assert (refused.code, refused.out) == (1, "")
    assert "there is no layout 'newsleter' (did you mean 'newsletter'?)" in refused.err
    assert [path.name for path in (project.folder / "issues").iterdir()] == ["spring.md"]


def test_a_slug_beyond_ascii_stands_encoded_in_the_address_of_the_page(project: Project, run: Run) -> None:
    project.configure("", transport="file:outbox")
    config = (
        (project.folder / "mailer.toml")
        .read_text()
        .replace("postal_address", 'view_url = "https://example.com/{slug}/"\npostal_address')
    )
    project.write("mailer.toml", config)
    project.write("issues/frühling.md", "# Frühling\n\nEr ist da.\n")
    assert run("build", "frühling").code == 0
    assert "https://example.com/fr%C3%BChling/" in (project.folder / "build" / "frühling.txt").read_text()
