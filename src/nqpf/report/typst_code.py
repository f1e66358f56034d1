"""Values as typst writes them: nothing that a user wrote is ever read as markup or code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def string(text: str) -> str:
    r"""Return `text` as a string literal of typst.

    Control characters, which no font shows, and halves of characters are left out.

    Examples
    --------
    >>> print(string('say "#x" \\ y'))
    "say \"#x\" \\ y"
    """
    shown = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or not _hidden(c))
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        shown = shown.replace(plain, escaped)
    return f'"{shown}"'


def code(value: Any) -> str:
    """Return a value as typst code: text, numbers, truth, none, lists and dictionaries with plain names.

    Examples
    --------
    >>> code({"size": 9.0, "rows": [["a", None]]})
    '(size: 9, rows: (("a", none,),),)'
    """
    if value is None:
        return "none"
    if isinstance(value, str):
        return string(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return format(value, ".10g")
    if isinstance(value, Mapping):
        return "(" + " ".join(f"{name}: {code(inner)}," for name, inner in value.items()) + ")" if value else "(:)"
    if isinstance(value, Sequence):
        return "(" + " ".join(f"{code(inner)}," for inner in value) + ")"
    raise TypeError(f"no code for {type(value)}")


def call(function: str, *values: Any, **options: Any) -> str:
    """Return a line of typst that calls a function of the template.

    Examples
    --------
    >>> call("heading-at", "1", level=2)
    '#heading-at("1", level: 2)'
    """
    given = [*map(code, values), *(f"{name.replace('_', '-')}: {code(value)}" for name, value in options.items())]
    return f"#{function}({', '.join(given)})"


def _hidden(c: str) -> bool:
    return c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff"
