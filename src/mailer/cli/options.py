"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]

json_option: Decorator[Any] = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output."
)
transport_option: Decorator[Any] = click.option(
    "--transport",
    metavar="TRANSPORT",
    help="A name from [transports] in mailer.toml, or a URL; without it: the one called default.",
)
rate_option: Decorator[Any] = click.option(
    "--rate",
    metavar="RATE",
    default="",
    help="At most this many messages: 10/s, 600/m, 5000/h, 20000/d, or several at once: 10/s,5000/h.",
)
name_option: Decorator[Any] = click.option(
    "--name", metavar="NAME", default="", help="What a list from standard input is called."
)
yes_option: Decorator[Any] = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
