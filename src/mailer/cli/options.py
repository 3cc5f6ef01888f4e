"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]


def not_blank(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Refuse a blank value: `--at "$TIME"` in a script that lacks TIME must not mean "now"."""
    given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    if given and not (text or "").strip():
        raise click.BadParameter("it is blank; leave the option out, or give it a value")
    return text


json_option: Decorator[Any] = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output."
)
transport_option: Decorator[Any] = click.option(
    "--transport",
    metavar="TRANSPORT",
    callback=not_blank,
    help="A name from [transports] in mailer.toml, or a URL; without it: the one called default.",
)
rate_option: Decorator[Any] = click.option(
    "--rate",
    metavar="RATE",
    default="",
    callback=not_blank,
    help="At most this many messages: 10/s, 600/m, 5000/h, 20000/d, or several at once: 10/s,5000/h.",
)
name_option: Decorator[Any] = click.option(
    "--name", metavar="NAME", default="", help="What a list from standard input is called."
)
yes_option: Decorator[Any] = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")


def check_choice(address: str | None, list_name: str | None, *, variants: bool) -> None:
    """Raise a usage error where --as, --of and --variants do not go together."""
    if variants and address:
        raise click.UsageError("--variants is every copy, --as is one: choose")
    if variants and not list_name:
        raise click.UsageError("--variants needs --of LIST: whose variants?")
    if address and not list_name:
        raise click.UsageError("--as ADDRESS needs --of LIST: on which list?")
    if list_name and not (address or variants):
        raise click.UsageError("--of LIST needs --as ADDRESS: whose copy? Or --variants, for each of them")
