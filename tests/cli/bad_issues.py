"""Issues, templates in them and layouts that are refused."""

from tests.cli.case import SEND, SPRING, Case, body, issue, layout

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)

ISSUES = [
    Case(
        "no such issue",
        ["'sprin' in issues", "did you mean 'spring'?", "such as: spring"],
        command=["build", "sprin"],
    ),
    Case(
        "no such file",
        ["no file 'issues/sprin.md'", "did you mean 'issues/spring.md'?"],
        command=["build", "issues/sprin.md"],
    ),
    Case("a folder", ["'issues' is a folder", "name a Markdown file"], command=["build", "issues"]),
    Case(
        "two issues with one slug",
        ["two issues have the slug 'spring'", "issues/other.md", SPRING, "another 'slug'"],
        {"issues/other.md": "---\nslug: spring\n---\n# Other\n"},
    ),
    issue("no YAML", "---\nsubject: a: b\n---\n# X\n", f"{SPRING}:2:11:", "subject: a: b", "quotes"),
    issue("a tab in YAML", "---\ntags:\n\t- a\n---\n# X\n", f"{SPRING}:3:1:", "indent with spaces"),
    issue(
        "front matter is a list", "---\n- a\n- b\n---\n# X\n", f"{SPRING}:2:1:", "a list", "one key a line"
    ),
    issue("front matter never closed", "---\nsubject: a\n\n# X\n", f"{SPRING}:1:1:", "never closed", "'---'"),
    issue(
        "a Python tag",
        "---\nsubject: !!python/object/apply:os.system ['touch pwned']\n---\n# X\n",
        f"{SPRING}:2:10:",
        "!!python/object/apply:os.system",
        "plain value",
    ),
    issue(
        "an alias bomb",
        f"---\n{BOMB}---\n# X\n",
        f"{SPRING}:7:1:",
        "grow without bound",
        "write the values out",
    ),
    issue(
        "a key twice",
        "---\nsubject: a\nsubject: b\n---\n# X\n",
        f"{SPRING}:3:1:",
        "stands twice",
        "remove one",
    ),
    issue(
        "an unknown layout",
        "---\nlayout: newslettr\n---\n# X\n",
        f"{SPRING}:2:",
        "no layout 'newslettr'",
        "did you mean 'newsletter'?",
        "layouts/newslettr.mjml and builtin/newslettr.mjml",
    ),
    issue(
        "a layout outside the project",
        "---\nlayout: ../../etc/passwd\n---\n# X\n",
        f"{SPRING}:2:",
        "no layout",
        "tried",
    ),
    issue(
        "an undefined variable",
        "---\nsubject: x\n---\n\n# X\n\nHello {{ newsleter.name }}\n",
        f"{SPRING}:7:10:",
        "'newsleter' is not defined",
        "did you mean 'newsletter'?",
        "Hello {{ newsleter.name }}",
    ),
    issue(
        "an undefined attribute",
        "# X\n\nHello {{ newsletter.nme }}\n",
        f"{SPRING}:3:21:",
        "'newsletter' has no 'nme'",
        "did you mean 'name'?",
    ),
    issue(
        "an undefined variable in the subject",
        "---\nsubject: 'Hi {{ isue.slug }}'\n---\n# X\n",
        f"{SPRING}:2: ",
        "'issue'?",
    ),
    issue(
        "a misspelled subject",
        "---\nsubjct: Hi\n---\nX\n",
        f"{SPRING}:2:1:",
        "no subject",
        "'subjct' means nothing",
        "write subject:",
    ),
    issue(
        "a column without the recipient",
        "# X\n\nHello {{ first_name }}\n",
        f"{SPRING}:3:10:",
        "'first_name' is not defined",
        "written recipient.first_name",
    ),
    issue(
        "an unknown style of a date",
        "---\ndate: 2026-05-06\n---\n# X\n\n{{ issue.date | date }} {{ issue.date | date('lnog') }}\n",
        f"{SPRING}:6:47:",
        "did you mean 'long'?",
    ),
    issue(
        "an unknown value of the site",
        "# X\n\n{{ site.github.url }}\n",
        f"{SPRING}:3:9:",
        "'site' has no 'github'",
        "[site] in mailer.toml",
    ),
    Case(
        "a fault in a partial",
        ["parts/event.md:2:4:", "'titel' is not defined"],
        {SPRING: "# X\n\n::: include parts/event.md :::\n", "parts/event.md": "\n{{ titel }}\n"},
        command=["build", "spring"],
    ),
    issue(
        "a fence's include outside the project",
        "# X\n\n::: include ../../x.md :::\n",
        f"{SPRING}:3:1:",
        "'../../x.md' lies outside",
    ),
    issue(
        "an unclosed if",
        "# X\n\n{% if issue.slug %}\n\nHello\n",
        f"{SPRING}:3:1:",
        "never closed",
        "{% endif %}",
    ),
    issue(
        "an unclosed if of the recipient",
        "# X\n\n{% if recipient.first_name %}\n\nHello\n",
        f"{SPRING}:3:1:",
        "never closed",
        "{% endif %}",
    ),
    issue(
        "an unclosed tag",
        "# X\n\nHello {{ recipient.first_name\n",
        f"{SPRING}:3:7:",
        "'{{' is never closed",
        "write }}",
    ),
    issue(
        "an unknown filter",
        "# X\n\n{{ issue.slug | uper }}\n",
        f"{SPRING}:3:17:",
        "no filter 'uper'",
        "did you mean 'upper'?",
    ),
    issue(
        "an include outside the project",
        "# X\n\n{% include '../x.md' %}\n",
        f"{SPRING}:3:13:",
        "outside",
        "name a file inside",
    ),
    issue(
        "an include of a file of the system",
        "# X\n\n{% include '/etc/passwd' %}\n",
        f"{SPRING}:3:13:",
        "outside",
        "name a file inside",
    ),
    issue(
        "an include of nothing",
        "# X\n\n{% include 'parts/x.md' %}\n",
        f"{SPRING}:3:13:",
        "no template 'parts/x.md'",
        "check the name",
    ),
    issue("a binary issue", bytes(range(256)), f"{SPRING}:", "binary", "name a Markdown file"),
    issue(
        "an issue that is not UTF-8",
        "# Café\n".encode("cp1252"),
        f"{SPRING}:1:6:",
        "not UTF-8",
        "save the file as UTF-8",
    ),
    issue("an empty issue", "", f"{SPRING}:", "empty", "write front matter and text"),
    issue("an issue without text", "---\nsubject: x\n---\n", f"{SPRING}:4:", "no text", "write something"),
    issue("an issue of 10 MB", "word " * 2_000_000, f"{SPRING}:", "larger than 1 MB"),
    issue(
        "an issue nested too deeply", "# X\n\n" + "<div>" * 5000, f"{SPRING}:", "nested too deeply", "levels"
    ),
    issue(
        "MJML in an issue",
        '# X\n\n<mj-include path="/etc/passwd" type="css"/>\n',
        f"{SPRING}:3:1:",
        "MJML",
        "in a layout",
    ),
    Case(
        "a draft is not sent",
        ["spring is a draft", "draft: true"],
        {SPRING: "---\ndraft: true\n---\n# X\n"},
        SEND,
    ),
]

INNER = ("is not for templates", "take it out")
TOO_MUCH = ("a template puts an issue together",)
TEMPLATES = [
    body("{{ ''.__class__.__mro__[1].__subclasses__() }}", f"{SPRING}:3:13:", "'__class__'", *INNER),
    body("{{ cycler.__init__.__globals__ }}", f"{SPRING}:3:17:", "'__init__'", *INNER),
    body("{{ lipsum.__globals__['os'] }}", f"{SPRING}:3:10:", "'lipsum' is not defined"),
    body("{{ '{0.__class__}'.format('x') }}", f"{SPRING}:3:14:", "'__class__'", *INNER),
    body("{{ recipient.__class__ }}", f"{SPRING}:3:20:", "'__class__'", *INNER),
    body("{{ recipient['__class__'] }}", f"{SPRING}:3:21:", "'__class__'", *INNER),
    body("{{ recipient.first_name | attr('__class__') }}", f"{SPRING}:3:39:", "'__class__'", *INNER),
    body("{{ '{0.__class__}'.format(recipient.email) }}", f"{SPRING}:3:14:", "'__class__'", *INNER),
    body("{{ unsubscribe_url.__class__ }}", f"{SPRING}:3:26:", "'__class__'", *INNER),
    body("{% if recipient.__class__ %}x{% endif %}", f"{SPRING}:3:23:", "'__class__'", *INNER),
    body("{{ 'a' * 9999999999 }}", f"{SPRING}:3:", "more than 1,000,000 characters", *TOO_MUCH),
    body("{{ recipient.email * 9999999999 }}", "recipients.csv:2:", "more than 1,000,000 characters"),
    body("{{ 10 ** 100000000 }}", f"{SPRING}:3:", *TOO_MUCH),
    body("{{ 'x' | center(99999999) }}", f"{SPRING}:3:", "at most 10,000", *TOO_MUCH),
    body("{{ range(999999999) | list }}", f"{SPRING}:3:", "at most 100,000", *TOO_MUCH),
    body("{{ '%099999999d' % 1 }}", f"{SPRING}:3:", "width", *TOO_MUCH),
    body(
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        f"{SPRING}:3:",
        "more than 200,000 steps",
        *TOO_MUCH,
    ),
    issue(
        "dunder in the subject",
        "---\nsubject: '{{ recipient.__class__ }}'\n---\n# X\n",
        f"{SPRING}:2:",
        *INNER,
        command=SEND,
    ),
]

LAYOUTS = [
    layout(
        "a layout without the content",
        "<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>",
        "layouts/newsletter.mjml: the layout shows the content 0 times",
        "write {{ content }} once",
    ),
    layout(
        "a block that would be lost",
        '{% extends "builtin/newsletter.mjml" %}\n{% block closng %}x{% endblock %}',
        "layouts/newsletter.mjml:2:1:",
        "no block 'closng'",
        "did you mean 'closing'?",
    ),
    layout(
        "an unknown element",
        "<mjml><mj-body>\n<mj-section><mj-column><mj-txt>{{ content }}</mj-txt></mj-column></mj-section>\n"
        "</mj-body></mjml>",
        "layouts/newsletter.mjml:2:24:",
        "<mj-txt>",
        "did you mean 'mj-text'?",
    ),
    layout(
        "wrong nesting",
        "<mjml>\n<mj-body>\n<mj-column><mj-text>{{ content }}</mj-text></mj-column>\n</mj-body></mjml>",
        "layouts/newsletter.mjml:3:1:",
        "<mj-column> cannot stand inside <mj-body>",
        "belongs in <mj-group> or <mj-section>",
    ),
    layout(
        "an unclosed element",
        "<mjml>\n<mj-body>\n<mj-section>\n</mj-body></mjml>",
        "layouts/newsletter.mjml:3:1:",
        "write </mj-section>",
    ),
    layout(
        "MJML's own include",
        '<mjml>\n<mj-head><mj-include path="/etc/passwd" type="css"/></mj-head></mjml>',
        "layouts/newsletter.mjml:2:10:",
        "<mj-include> cannot be used",
        "{% include",
    ),
    layout(
        "an include of /etc",
        "\n{% include '/etc/passwd' %}",
        "layouts/newsletter.mjml:2:13:",
        "no template",
        "check",
    ),
    layout(
        "an undefined variable in a layout",
        "<mjml><mj-body>\n<mj-section><mj-column><mj-text>{{ contnt }}</mj-text></mj-column></mj-section>\n"
        "</mj-body></mjml>",
        "layouts/newsletter.mjml:2:36:",
        "    <mj-section><mj-column><mj-text>{{ contnt }}</mj-text></mj-column></mj-section>\n",
        "did you mean 'content'?",
    ),
    Case(
        "an unknown key in the theme",
        ["layouts/theme.toml:1", "'colour'", "known keys"],
        {"layouts/theme.toml": "colour = 'red'\n"},
    ),
]
