"""The solver of `programs.py`: a small revised simplex first, HiGHS where it is not sure, a proof for each answer."""

from __future__ import annotations

import numpy as np

from nqpf.numerics.batches import attempt
from nqpf.numerics.certificate import Claims, certify, row_sizes
from nqpf.numerics.frame import Hull, disposal, hull
from nqpf.numerics.programs import DOUBTFUL, OPTIMAL, Floats, Integers, Programs, Solved

PROVED = 1e-9
"""A proof from which no more than this is missing, relative to the size of its terms, counts."""

MANY = 4096
"""From so many columns on, where at least a quarter as many programs share them, their frame is found first."""


def solve(programs: Programs, *, frame: Hull | Integers | None = None, workers: int | None = None) -> Solved:
    """Return the solution of every program.

    Parameters
    ----------
    programs
        What is solved.
    frame
        Columns that probably suffice, or a hull of the columns, which spares pricing the others. Where another column
        would help, the program is solved on all, so the answer does not depend on it. None: what is quickest.
    workers
        As for `nqpf.parallel.spread`.

    Raises
    ------
    ValueError
        An array holds NaN or an infinity.

    Examples
    --------
    How far can the input of the second unit shrink? (Rows: input, output; extra columns: score, slack, surplus.)

    >>> columns = np.array([[2.0, 8.0], [1.0, 2.0]])
    >>> extra = np.array([[[-8.0, 1.0, 0.0], [0.0, 0.0, -1.0]]])
    >>> cost = np.array([[-1.0, 0.0, 0.0]])
    >>> solve(Programs(columns, extra, np.array([[0.0, 2.0]]), cost, own=np.array([1]))).extra[0].tolist()
    [0.5, 0.0, 0.0]
    """
    p = programs
    if not all(np.isfinite(a).all() for a in (p.columns, p.extra, p.rhs, p.cost)):
        raise ValueError("programs hold NaN or an infinity")
    frame = _frame(p, workers) if frame is None else frame
    claims, gap = attempt(p, workers=workers) if frame is None else _on_frame(p, frame, workers)
    left = np.flatnonzero(~(gap <= PROVED))
    if len(left) and frame is not None:
        first = np.where(claims.basis[left] < p.columns.shape[1], claims.basis[left], -1)
        again, gap[left] = attempt(p.at(left), first=first, workers=workers)
        _put(claims, left, again)
    _one_by_one(p, np.flatnonzero(~(gap <= PROVED)), claims, gap)
    left = np.flatnonzero(~(gap <= PROVED))
    if len(left):
        _ask_highs(p, left, claims, gap)
    return _solved(p, claims, gap)


def _frame(p: Programs, workers: int | None) -> Hull | None:
    """Return the hull of the columns where it is likely to save more than it takes to find it."""
    n = p.columns.shape[1]
    if n < MANY or 4 * p.size < n:
        return None
    sign = disposal(p)
    sample = np.random.default_rng(0).choice(n, MANY // 4, replace=False)
    if not sign.any() or 2 * len(hull(p.columns[:, sample], sign).frame) > len(sample):
        return None
    return hull(p.columns, sign, workers=workers)


def _on_frame(p: Programs, frame: Hull | Integers, workers: int | None) -> tuple[Claims, Floats]:
    """Return the claims of the kernel on the columns of the frame, and what is missing in their proof on all."""
    n = p.columns.shape[1]
    proof = frame if isinstance(frame, Hull) else None
    kept = frame.frame if isinstance(frame, Hull) else np.unique(frame)
    place = np.full(n + 1, -1)
    place[kept] = np.arange(len(kept))
    peers = p.own[:, None] if proof is None else np.where(p.own[:, None] >= 0, proof.basis[p.own], -1)
    few = Programs(
        np.ascontiguousarray(p.columns[:, kept]), p.extra, p.rhs, p.cost, place[p.own],
        None if p.barred is None else place[p.barred],
    )  # fmt: skip
    claims, gap = attempt(
        few, first=place[np.where(peers < n, peers, -1)], sign=None if proof is None else proof.sign,
        size=row_sizes(p.columns), workers=workers,
    )  # fmt: skip
    claims = claims._replace(basis=np.concatenate([kept, n + np.arange(p.extra.shape[2]), [-1]])[claims.basis])
    if proof is None:
        return claims, certify(p, claims)
    stretch, missed = proof.reach(p.columns)
    gap = gap * max(1.0, stretch) + missed
    gap[few.bars >= 0] = np.inf  # without the barred column, the others need not lie in the hull of the frame
    return claims, gap


def _one_by_one(p: Programs, which: Integers, claims: Claims, gap: Floats) -> None:
    """Try programs again, each by itself: with rows scaled by its own numbers, then by those of all columns."""
    for unit in which:
        at = np.array([unit])
        one = p.at(at)
        for size in (_own_size(one), None):
            again, missed = attempt(one, size=size)
            if missed[0] <= PROVED:
                gap[at] = missed
                _put(claims, at, again)
                break


def _own_size(one: Programs) -> Floats:
    """Return the size of a program's numbers in each row: of the unit itself, else of b, else of E, else of A."""
    own = np.abs(one.columns[:, one.own[0]]) if one.own[0] >= 0 else np.zeros(len(one.columns))
    extra = one.extra[0][:, (one.cost[0] != 0.0) | ((one.extra[0] != 0.0).sum(axis=0) > 1)]  # not the slacks
    sizes = [own, np.abs(one.rhs[0]), np.abs(extra).max(axis=1, initial=0.0), row_sizes(one.columns)]
    found: Floats = np.choose(np.argmax(np.array(sizes) > 0.0, axis=0), sizes)
    return found


def _put(claims: Claims, which: Integers, better: Claims) -> None:
    """Put better claims in the place of some."""
    for field in Claims._fields:
        getattr(claims, field)[which] = getattr(better, field)


def _ask_highs(programs: Programs, which: Integers, claims: Claims, gap: Floats) -> None:
    """Put what HiGHS claims in place of what the kernel could not prove."""
    from nqpf.numerics.highs import by_highs  # here, as it is hardly ever needed

    some = programs.at(which)
    second = by_highs(some)
    gap[which] = certify(some, second)
    width = claims.basis.shape[1]
    claims.status[which], claims.dual[which] = second.status, second.dual
    for at, unit in enumerate(which):
        used = np.flatnonzero(second.weight[at] != 0.0)[: width - 1]
        claims.basis[unit], claims.weight[unit] = -1, 0.0
        claims.basis[unit, : len(used)], claims.weight[unit, : len(used)] = used, second.weight[at, used]


def _solved(p: Programs, claims: Claims, gap: Floats) -> Solved:
    """Return the claims that are proved; of the others that they are not."""
    m, n = p.columns.shape
    status = np.where(gap <= PROVED, claims.status, DOUBTFUL).astype(np.int8)
    known = status == OPTIMAL
    extra = np.zeros((p.size, p.extra.shape[2]))
    basis, weight = claims.basis[:, :m], claims.weight[:, :m]
    unit, slot = np.nonzero(basis >= n)
    extra[unit, basis[unit, slot] - n] = weight[unit, slot]
    extra[~known] = np.nan
    return Solved(
        value=np.where(known, (p.cost * extra).sum(axis=1), np.nan),
        status=status,
        extra=extra,
        dual=np.where(known[:, None], claims.dual, np.nan),
        basis=np.where(known[:, None], basis, -1),
        weight=np.where(known[:, None], weight, np.nan),
        gap=np.where(known, gap, np.nan),
    )
