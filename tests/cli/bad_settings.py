"""Settings, transports and sends that are refused."""

from tests.cli.case import SECRET, SEND, Case, settings
from tests.cli.project import CONFIG

WITH_PASSWORD = f"smtp://news:{SECRET}@smtp.example.com:587"
SETTINGS = [
    settings("broken TOML", "[newsletter\nname = 'x'\n", "mailer.toml:1:12:", "not TOML", "toml.io"),
    Case(
        "mailer.toml is not UTF-8",
        ["mailer.toml", "not UTF-8", "save it as UTF-8"],
        {"mailer.toml": b"# caf\xe9\n"},
        ["config"],
    ),
    settings(
        "unknown keys",
        CONFIG.replace("[lists]", 'fom = "x"\n\n[lists]')
        + '\n[sendin]\nrate = "1/s"\n[sending]\nrat = "1/s"\n',
        "mailer.toml has 3 faults",
        "mailer.toml:7: newsletter.fom: unknown setting (did you mean 'from'?)",
        "mailer.toml:16: sendin: unknown setting (did you mean 'sending'?)",
        "mailer.toml:19: sending.rat: unknown setting (did you mean 'rate'?)",
        "mailer config --help",
    ),
    settings(
        "wrong types",
        "[newsletter]\nname = 5\nfrom = 'nobody'\nurl = 'ftp://x'\ntimezone = 'Mars'\n"
        "[issues]\nfolders = 'issues'\n[lists]\nstaff = 5\nall = ['staf']\n[sending]\nrate = 10\n"
        "connections = 'x'\nrefused_ok = 2\n"
        "[transports]\na = 5\nb = { url = 'file:x', passwort = { env = 'X' } }\n[checks]\n'X-1' = 'loud'\n",
        "mailer.toml has 13 faults",
        "mailer.toml:2: newsletter.name: expected a text",
        "mailer.toml:3: newsletter.from: 'nobody' is not an email address",
        "mailer.toml:4: newsletter.url: expected an address like https://example.com",
        "mailer.toml:5: newsletter.timezone: no time zone 'Mars'",
        "mailer.toml:7: issues.folders: expected a list",
        "mailer.toml:9: lists.staff: expected a CSV file",
        "mailer.toml:10: lists.all: no list 'staf' (did you mean 'staff'?)",
        "mailer.toml:12: sending.rate:",
        "mailer.toml:13: sending.connections: expected a whole number",
        "mailer.toml:14: sending.refused_ok: expected a share",
        "mailer.toml:16: transports.a: expected a transport URL",
        "mailer.toml:17: transports.b.passwort: unknown setting (did you mean 'password'?)",
        "mailer.toml:19: checks.X-1: expected error, warning",
    ),
    settings(
        "no name and no sender",
        "",
        "mailer.toml has 2 faults",
        "newsletter.name: missing",
        "newsletter.from: missing",
    ),
    settings(
        "an unknown scheme",
        CONFIG.replace("file:outbox", "smpt://x"),
        "mailer.toml:12:",
        "smpt:",
        "'smtp'?",
        "there are file:",
    ),
    Case(
        "an unknown scheme on the command line",
        ["no transport is called smpt:", "did you mean 'smtp'?", "there are file:"],
        command=[*SEND, "--transport", "smpt://x"],
    ),
    Case(
        "an unknown transport",
        ["no transport 'relai'", "did you mean 'relay'?", "file:outbox"],
        {"mailer.toml": f'{CONFIG}relay = "file:other"\n'},
        [*SEND, "--transport", "relai"],
    ),
    settings(
        "a password in a URL",
        CONFIG.replace("file:outbox", WITH_PASSWORD),
        "mailer.toml:12:",
        "a password stands",
        "env =",
    ),
    settings(
        "a password in a URL, for JSON",
        CONFIG.replace("file:outbox", WITH_PASSWORD),
        "mailer.toml:12:",
        "a password stands",
        command=["config", "--json"],
    ),
    settings(
        "a password in the URL of a table",
        f'{CONFIG}relay = {{ url = "{WITH_PASSWORD}" }}\n',
        "mailer.toml:13:",
        "a password stands",
        command=SEND,
    ),
    settings(
        "a password in mailer.toml",
        f'{CONFIG}relay = {{ url = "smtp://x@y.de", password = "{SECRET}" }}\n',
        "mailer.toml:13:",
        "env =",
    ),
    settings(
        "a password in the ledger's URL",
        f'ledger = "postgresql://u:{SECRET}@db/x"\n{CONFIG}',
        "mailer.toml:1:",
        "a password",
    ),
    settings(
        "a password in an address of the web",
        CONFIG.replace("https://news", f"https://u:{SECRET}@news"),
        "mailer.toml:5:",
        "no password",
    ),
    Case(
        "a password in --transport",
        ["a password stands", "env ="],
        command=[*SEND, "--transport", WITH_PASSWORD],
    ),
    Case("a rate that is none", ["'fast' is not a rate", "10/s"], command=[*SEND, "--rate", "fast"]),
    Case(
        "a relay that is down",
        ["nothing answers at 127.0.0.1:1", "nothing was sent"],
        command=[*SEND, "--transport", "smtp://127.0.0.1:1"],
    ),
    Case(
        "a password that is not set",
        ["environment variable NO_SUCH_PASSWORD is not set", "export"],
        {
            "mailer.toml": f'{CONFIG}relay = {{ url = "smtps://u@127.0.0.1:1", '
            'password = { env = "NO_SUCH_PASSWORD" } }\n'
        },
        [*SEND, "--transport", "relay"],
    ),
    Case(
        "a login in clear",
        ["the login of news at localhost would go in clear", "tls=required"],
        command=[*SEND, "--transport", "smtp://news@localhost"],
    ),
    Case("an unknown send", ["no send begins with 'ffff'", "mailer status"], command=["resume", "ffff"]),
    Case(
        "an unknown state",
        ["'refusd'", "did you mean 'refused'?"],
        command=["send", "spring", "--to", "send:f:refusd"],
    ),
    Case(
        "an unknown state to list",
        ["'refusd'", "did you mean 'refused'?"],
        command=["status", "f", "--state", "refusd"],
    ),
]
