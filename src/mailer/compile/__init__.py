"""
Issue + Layout -> CompiledIssue, once per issue.

`compile_issue` is in `stages`, and with it come all the libraries of a compile. So it is loaded when it is
asked for: what is compiled already can be told of and sent without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailer.compile.stages import compile_issue

__all__ = ["compile_issue"]


def __getattr__(name: str) -> Any:
    """Load what is asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("mailer.compile.stages"), name)
