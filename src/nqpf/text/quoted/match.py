"""How the words of a quotation stand in texts: letter by letter, with other signs, shortened, or altered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nqpf.text.cleaning.search_key import key_of
from nqpf.text.quoted.haystack import Haystack, Spot

Verdict = Literal["exact", "punctuation", "ellipsis", "altered", "not_found", "too_short"]

ORDER: tuple[Verdict, ...] = ("exact", "punctuation", "ellipsis", "altered")
"""From the best to the worst."""

ELLIPSIS = re.compile(r"…+|⋯+|\.{3,}|。{3,}|〔…+〕|\[\.+\]")
REACH = 3000
"""Characters of a key within which the next part of a shortened quotation must follow."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a quotation between two ellipses, and the stretch of a text it stands for.

    Attributes
    ----------
    quoted, source
        Both readings, with their signs.
    at
        Where the part begins in the quotation.
    spot
        The stretch of the joined keys.
    """

    quoted: str
    source: str
    at: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Match:
    """A place where a quotation stands.

    Attributes
    ----------
    verdict
        How it stands there.
    id, start, end
        Text and characters of it.
    parts
        The parts of the quotation, one unless it is shortened.
    score
        Share of the quotation's characters that stand there, in their order.
    changed
        Characters put in, taken out or replaced, signs not counted.
    """

    verdict: Verdict
    id: str
    start: int
    end: int
    parts: tuple[Part, ...]
    score: float
    changed: int


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    key: str
    at: int


def pieces(quote: str) -> list[_Piece]:
    """Return the parts of a quotation between ellipses that have characters, without quotation marks around it."""
    found, at = [], 0
    for end, following in [*((m.start(), m.end()) for m in ELLIPSIS.finditer(quote)), (len(quote), len(quote))]:
        key = key_of(quote[at:end])
        if len(key):
            first, last = int(key.origin[0]), int(key.origin[-1]) + 1
            found.append(_Piece(quote[at + first : at + last], key.text, at + first))
        at = following
    return found


def find(quote: str, stack: Haystack, similarity: float, most: int | None = None) -> list[Match]:
    """Return where a quotation stands, the best places first.

    Parameters
    ----------
    similarity
        Share of the quotation's characters that must stand at a place for it to count as altered rather than absent.
    most
        Most places; all of them by default.
    """
    parts = pieces(quote)
    if not parts:
        return []
    main = max(range(len(parts)), key=lambda k: len(parts[k].key))
    spots = list(stack.exact(parts[main].key)) or stack.like(parts[main].key, similarity)
    matches = []
    for spot in spots if len(parts) > 1 or most is None else spots[:most]:
        whole = _extended(parts, main, spot, stack, similarity)
        if whole is not None:
            matches.append(_judged(parts, whole, stack, similarity))
    kept = [m for m in matches if m is not None]
    return sorted(kept, key=lambda m: (ORDER.index(m.verdict), m.changed))[:most]


def _extended(
    parts: list[_Piece], main: int, spot: Spot, stack: Haystack, similarity: float
) -> list[Spot | None] | None:
    """Return where each part stands, given where the longest one does; None for a part that is not near."""
    found: list[Spot | None] = [None] * len(parts)
    found[main] = spot
    edge = spot.end
    for k in range(main + 1, len(parts)):
        low, high = stack.within(edge, edge + REACH, spot.start)
        found[k] = next(stack.exact(parts[k].key, low, high), None) or _like(parts[k], stack, low, high, similarity)
        edge = found[k].end if found[k] else edge  # type: ignore[union-attr]
    edge = spot.start
    for k in range(main - 1, -1, -1):
        low, high = stack.within(edge - REACH, edge, spot.start)
        exact = list(stack.exact(parts[k].key, low, high))
        found[k] = exact[-1] if exact else _like(parts[k], stack, low, high, similarity)
        edge = found[k].start if found[k] else edge  # type: ignore[union-attr]
    return found


def _like(part: _Piece, stack: Haystack, low: int, high: int, similarity: float) -> Spot | None:
    """Return the likest place of a part within a stretch of the keys."""
    near = Haystack((), (), stack.key[low:high], stack.codes[low:high], stack.starts[:0], stack.origin[low:high])
    best = next(iter(near.like(part.key, similarity)), None)
    return Spot(low + best.start, low + best.end, best.cost, best.lost) if best else None


def _judged(parts: list[_Piece], spots: list[Spot | None], stack: Haystack, similarity: float) -> Match | None:
    size = sum(len(p.key) for p in parts)
    lost = sum(spot.lost if spot else len(p.key) for p, spot in zip(parts, spots, strict=True))
    if lost > (1 - similarity) * size:
        return None
    there = [
        Part(p.text, stack.text(s.start, s.end), p.at, s) for p, s in zip(parts, spots, strict=True) if s is not None
    ]
    changed = sum(spot.cost if spot else len(p.key) for p, spot in zip(parts, spots, strict=True))
    verdict: Verdict = "exact"
    if changed:
        verdict = "altered"
    elif len(parts) > 1:
        verdict = "ellipsis"
    elif there[0].quoted != there[0].source:
        verdict = "punctuation"
    first, last = there[0].spot.start, there[-1].spot.end
    name, start, end = stack.place(first, last)
    return Match(verdict, name, start, end, tuple(there), 1 - lost / size, changed)
