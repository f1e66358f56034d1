"""Which ends of lines are ends of paragraphs, and which were only put in to fit a column.

A column breaks a line when the next word does not fit any more. So a line after which the next word would have fitted
was ended on purpose; one that is full and in the middle of a sentence was not. The width of a column is read off the
lines around, since it changes within a page. Where paragraphs were once indented, their first lines are short by two
characters, which tells where they begin after the indentation itself is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.text.cleaning.characters import Mask
from nqpf.text.cleaning.lines import Lines

Floats = NDArray[np.float64]
Sides = tuple[Mask, Mask]
"""What is said of the lines before and after each one."""

_NEAR = 6
"""Lines on each side from which the width of the column is read."""
_AROUND = 10
"""Lines on each side from which it is read whether they are running text."""
_NARROWEST, _WIDEST = 7.0, 75.0
"""Widths of columns; wider lines are paragraphs by themselves."""
_HANGS = 2.5
"""How far punctuation squeezed into a line may stick out of its column."""
_FEW = 3
"""Lines that run on from which on it is told whether empty lines part them."""
_CUT_ANYWHERE = 0.01
"""Share of lines that begin with a mark from which on lines are known to be cut without regard to marks and words."""
_HALF = 0.5
_SHORT, _SHORT_EXACT, _INDENT = 1.3, 0.9, 4.5
"""Room left in a line, beyond the usual: more than is a matter of type-setting; at most what an indentation takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrapping:
    """How the lines of a page follow each other.

    Attributes
    ----------
    ends
        ``bool[M]`` whether the paragraph ends with the line, by the look of it.
    column
        ``bool[M]`` whether the line stands in a column of running text.
    spread
        ``bool[M]`` whether the lines around are parted by empty lines, so that an empty line says nothing.
    alone
        ``bool[M]`` whether a sentence ends with the line before the column does, and the paragraph goes on: a heading
        at the start of its paragraph.
    exact
        Whether columns are cut after a fixed number of characters, be it within a word.
    """

    ends: Mask
    column: Mask
    spread: Mask
    alone: Mask
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """How lines fit their columns.

    Attributes
    ----------
    column
        ``bool[M]`` whether there is running text before or after the line.
    full
        ``bool[M]`` whether a line leaves no room for the word that follows.
    room
        ``float[M]`` room that is left in it, beyond the usual in these columns.
    """

    column: Mask
    full: Mask
    room: Floats


def wrapping(lines: Lines, spaced: Mask, apart: Mask, closed: Mask, torn: Mask) -> Wrapping:
    """Tell where paragraphs end.

    Parameters
    ----------
    lines
        The lines, without page furniture.
    spaced
        ``bool[M]`` letter-spaced lines, whose width says less.
    apart
        ``bool[M]`` lines that are known to begin a paragraph of their own.
    closed
        ``bool[M]`` lines that are known to end one.
    torn
        ``bool[M]`` lines after which page furniture stood: empty lines there do not end a sentence.
    """
    exact, fit = _fit(lines)
    column, full = fit.column, fit.full
    short = column & ~spaced & (fit.room >= (_SHORT_EXACT if exact else _SHORT))
    inside = ~lines.ended & full
    spread = (_rolling(inside & (lines.blanks > 0), 8) * 2 > _rolling(inside, 8)) & (_rolling(inside, 8) >= _FEW)
    said = (lines.blanks == 0) | spread
    opens = short & (fit.room <= _INDENT) & ~_following(short & (fit.room <= _INDENT))
    opens &= ~lines.ended | _fresh(lines.ended | ~full | closed)
    opens &= _following(full | lines.ended)
    opens &= _usual(opens & ~lines.ended, lines, fit, closed)
    unfinished_short = short & ~lines.ended
    parted = (lines.ended & ~full & column & ~spread).astype(np.float64)
    alone = lines.ended & ~full & (lines.blanks == 0) & ~spread & column & _following(column)
    alone &= (_rolling(parted * (lines.blanks > 0), 60) * 2 > _rolling(parted, 60)) & ~_following(unfinished_short)
    at_end = np.where(full, _following(unfinished_short | (opens & lines.ended)), ~opens | _following(short))
    wider = np.append(np.diff(lines.wide) > _HANGS, False)[: len(lines)]
    full = full & ~(~lines.ended & wider & ~_following(np.isfinite(fit.room)))
    runs_on = full | (opens & ~_following(opens)) | (spaced & column & (fit.room <= _INDENT))
    runs_on &= ~_uneven(lines, _fresh(lines.ended | ~runs_on | closed)) | spaced | _following(spaced)
    fresh = _fresh(lines.ended | ~runs_on | closed)
    heading = inside & _following(opens) & (lines.marks + lines.stops == 0) & fresh
    indented = _following(_indented(lines))
    broken = ~runs_on | (~said & ~torn) | heading | indented
    ends = np.where(lines.ended, ~said | (at_end & ~alone) | indented, broken)
    ends = ends.astype(np.bool_) | _following(apart)
    ends[-1:] = True
    return Wrapping(ends, column, spread, alone & ~ends, exact)


def _fresh(ends: Mask) -> Mask:
    """Return which lines stand first or after one of those that end something."""
    return np.append(True, ends[:-1])[: len(ends)]


def _uneven(lines: Lines, fresh: Mask) -> Mask:
    """Return which lines are of another width than the next beyond an empty one, both nothing but Chinese characters.

    Only marks, letters and digits let the widths of a column's lines differ, and the two characters by which the first
    line of a paragraph was set in.
    """
    bare = (lines.solid == lines.han) & ~lines.ended
    step = np.append(np.diff(lines.wide), 0.0)[: len(lines)]
    indented = fresh & (np.abs(step - 2.0) < _HALF)
    return np.asarray(bare & _following(bare) & (lines.blanks > 0) & (np.abs(step) >= _HALF) & ~indented)


def _fit(lines: Lines) -> tuple[bool, _Fit]:
    """Return whether columns are cut exactly, and how lines fit them: by width of type, or by number of characters.

    Lines that break off within a sentence and hold letters or digits may have been cut by either.
    """
    ones = np.ones(len(lines))
    if not len(lines):
        none = np.zeros(0, dtype=np.bool_)
        return False, _fitted(lines, (none, none), lines.wide, ones, 1.0)
    inset = np.where(_indented(lines), lines.indent, 0.0)
    need = lines.need if lines.clings.mean() < _CUT_ANYWHERE else ones
    running = _running(lines, -1), _running(lines, 1)
    measures = [_measure(lines, running, wide + inset, need) for wide, need in ((lines.wide, need), (lines.long, ones))]
    exact = measures[0][0] >= 0.9 or measures[1][0] >= 0.9
    best = int(measures[1][0] > measures[0][0] + 0.02)
    slack = 0.01 if exact else 1.0
    fits = [_fitted(lines, running, wide, need, slack) for _, wide, need in measures]
    chosen, other = fits[best], fits[1 - best]
    nearer = ~lines.ended & (lines.wide != lines.long) & (np.abs(other.room) < np.abs(chosen.room))
    full = chosen.full | (other.full & ~lines.ended)
    return exact, _Fit(chosen.column, full, np.where(nearer, other.room, chosen.room))


def _measure(lines: Lines, running: Sides, wide: Floats, need: Floats) -> tuple[float, Floats, Floats]:
    """Return the share of lines that fill their column exactly, of those that break off within a sentence."""
    before, after = _widths(wide)
    follows = np.append(need[1:], 1.0)
    best = np.where(np.abs(wide - before) <= np.abs(wide - after), before, after)
    chosen = running[0] & running[1] & ~lines.ended & (np.abs(wide - best) <= 3.0)
    exact = (wide <= best + 0.01) & (wide + follows > best + 0.01)
    return (float(exact[chosen].mean()) if chosen.any() else 0.0), wide, need


def _fitted(lines: Lines, running: Sides, wide: Floats, need: Floats, slack: float) -> _Fit:
    """Return how lines of these widths fit the columns around them."""
    reach = wide + np.append(need[1:], 1.0) - 1.0
    before, after = _widths(wide)
    even = _even(wide, before, after)
    sides = [(before, even[0] & running[0]), (after, even[1] & running[1])]
    full = np.zeros(len(lines), dtype=np.bool_)
    room = np.full(len(lines), np.inf)
    most = _HANGS if slack >= 1.0 else np.where(lines.hangs, 1.5, 0.5)
    for width, beside in sides:
        fits = beside & (width >= _NARROWEST) & (width <= _WIDEST) & (wide <= width + most)
        full |= fits & (reach + 1.0 > width + 0.01 - slack)
        left = np.where(fits, width - reach, np.inf)
        room = np.where(np.abs(left) < np.abs(room), left, room)
    usual = ~lines.ended & (np.abs(room) <= 4.0) & sides[0][1] & sides[1][1]
    mean = _rolling(np.where(usual, np.minimum(room, 1.0), 0.0), 10) / np.maximum(_rolling(usual, 10), 1)
    return _Fit(np.isfinite(room) | sides[0][1] & sides[1][1], full, room - np.maximum(mean, 0.0))


def _widths(wide: Floats) -> tuple[Floats, Floats]:
    """Return the width of the column before and after each line: the third widest line of the six near.

    It is found from the widest, middle and least of the nearer and the farther three.
    """
    if not len(wide):
        return wide, wide
    padded = np.concatenate([np.full(_NEAR, -1.0), wide, np.full(_NEAR, -1.0)])
    a, b, c = padded[:-2], padded[1:-1], padded[2:]
    low, high = np.minimum(a, b), np.maximum(a, b)
    most, middle, least = np.maximum(high, c), np.maximum(low, np.minimum(high, c)), np.minimum(low, c)
    half = _NEAR // 2
    either = np.maximum(np.minimum(most[:-half], middle[half:]), np.minimum(middle[:-half], most[half:]))
    third = np.maximum(either, np.maximum(least[:-half], least[half:]))
    return third[: len(wide)], third[_NEAR + 1 :]


def _running(lines: Lines, side: int) -> Mask:
    """Return which lines have running text on one side: sentences end there, and marks are as frequent as in prose."""
    reach = (_AROUND, -1) if side < 0 else (-1, _AROUND)
    marks = _rolling(lines.marks + lines.stops + lines.letters // 12, *reach)
    words = _rolling(lines.han + lines.letters // 4, *reach)
    ended = _rolling(lines.stops + lines.ended, *reach)
    return np.asarray((marks * 40 >= words) & (ended > 0) & (words > 0))


def _even(wide: Floats, before: Floats, after: Floats) -> tuple[Mask, Mask]:
    """Return which lines have on each side lines of even width, as a column has and a list of titles has not."""
    size, empty = len(wide), np.full(_NEAR, np.nan)
    padded = np.concatenate([empty, wide, empty])
    beside = np.minimum(np.arange(size), _NEAR)
    found = []
    for width, count, side in ((before, beside, -1), (after, beside[::-1], 1)):
        least, most, near = width - 3.0, width + _HANGS, np.zeros(size, dtype=np.int8)
        for step in range(1, _NEAR + 1):
            other = padded[_NEAR + side * step :][:size]
            near += (other >= least) & (other <= most)
        found.append(near * 2 >= np.maximum(count, 1))
    return found[0], found[1]


def _usual(opens: Mask, lines: Lines, fit: _Fit, closed: Mask) -> Mask:
    """Return where paragraphs usually begin with a shorter line: after a clear end more lines are short than full.

    It is read off the lines around; where they hold no clear end, off all.
    """
    breaks = closed | (~fit.full & (lines.ended | (fit.room > _INDENT)))
    flush = ~lines.ended & fit.column & (fit.room < 0.6)
    begins = breaks & _following(opens), breaks & _following(flush)
    short, full = (_rolling(found, 40) for found in begins)
    silent = short + full == 0
    short, full = (np.where(silent, found.sum(), near) for found, near in zip(begins, (short, full), strict=True))
    return np.asarray((short > 0) & (short * 2 >= full))


def _indented(lines: Lines) -> Mask:
    """Return which lines are set in by about two characters, where most others are not."""
    inset = (lines.indent >= 1.5) & (lines.indent <= 4.5)
    around = np.ones(len(lines), dtype=np.bool_)
    return np.asarray(inset & (_rolling(inset, 10) * 10 <= _rolling(around, 10) * 7))


def _following(mask: Mask) -> Mask:
    """Return, for each line, what `mask` says of the next one."""
    return np.append(mask[1:], False)[: len(mask)]


def _rolling(values: NDArray[np.generic], back: int, ahead: int | None = None) -> Floats:
    """Return sums over the lines from `back` before to `ahead` after each one; −1 leaves the line itself out."""
    ahead = back if ahead is None else ahead
    size, left, right = len(values), max(back, 0), max(ahead, 0)
    total = np.zeros(left + 1 + size + right)
    np.cumsum(values, dtype=np.float64, out=total[left + 1 : left + 1 + size])
    total[left + 1 + size :] = total[left + size]
    return np.asarray(total[left + ahead + 1 :][:size] - total[left - back :][:size])
