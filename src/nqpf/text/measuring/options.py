"""What every measure may choose about what is counted: the words, what holds where nothing is said, and their check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, get_args

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, hint, listing

Mode = Literal["overlapping", "longest"]
Part = Literal["all", "own", "quoted"]
With = Literal["with", "without"]
Latin = Literal["substring", "whole"]
Negation = Literal["mark", "leave_out", "ignore"]
Unit = Literal["characters", "letters", "sentences", "paragraphs", "articles"]
SpanKind = Literal["quotation", "duplicate", "heading"]


class Counting(TypedDict, total=False):
    """Options that say what is counted; those of `nqpf.text.count`, where they are explained."""

    mode: Mode
    quoted: Part
    headings: With
    duplicates: With
    latin: Latin
    negation: Negation
    spans: Any


DEFAULT: Counting = {
    "mode": "overlapping",
    "quoted": "all",
    "headings": "with",
    "duplicates": "with",
    "latin": "substring",
    "negation": "mark",
    "spans": None,
}
"""What holds where nothing is said."""

_WORDS: Mapping[str, Any] = {
    "mode": Mode, "quoted": Part, "headings": With, "duplicates": With, "latin": Latin, "negation": Negation,
}  # fmt: skip


def complete(given: Counting) -> Counting:
    """Return options with what holds where nothing is said.

    Raises
    ------
    SpecError
        No such option or word; a part is asked for without `spans`.
    """
    for name in (n for n in given if n not in DEFAULT):
        options, near = listing(DEFAULT), hint(name, DEFAULT)
        raise SpecError("bad_choice", where=Where(key="option"), value=name, options=options, hint=near)
    how: Counting = {**DEFAULT, **given}
    for key, words in _WORDS.items():
        choose(key, how[key], get_args(words))  # type: ignore[literal-required]
    asked = [
        key
        for key, whole in (("quoted", "all"), ("headings", "with"), ("duplicates", "with"))
        if how[key] != whole  # type: ignore[literal-required]
    ]
    if asked and how["spans"] is None:
        raise SpecError("measure_spans_needed", where=Where(key=asked[0]), value=how[asked[0]])  # type: ignore[literal-required]
    return how


def stated(how: Counting) -> dict[str, Any]:
    """Return the options as a method prints them: all but the table of passages."""
    return {key: value for key, value in how.items() if key != "spans"}
