"""Reads the MathML of a formula: which brackets pair, how far a sum reaches, what a function is applied to.

MathML writes a row as it is read; Word asks for what belongs together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NARY = frozenset("∑∏∐∫∬∭∮⋃⋂⨁⨂⋁⋀")
OPENING, CLOSING, BARRED = frozenset("([{⟨⌈⌊"), frozenset(")]}⟩⌉⌋"), frozenset("|‖")
SCRIPTED = ("msub", "msup", "msubsup")
ROWS = ("mrow", "mstyle", "math", "mpadded")
ENDS = frozenset("=+−-±∓<>≤≥≠≈∼≡→←↦∈∉,;:")
"""Signs that end what a sum runs over."""

Element = Any
"""An element of a MathML tree."""


def local(element: Element) -> str:
    """Return an element's tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def flat(elements: Sequence[Element]) -> list[Element]:
    """Return elements with rows and styles dissolved."""
    found: list[Element] = []
    for element in elements:
        found += flat(list(element)) if local(element) in ROWS else [element]
    return found


def pairs(items: Sequence[Element]) -> dict[int, int]:
    """Return where each bracket or bar that opens in a row closes; what has no partner is left out.

    A closing one may carry scripts: in ``(x)^2`` MathML hangs the exponent on the bracket.
    """
    found: dict[int, int] = {}
    open_at: list[tuple[int, str]] = []
    for at, item in enumerate(items):
        sign = sign_of(base_of(item)) if local(item) in ("mo", *SCRIPTED) else ""
        if sign in BARRED and open_at and open_at[-1][1] == sign:
            found[open_at.pop()[0]] = at
        elif sign in CLOSING or grows(item, "postfix"):
            # A bar that is open still was no bracket ("given that").
            while open_at and open_at[-1][1] in BARRED:
                open_at.pop()
            if open_at:
                found[open_at.pop()[0]] = at
        elif local(item) == "mo" and _opens(items, at):
            open_at.append((at, sign))
    return found


def _opens(items: Sequence[Element], at: int) -> bool:
    opening = sign_of(items[at]) in OPENING | BARRED or grows(items[at], "prefix")
    return opening and not opens_cases(items, at)


def sign_of(element: Element) -> str:
    """Return what an operator's sign is."""
    return (element.text or "").strip() if local(element) == "mo" else ""


def grows(element: Element, form: str) -> bool:
    """Return whether an element is a bracket that grows with its content, opening (``prefix``) or not (``postfix``)."""
    if local(element) != "mo" or element.get("form") != form:
        return False
    return element.get("stretchy") == "true" or element.get("minsize") is not None


def opens_cases(items: Sequence[Element], at: int) -> bool:
    """Return whether a brace stands before the lines of a case distinction; nothing closes it."""
    return grows(items[at], "prefix") and at + 1 < len(items) and local(items[at + 1]) == "mtable"


def base_of(element: Element) -> Element:
    """Return what scripts and limits stand at."""
    while local(element) in ("msub", "msup", "msubsup", "munder", "mover", "munderover") and len(element):
        element = element[0]
        while local(element) in ROWS and len(element) == 1:
            element = element[0]
    return element


def is_nary(element: Element) -> bool:
    """Return whether an element is a sum, a product or the like, with or without limits."""
    return sign_of(base_of(element)) in NARY


def is_function(element: Element) -> bool:
    """Return whether an element is the name of a function, with or without limits: ``ln``, ``max``."""
    base = base_of(element)
    text = base.text or ""
    return local(base) in ("mi", "mo") and len(text) > 1 and text.isalpha() and text.isascii()


def operand_end(items: Sequence[Element], start: int, closed_at: Mapping[int, int]) -> int:
    """Return where what a sum runs over ends: before the next sign that binds less, or a wide space."""
    at = start
    while at < len(items):
        if (at > start and sign_of(items[at]) in ENDS) or is_wide_space(items[at]):
            return at
        at = closed_at.get(at, at) + 1
    return at


def argument_end(items: Sequence[Element], start: int, closed_at: Mapping[int, int]) -> int:
    """Return where a function's argument ends: with the bracket that opens it, else after one element."""
    at = start
    while at < len(items) and local(items[at]) == "mspace" and not is_wide_space(items[at]):
        at += 1
    if at == len(items) or is_wide_space(items[at]):
        return start
    if at in closed_at:
        return closed_at[at] + 1
    if is_function(items[at]):
        return argument_end(items, at + 1, closed_at)
    is_sign = local(items[at]) == "mo" and not is_nary(items[at])
    return start if is_sign else operand_end(items, at + 1, closed_at) if is_nary(items[at]) else at + 1


def is_wide_space(element: Element) -> bool:
    """Return whether an element is the space between two formulas: an em or wider."""
    width = element.get("width", "0") if local(element) == "mspace" else "0"
    return width.endswith("em") and float(width.removesuffix("em")) >= 1
