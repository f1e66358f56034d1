"""Near-misses among names: the known names one character away, and whether the two characters look alike.

Which characters a scanner takes for which is ``tables/lookalikes.csv``: pairs met in scanned yearbooks or alike in
their strokes. They only rank candidates: `nqpf.data.places.repairs` asks for evidence first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from nqpf.data.places.names import gazetteer, table

_HOLE = "\0"
"""Stands for the character in which two names differ."""
_SHORTEST = 5
"""Fewest letters of a name in Latin script for which one wrong letter is a slip and not another word."""


def near(key: str, scheme: str) -> tuple[str, ...]:
    """Return the cleaned known names, places and totals, that one wrong, missing or added character leads to.

    Examples
    --------
    >>> near("内蒙占", "provinces"), near("山两", "provinces")
    (('内蒙', '内蒙古'), ('山东', '山東', '山西'))
    """
    known = _by_pattern(scheme)
    if not _is_word(key):
        return ()
    found = {name for pattern in _patterns(key) for name in known.get(pattern, ())}
    return tuple(sorted(name for name in found if _one_edit(key, name)))


def look_alike(written: str, meant: str) -> tuple[str, str] | None:
    """Return the two characters in which names of one length differ if they look alike, else None.

    Examples
    --------
    >>> look_alike("四藏", "西藏"), look_alike("山南", "山西")
    (('四', '西'), None)
    """
    if len(written) != len(meant):
        return None
    differing = [(a, b) for a, b in zip(written, meant, strict=True) if a != b]
    return differing[0] if len(differing) == 1 and differing[0][0] in _shapes().get(differing[0][1], "") else None


def _is_word(key: str) -> bool:
    if any(c.isdigit() for c in key):
        return False
    return len(key) >= (_SHORTEST if key.isascii() else 2)


def _patterns(key: str) -> Iterator[str]:
    """Yield patterns of which two words that are one edit apart share one."""
    yield key
    for i in range(len(key)):
        yield key[:i] + _HOLE + key[i + 1 :]
        if len(key) > 2:  # of two characters, one alone says nothing
            yield key[:i] + key[i + 1 :]


def _one_edit(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if len(short) == len(long):
        return sum(x != y for x, y in zip(short, long, strict=True)) == 1
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@cache
def _by_pattern(scheme: str) -> Mapping[str, tuple[str, ...]]:
    known = gazetteer(scheme)
    found: dict[str, list[str]] = {}
    for key in (*known.codes, *known.totals):
        if _is_word(key):
            for pattern in _patterns(key):
                found.setdefault(pattern, []).append(key)
    return {pattern: tuple(keys) for pattern, keys in found.items()}


@cache
def _shapes() -> Mapping[str, str]:
    return dict(table("lookalikes").iter_rows())
