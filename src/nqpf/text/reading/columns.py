"""The order in which a page of columns is read, from the boxes of its characters alone.

The page is cut into bands of print parted by white, bands that share a gutter are put together (the best parting of all
is found by dynamic programming) and cut at it, and each column is cut again: the recursive X-Y cut of Nagy and Seth.

References
----------
Nagy, G. & Seth, S. (1984). Hierarchical representation of optically scanned documents. Proceedings of the 7th
International Conference on Pattern Recognition, 347-349.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Spans = list[tuple[float, float]]

GUTTER = 0.8
"""Least width of a gutter, in heights of the character left of it."""
COLUMN_WIDTH, COLUMN_LINES = 6.0, 2
"""Least width (in characters) and lines of a column: more than a number or a bullet."""
STACK, STACK_GAP = 3, 0.4
"""Characters one below the other, and the most white between them, that make a line which runs downwards."""
RUN = 1.5
"""What a run costs, in bands that stand in columns."""
LEADING = 0.15
"""Share of its height by which a box is made lower, as the boxes of tightly set lines overlap."""
MARGIN, MARGIN_GAP = 0.1, 1.0
"""Share of the page at its head and foot, and white in characters, that part furniture from the text."""


def zones(boxes: Floats, height: float) -> list[Indices]:
    """Return the parts of a page in reading order.

    Parameters
    ----------
    boxes
        ``float[N, 4]`` x0, y0, x1, y1 of each visible character, y from the top.
    height
        Height of the page.

    Returns
    -------
    list of int arrays
        Characters of each zone: a column, or lines across columns; in no order within it.
    """
    if not len(boxes):
        return []
    head, body, foot = _furniture_apart(_bands(np.arange(len(boxes)), boxes), boxes, height)
    return [*head, *_cut(body, boxes), *foot]


def _furniture_apart(bands: list[Indices], boxes: Floats, height: float) -> tuple[list[Indices], ...]:
    """Return bands at the head of the page, those between, and those at its foot; white parts them from the text."""
    top = np.array([boxes[band, 1].min() for band in bands])
    bottom = np.array([boxes[band, 3].max() for band in bands])
    em = np.array([_em(boxes[band]) for band in bands])
    apart = top[1:] - bottom[:-1] >= MARGIN_GAP * np.minimum(em[1:], em[:-1])
    heads = np.flatnonzero(apart & (bottom[:-1] <= MARGIN * height)) + 1
    feet = np.flatnonzero(apart & (top[1:] >= (1 - MARGIN) * height)) + 1
    first = int(heads[-1]) if heads.size else 0
    last = int(feet[0]) if feet.size else len(bands)
    return bands[:first], bands[first:last], bands[last:]


def _cut(bands: list[Indices], boxes: Floats) -> Iterator[Indices]:
    for run in _runs(bands, boxes):
        columns = _columns(np.concatenate(run), boxes)
        if len(columns) == 1:
            yield columns[0]
        else:
            for column in columns:
                yield from _cut(_bands(column, boxes), boxes)


def _em(boxes: Floats) -> float:
    return max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1e-6)


def _bands(index: Indices, boxes: Floats) -> list[Indices]:
    """Return the characters parted by white from top to bottom."""
    slack = LEADING * (boxes[index, 3] - boxes[index, 1])
    return _parted(index, boxes[index, 1] + slack, boxes[index, 3] - slack)


def _parted(index: Indices, low: Floats, high: Floats) -> list[Indices]:
    """Return the groups into which spans fall where nothing lies between them."""
    order = np.argsort(low, kind="stable")
    reach = np.maximum.accumulate(high[order])
    return np.split(index[order], np.flatnonzero(low[order][1:] > reach[:-1]) + 1)


def _reach(index: Indices, boxes: Floats) -> Floats:
    """Return how far to the right each character keeps others in its column."""
    return np.asarray(boxes[index, 2] + GUTTER * (boxes[index, 3] - boxes[index, 1]))


def _runs(bands: list[Indices], boxes: Floats) -> list[list[Indices]]:
    """Return bands in runs, so that as many as possible stand in columns that they share, and runs are few."""
    own = [_union(list(zip(boxes[b, 0].tolist(), _reach(b, boxes).tolist(), strict=True))) for b in bands]
    best, first = [0.0], [0]
    top = 0
    for j in range(1, len(own) + 1):
        if best[j - 1] >= best[top]:
            top = j - 1
        # Without a gutter it does not matter what else is in the run.
        score, start = best[top] - RUN, top
        for i, gain in _gains(own, j):
            if best[i] + gain - RUN >= score:  # of equals the longest, which tears no column
                score, start = best[i] + gain - RUN, i
        best.append(score)
        first.append(start)
    runs = []
    j = len(own)
    while j:
        runs.append(bands[first[j] : j])
        j = first[j]
    return runs[::-1]


def _gains(own: list[Spans], end: int) -> Iterator[tuple[int, int]]:
    """Yield the runs that end before a band and have a gutter: their first band, and how many stand in columns."""
    union: Spans = []
    gutters = gain = 0
    parted = False
    for i in range(end - 1, -1, -1):
        union = _union(union + own[i])
        parted |= len(own[i]) > 1
        if parted and len(union) == 1:
            return
        if len(union) - 1 != gutters:
            gutters = len(union) - 1
            gain = sum(_across(spans, union) for spans in own[i:end])
        else:
            gain += _across(own[i], union)
        if gain >= COLUMN_LINES:
            yield i, gain


def _across(spans: Spans, union: Spans) -> bool:
    """Say whether a band has print in more than one column."""
    return any(spans[0][0] <= high < spans[-1][0] for _, high in union)


def _union(spans: Spans) -> Spans:
    """Return spans joined where they meet."""
    joined: Spans = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _columns(index: Indices, boxes: Floats) -> list[Indices]:
    """Return the columns of a run from left to right; a part too small for a column stays with the one beside it."""
    columns: list[Indices] = []
    beside = False
    for part in _parted(index, boxes[index, 0], _reach(index, boxes)):
        stack = _is_stack(part, boxes)
        alone = columns and _stands_alone(columns[-1], boxes) and _stands_alone(part, boxes)
        if columns and (not alone or (beside and stack)):
            columns[-1] = np.concatenate([columns[-1], part])
        else:
            columns.append(part)
        beside = stack
    return columns


def _stands_alone(part: Indices, boxes: Floats) -> bool:
    """Say whether a part is a column: several lines of some width, or a line that runs downwards."""
    width = boxes[part, 2].max() - boxes[part, 0].min()
    wide = width >= COLUMN_WIDTH * _em(boxes[part])
    return (wide and len(_bands(part, boxes)) >= COLUMN_LINES) or _is_stack(part, boxes)


def _is_stack(part: Indices, boxes: Floats) -> bool:
    """Say whether a part is single characters closely one below the other; several such belong together."""
    if len(part) < STACK or len(part) != len(_bands(part, boxes)):
        return False
    return bool(np.max(np.diff(np.sort(boxes[part, 1]))) <= (1 + STACK_GAP) * _em(boxes[part]))
