"""A key to search by: traditional characters made simple, full-width letters and digits half-width; never shown."""

from __future__ import annotations

from functools import cache
from importlib import resources

_FULL: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def search_key(text: str) -> str:
    """Return a text by which it can be found however it is written: same length, character by character.

    The traditional characters of everyday use become simplified ones (a table of our own, so that a key is the same on
    every machine), full-width letters, digits and marks become half-width, capitals small. It serves to look things up;
    the text itself is never changed.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> search_key("事業的先鋒，ＡＢＣ")
    '事业的先锋,abc'
    """
    return text.translate(_table()).lower() if len(text.lower()) == len(text) else text.translate(_table())


@cache
def _table() -> dict[int, int | str]:
    """Return what each character is searched by: traditional ones as simplified, full-width ones as half-width."""
    pairs = resources.files(__package__).joinpath("traditional.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs} | _FULL | {0x3000: 0x20}
