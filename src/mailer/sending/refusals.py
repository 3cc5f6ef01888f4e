"""Answers of relays -> groups of the same reason, with what to do about each."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

SHOWN = 20
"""Groups that are told."""

DOMAINS = 5
"""Domains of a group that are told."""

_OTHER = "other answers"

_ADDRESS = re.compile(r"[^\s<>@,;:=]+@[^\s<>@,;]+")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_LINK = re.compile(r"\b(https?://[^\s?#]+)[?#]\S*", re.IGNORECASE)
_MACHINE = re.compile(r"\b(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{1,4}:+){3,}[0-9a-f]+)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![./\w-])(?=[\w.=+-]*\d)(?=[\w.=+-]*[A-Za-z])[\w=+-][\w.=+-]{6,}(?![\w/])")
"""Letters and digits mixed: the name of a message in the relay's queue."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.]*\.\d|\w)")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_GAPS = re.compile(r"(?:<…>|…)(?:\s+(?:<…>|…))+")


@dataclass(frozen=True, slots=True)
class Group:
    """
    Answers that differ only in addresses, numbers and names.

    `reason` is the answer without them, `domains` has the most frequent ones of the recipients, `advice` what
    to do, or is empty.
    """

    reason: str
    count: int
    domains: Sequence[tuple[str, int]] = ()
    advice: str = ""

    @property
    def domains_shown(self) -> str:
        """Return the domains as people read them: `one.test 2, two.test 1, others 3`."""
        told = dict(self.domains)
        if others := self.count - sum(told.values()):
            told["others"] = others
        return ", ".join(f"{domain} {count:,}" for domain, count in told.items())

    def to_json(self) -> dict[str, Any]:
        """Return what reports hold."""
        return {
            "reason": self.reason,
            "count": self.count,
            "domains": dict(self.domains),
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class _Advice:
    """One entry of advice.toml."""

    codes: frozenset[str]
    replies: frozenset[int]
    says: re.Pattern[str] | None
    advice: str

    def fits(self, code: int, enhanced: str, text: str) -> bool:
        by_code = enhanced in self.codes or code in self.replies or not (self.codes or self.replies)
        return by_code and (self.says is None or self.says.search(text) is not None)


def group_answers(answers: Iterable[tuple[str, int, str]]) -> list[Group]:
    """Return groups of answers (address, code, text), largest first; what is rare is put together."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for address, code, text in answers:
        group = (reason_of(code, text), advice_for(code, text))
        groups.setdefault(group, Counter())[address.rpartition("@")[2]] += 1
    largest = sorted(groups.items(), key=lambda item: -item[1].total())
    told = [_group(reason, advice, domains) for (reason, advice), domains in largest[:SHOWN]]
    if rest := largest[SHOWN:]:
        told.append(_group(_OTHER, "", sum((domains for _, domains in rest), Counter[str]())))
    return told


@lru_cache(maxsize=1024)
def reason_of(code: int, text: str) -> str:
    """Return an answer without what is different for each message: `550 5.1.1 <…>: no such user`."""
    plain = _LINK.sub(r"\1", _ADDRESS.sub("…", text))
    plain = _MACHINE.sub("…", _BRACKETS.sub("…", plain))
    parts = _ENHANCED.split(plain)
    # The enhanced codes, at the odd places, are what tells reasons apart.
    parts[::2] = [_NUMBER.sub("…", _NAME.sub("…", part)) for part in parts[::2]]
    return " ".join(f"{code or ''} {_GAPS.sub('…', ''.join(parts))}".split())


@lru_cache(maxsize=1024)
def advice_for(code: int, text: str) -> str:
    """Return what to do about an answer, or an empty string."""
    found = _ENHANCED.search(text)
    enhanced = found[1] if found else ""
    return next((one.advice for one in _table() if one.fits(code, enhanced, text)), "")


def _group(reason: str, advice: str, domains: Counter[str]) -> Group:
    return Group(reason, domains.total(), tuple(domains.most_common(DOMAINS)), advice)


@cache
def _table() -> Sequence[_Advice]:
    entries = tomllib.loads((files("mailer.sending") / "advice.toml").read_text("utf-8"))["advice"]
    return tuple(
        _Advice(
            frozenset(entry.get("codes", ())),
            frozenset(entry.get("replies", ())),
            re.compile(entry["says"], re.IGNORECASE) if "says" in entry else None,
            entry["advice"],
        )
        for entry in entries
    )
