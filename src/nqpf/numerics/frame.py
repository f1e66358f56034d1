"""The few columns whose hull holds all others, with the proof for each, so that only these few need be asked.

Column j lies in the hull of the frame F under free disposal when A_j = A_F μ + σ with μ ≥ 0 and σ of the given signs.
Prices that no column of F beats and that do not oppose the signs are then beaten by no column at all. Found in the
manner of Dulá (2002), Computations in DEA, Pesquisa Operacional 22(2), 165-182, doi:10.1590/S0101-74382002000200005:
each column is tried against the hull so far; where it lies outside, prices that part them point to a column beyond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.batches import attempt
from nqpf.numerics.certificate import Claims, row_sizes
from nqpf.numerics.compiled import compiled
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, Floats, Integers, Programs

Flags = NDArray[np.bool_]

DIRECTIONS = 32
"""Random directions per row in which the first columns of the frame are the outermost."""

SAMPLE = 1024
"""Columns tried first; each time all of these are settled, four times as many follow."""

CLOSE = 1e-9
"""A column that lies this close to the hull, relative to its size, lies in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """The frame of n columns and, for each column, how it follows from the frame.

    Attributes
    ----------
    frame
        ``int64[F]`` columns in the frame, ascending.
    sign
        ``float64[m]`` direction in which each row may be disposed of: 1, −1, or 0 for none.
    basis
        ``int64[n, m]`` from what each column follows: a column of the frame, n + i for disposal in row i, −1 for none.
    weight
        ``float64[n, m]`` with what weight.
    """

    frame: Integers
    sign: Floats
    basis: Integers
    weight: Floats

    def reach(self, columns: Floats) -> tuple[float, float]:
        """Return how far the proof carries on these columns.

        Where no column of the frame beats prices by more than ε, no column does by more than a·ε + r, relative to its
        size: a is the most that the frame has to be stretched to reach a column, r the most by which it is missed in
        any row, relative to the largest term there.
        """
        m, n = columns.shape
        row = row_sizes(columns)
        size = (np.abs(columns) / row[:, None]).max(axis=0, initial=0.0)
        entries = np.concatenate([columns.T, np.diag(self.sign), np.zeros((1, m))])
        sizes = np.concatenate([size, 1.0 / row, [0.0]])
        stretch, missed, largest = np.zeros(n), columns.T.copy(), np.abs(columns.T)
        for k in range(m):
            weight = np.maximum(self.weight[:, k], 0.0)
            terms = entries[self.basis[:, k]] * weight[:, None]
            missed -= terms
            np.maximum(largest, np.abs(terms, out=terms), out=largest)
            stretch += sizes[self.basis[:, k]] * weight
        stretch /= np.where(size > 0.0, size, 1.0)
        return float(stretch.max()), float((np.abs(missed) / np.where(largest > 0.0, largest, 1.0)).max())


def disposal(programs: Programs) -> Floats:
    """Return the rows of which all programs may dispose at no cost, as the signs of `Hull`."""
    extra, least = programs.extra, programs.cost.min(axis=0, initial=np.inf)
    sign = np.zeros(extra.shape[1])
    low, high = extra.min(axis=0), extra.max(axis=0)
    for k in np.flatnonzero(least >= 0.0):
        rows = np.flatnonzero((low[:, k] != 0.0) | (high[:, k] != 0.0))
        if len(rows) == 1 and low[rows[0], k] * high[rows[0], k] > 0.0:
            sign[rows[0]] = np.sign(low[rows[0], k])
    return sign


def hull(columns: Floats, sign: Floats, *, workers: int | None = None, seed: int = 0) -> Hull:
    """Return the frame of the columns of A: those that do not follow from the others.

    Parameters
    ----------
    columns
        ``float64[m, n]`` A.
    sign
        ``float64[m]`` direction in which each row may be disposed of: 1 (inputs), −1 (outputs) or 0.
    workers
        As for `nqpf.parallel.spread`.
    seed
        Of the directions and the order in which columns are tried; the hull is the same for all.

    Examples
    --------
    >>> columns = np.array([[1.0, 2.0, 3.0, 3.0], [1.0, 3.0, 4.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
    >>> hull(columns, np.array([1.0, -1.0, 0.0])).frame.tolist()
    [0, 1, 2]
    """
    work = _Work(columns, sign, workers)
    work.take(_outermost(work.sized, sign, seed))
    order, size, at = np.random.default_rng(seed).permutation(columns.shape[1]), SAMPLE, 0
    while at < len(order):
        work.settle(order[at : at + size])
        at, size = at + size, 4 * size
    work.thin()
    return Hull(work.frame, sign, work.basis, work.weight)


def frame_of(x: Floats, y: Floats, rts: str = "vrs", *, workers: int | None = None) -> Integers:
    """Return the extreme efficient units of a technology with free disposal.

    Parameters
    ----------
    x
        ``float64[n, I]`` inputs.
    y
        ``float64[n, O]`` outputs.
    rts
        Returns to scale: ``crs``, ``vrs``, ``drs`` or ``irs``.
    workers
        As for `nqpf.parallel.spread`.

    Examples
    --------
    >>> x, y = np.array([[1.0], [2.0], [3.0], [3.0]]), np.array([[1.0], [3.0], [4.0], [2.0]])
    >>> frame_of(x, y).tolist(), frame_of(x, y, "crs").tolist()
    ([0, 1, 2], [1])
    """
    sign = np.repeat([1.0, -1.0], [x.shape[1], y.shape[1]])
    if rts == "crs":
        return hull(np.hstack([x, y]).T, sign, workers=workers).frame
    scale = {"vrs": 0.0, "drs": 1.0, "irs": -1.0}[rts]
    return hull(np.hstack([x, y, np.ones((len(x), 1))]).T, np.append(sign, scale), workers=workers).frame


class _Work:
    """The hull while it is found."""

    def __init__(self, columns: Floats, sign: Floats, workers: int | None) -> None:
        m, n = columns.shape
        self.columns, self.sign, self.workers = np.ascontiguousarray(columns), sign, workers
        self.disposal = np.ascontiguousarray(np.diag(sign)[:, sign != 0.0][None])
        self.sized = self.columns / _size(columns, sign)
        self.member = np.zeros(n, dtype=bool)
        self.settled = np.zeros(n, dtype=bool)
        self.basis = np.full((n, m), -1)
        self.weight = np.zeros((n, m))

    @property
    def frame(self) -> Integers:
        return np.flatnonzero(self.member)

    def take(self, which: Integers) -> None:
        """Put columns into the frame."""
        self.member[which] = self.settled[which] = True
        self.basis[which], self.weight[which] = -1, 0.0
        self.basis[which, 0], self.weight[which, 0] = which, 1.0

    def settle(self, which: Integers) -> None:
        """Add to the frame until each of these columns lies in its hull."""
        left = which[~self.settled[which]]
        while len(left):
            claims, inside, outside = self.tried(left)
            self.settled[left[inside]] = True
            self.basis[left[inside]], self.weight[left[inside]] = claims.basis[inside, :-1], claims.weight[inside, :-1]
            prices = np.where(outside[:, None], claims.dual, 0.0)[~inside]
            left = left[~inside]
            if len(left):
                free = np.flatnonzero(~self.settled)
                furthest, depth = _furthest(prices, np.ascontiguousarray(self.sized[:, free]))
                self.take(np.unique(np.where(depth < 0.0, free[furthest], left)))
                left = left[~self.settled[left]]

    def tried(self, which: Integers, barred: bool = False) -> tuple[Claims, Flags, Flags]:
        """Return how columns follow from the frame (without themselves if `barred`), which do and which do not."""
        n, frame = self.columns.shape[1], self.frame
        rhs = np.ascontiguousarray(self.columns[:, which].T)
        bars = np.searchsorted(frame, which) if barred else None
        cost = np.zeros((1, self.disposal.shape[2]))
        programs = Programs(self.columns[:, frame], self.disposal, rhs, cost, np.full(len(which), -1), bars)
        claims, gap = attempt(programs, workers=self.workers)
        proved = gap <= CLOSE
        names = np.concatenate([frame, n + np.flatnonzero(self.sign), [-1]])
        claims = claims._replace(basis=names[claims.basis])
        return claims, proved & (claims.status == OPTIMAL), proved & (claims.status == INFEASIBLE)

    def thin(self) -> None:
        """Take out of the frame what follows from the rest of it."""
        for _ in range(3):
            frame = self.frame
            claims, inside, _ = self.tried(frame, barred=True)
            out: set[int] = set()
            for at in np.flatnonzero(inside):
                peers = claims.basis[at, :-1][claims.weight[at, :-1] > 0.0]
                if out.isdisjoint(peers.tolist()):  # else two could go because of each other
                    out.add(int(frame[at]))
            if not out:
                return
            gone = np.array(sorted(out))
            self.member[gone] = False
            again = np.flatnonzero(np.isin(self.basis, gone).any(axis=1))
            self.settled[again] = False
            self.settle(again)


def _size(columns: Floats, sign: Floats) -> Floats:
    """Return what columns are divided by before the furthest is sought: a price that all have, so that it is a corner.

    A row of ones that need not be disposed of downwards, else the sum of what may only grow (inputs), else 1.
    """
    n = columns.shape[1]
    for row, direction in zip(columns, sign, strict=True):
        if direction >= 0.0 and (row == row[0]).all() and row[0] > 0.0:
            return np.ones(n)
    grows = columns[sign > 0.0]
    total: Floats = (grows / row_sizes(grows)[:, None]).sum(axis=0)
    return total if (grows >= 0.0).all() and (total > 0.0).all() else np.ones(n)


def _outermost(columns: Floats, sign: Floats, seed: int) -> Integers:
    """Return the columns that go furthest in random directions that the signs do not oppose."""
    m = len(columns)
    draws = np.random.default_rng(seed).exponential(size=(DIRECTIONS * m, m)) / row_sizes(columns)
    mixed = np.random.default_rng(seed + 1).choice([-1.0, 1.0], size=draws.shape)
    furthest, _ = _furthest(draws * np.where(sign == 0.0, mixed, sign), columns)
    return np.unique(furthest)


@compiled
def _furthest(prices: Floats, columns: Floats) -> tuple[Integers, Floats]:
    """Return for each row of prices the column they value least, and how little."""
    m, n = columns.shape
    chosen, depth, value = np.zeros(len(prices), np.int64), np.empty(len(prices)), np.empty(n)
    for u in range(len(prices)):
        value[:] = 0.0
        for i in range(m):
            price = prices[u, i]
            for j in range(n):
                value[j] += price * columns[i, j]
        chosen[u] = value.argmin()
        depth[u] = value[chosen[u]]
    return chosen, depth
