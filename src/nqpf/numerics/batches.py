"""Programs cut into batches for the kernel, spread over workers, and put together again with the proof of each.

Batches are fixed by the programs alone, so that results do not depend on how many workers there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.numerics import simplex
from nqpf.numerics.certificate import Claims, missing, row_sizes
from nqpf.numerics.programs import Floats, Integers, Programs
from nqpf.parallel import spread

TOGETHER = 512
"""Programs of one batch."""

ALIKE = 16
"""So few programs need not be ordered among themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What all batches over the same columns need: A as it is, and scaled."""

    columns: Floats
    across: Floats
    down: Floats
    row: Floats
    factor: Floats
    size: Floats
    sign: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    shared: _Shared
    extra: Floats
    rhs: Floats
    cost: Floats
    first: Integers
    barred: Integers


def attempt(
    programs: Programs,
    *,
    first: Integers | None = None,
    sign: Floats | None = None,
    size: Floats | None = None,
    workers: int | None = None,
) -> tuple[Claims, Floats]:
    """Return what the kernel claims of every program, and what is missing in its proof over the columns given.

    Parameters
    ----------
    programs
        What is solved.
    first
        ``int64[U, k]`` columns to begin with, −1 for none; None: `programs.own`.
    sign
        ``float64[m]`` signs that the prices must besides not oppose, 0 where they may be any; None: any.
    size
        ``float64[m]`` about the size of the numbers in each row; None: their mean.
    workers
        As for `nqpf.parallel.spread`.
    """
    shared = _share(programs.columns, size, sign)
    first = programs.own[:, None] if first is None else first
    order = np.arange(programs.size) if programs.size <= TOGETHER else _neighbours(programs, shared.row)
    p, first = programs.at(order), first[order]
    cuts = [slice(at, at + TOGETHER) for at in range(0, max(p.size, 1), TOGETHER)]
    parts = [
        _Part(shared, _cut(p.extra, cut), _cut(p.rhs, cut), _cut(p.cost, cut), first[cut], p.bars[cut]) for cut in cuts
    ]
    done = [_work(parts[0])] if len(parts) == 1 else spread(_work, parts, workers=workers, threads=True)
    back = np.argsort(order)
    claims = Claims(*(np.concatenate(piece)[back] for piece in zip(*(claims for claims, _ in done), strict=True)))
    return claims, np.concatenate([gap for _, gap in done])[back]


def _neighbours(p: Programs, row: Floats) -> Integers:
    """Return an order in which programs alike stand together, so that what one needed helps the next.

    They are halved along the number in which they differ most, again and again (a k-d tree).
    """
    several = [a for a in (p.rhs[:, :, None], p.extra) if len(a) > 1]
    entries = [np.abs(a[:, :, k] * row) for a in several for k in range(a.shape[2]) if np.ptp(a[:, :, k], axis=0).any()]
    if not entries:
        return np.arange(p.size)
    where = np.hstack([a / np.maximum(a.max(axis=1, keepdims=True), np.finfo(float).tiny) for a in entries])
    leaves, left = [], [np.arange(p.size)]
    while left:
        some = left.pop()
        if len(some) <= ALIKE:
            leaves.append(some)
            continue
        widest = np.ptp(where[some], axis=0).argmax()
        some = some[np.argsort(where[some, widest], kind="stable")]
        left += [some[len(some) // 2 :], some[: len(some) // 2]]
    return np.concatenate(leaves)


def _cut(values: Floats, cut: slice) -> Floats:
    return np.ascontiguousarray(values if len(values) == 1 else values[cut], dtype=np.float64)


def _share(columns: Floats, size: Floats | None, sign: Floats | None) -> _Shared:
    """Scale rows by about their size and columns by about their largest, by powers of two so that nothing rounds."""
    columns = np.ascontiguousarray(columns, dtype=np.float64)
    size = row_sizes(columns) if size is None else size
    row = _power(size)
    down = np.ascontiguousarray((columns * row[:, None]).T)
    factor = _power(np.abs(down).max(axis=1, initial=0.0))
    down *= factor[:, None]
    sign = np.zeros(len(columns)) if sign is None else sign
    return _Shared(columns, np.ascontiguousarray(down.T), down, row, factor, size, sign)


def _power(sizes: Floats) -> Floats:
    """Return powers of two near 1/size, 1 where that is 0."""
    return np.where(sizes > 0.0, np.ldexp(1.0, 1 - np.frexp(sizes)[1]), 1.0)


def _work(part: _Part) -> tuple[Claims, Floats]:
    """Solve one batch and judge it."""
    s, n = part.shared, part.shared.columns.shape[1]
    batch = simplex.Batch(
        s.across, s.down, part.extra, part.rhs, part.cost, s.row, np.ascontiguousarray(part.first), part.barred
    )
    found = simplex.run(batch)
    basis = np.column_stack([found.basis, found.enters])
    weight = np.column_stack([found.weight, np.zeros(len(basis))])
    scale = np.ones(basis.shape) if n == 0 else np.where((basis >= 0) & (basis < n), s.factor[basis % n], 1.0)
    claims = Claims(found.status, basis, weight * scale, found.ray * scale, found.dual)
    return claims, missing(s.columns, part.extra, part.rhs, part.cost, part.barred, s.sign, s.size, claims)
