"""Sums of squares of a panel regression for every possible threshold at once, by running sums.

With regressors x that count up to a threshold γ, z(γ) = x · 1(q ≤ γ), and M the maker of residuals, the sum of squares
falls by (z'My)' (z'Mz)⁻¹ (z'My) (Frisch and Waugh 1933, doi:10.2307/1907330). Sorted by q, each of these is a running
sum: effects are taken out by sums over units and years, which change by one row at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.numerics.within import demeaned

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
FLAT = 1e-10
"""Share of its sum of squares below which nothing of a split regressor is left beside the others."""
AT_ONCE = 4_000_000
"""Cells of a running sum held at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A balanced panel of R rows with a threshold variable.

    Attributes
    ----------
    x
        ``float64[R, K]`` regressors whose coefficients differ between regimes.
    base
        ``float64[R, P]`` all regressors, `x` among them, effects taken out.
    codes
        Groupings whose effects are taken out.
    kept
        ``bool[R]`` rows that count after that.
    q
        ``float64[R]`` threshold variable.
    order
        ``int[R]`` rows by `q`.
    ends
        ``int[C]`` last place in `order` of each candidate; ``below`` = ends + 1 rows lie up to it.
    quadratic
        ``float64[C, K, K]`` z'z of each candidate, effects taken out.
    least
        Fewest rows of a regime.
    """

    x: Floats
    base: Floats
    codes: Sequence[Integers]
    kept: NDArray[np.bool_]
    q: Floats
    order: Integers
    ends: Integers
    quadratic: Floats
    least: int

    @property
    def values(self) -> Floats:
        """Return the candidates ``float64[C]``."""
        return self.q[self.order[self.ends]]

    def plain(self, values: Floats) -> Floats:
        """Return values without effects, zero in rows that do not count."""
        out = demeaned(values, self.codes)[0]
        out[~self.kept] = 0.0
        return out

    def regimes(self, thresholds: Floats) -> Integers:
        """Return the regime of each row, from 0."""
        return np.searchsorted(thresholds, self.q, side="left").astype(np.intp)

    def split(self, candidate: int) -> Floats:
        """Return x · 1(q ≤ γ)."""
        return np.where((self.q <= self.values[candidate])[:, None], self.x, 0.0)

    def basis(self, found: Sequence[int]) -> Floats:
        """Return an orthonormal basis of the regressors of a model with thresholds `found`."""
        columns = [self.base, *(self.plain(self.split(c)) for c in found)]
        vectors, size, _ = np.linalg.svd(np.column_stack(columns), full_matrices=False)
        return vectors[:, size > 1e-10 * size[0]]

    def allowed(self, found: Sequence[int]) -> NDArray[np.bool_]:
        """Return which candidates leave every regime enough rows beside thresholds `found`."""
        below = self.ends + 1
        walls = np.array([0, *sorted(below[c] for c in found), len(self.q)])
        place = np.searchsorted(walls, below, side="left")
        lower, upper = walls[np.maximum(place - 1, 0)], walls[place]
        enough: NDArray[np.bool_] = (below - lower >= self.least) & (upper - below >= self.least)
        return enough

    def sums(self, y: Floats, found: Sequence[int]) -> tuple[Floats, Floats]:
        """Return sums of squares of a model with thresholds `found` and of each with one more.

        Parameters
        ----------
        y
            ``float64[R, B]`` regressands without effects.
        found
            Candidates that are thresholds already.

        Returns
        -------
        null, with_one_more
            ``float64[B]`` and ``float64[C, B]``, the latter infinite where a candidate is not allowed.
        """
        basis = self.basis(found)
        rest = y - basis @ (basis.T @ y)
        null = (rest * rest).sum(axis=0)
        with np.errstate(invalid="ignore"):
            beside = self._running(basis)
        inner = self.quadratic - beside @ beside.transpose(0, 2, 1)
        own = np.trace(self.quadratic, axis1=1, axis2=2)
        usable = self.allowed(found) & (np.linalg.eigvalsh(inner)[:, 0] > FLAT * np.maximum(own, 1e-300))
        out = np.full((len(self.ends), y.shape[1]), np.inf)
        inverse = np.linalg.inv(inner[usable])
        width = max(1, AT_ONCE // max(self.x.size, 1))
        for start in range(0, y.shape[1], width):
            part = slice(start, start + width)
            cross = self._running(rest[:, part])[usable]
            out[usable, part] = null[part] - np.einsum("ckb,ckl,clb->cb", cross, inverse, cross, optimize=True)
        return null, out

    def _running(self, values: Floats) -> Floats:
        """Return z(γ)'values of each candidate: ``float64[C, K, B]``."""
        full = values if self.kept.all() else demeaned(values, self.codes)[0]
        products = self.x[self.order, :, None] * full[self.order, None, :]
        return np.cumsum(products, axis=0)[self.ends]


def prepare(
    x: Floats,
    common: Floats,
    q: Floats,
    codes: Sequence[Integers],
    *,
    trim: float,
    grid: int | None,
    last: Integers | None,
) -> Search:
    """Return a panel ready for the search.

    Parameters
    ----------
    x, common
        ``float64[R, K]`` and ``float64[R, P]`` regressors with and without regimes, as they are.
    q
        ``float64[R]`` threshold variable.
    codes
        ``int[R]`` groupings whose effects are taken out: units, or units and years. Every year has every unit.
    trim
        Least share of the rows in a regime.
    grid
        Quantiles of the distinct values of `q` to try; None: every value.
    last
        ``int[R]`` numbers of years, if the last of them does not count after the effects of units are taken out.
    """
    rows = len(q)
    order = np.argsort(q, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(q[order]) > 0, True))
    if grid is not None:
        shares = trim + np.arange(int(np.floor((1 - 2 * trim) * grid + 1e-9)) + 1) / grid
        ends = ends[np.unique(np.clip(np.floor(shares * ends.size).astype(int) - 1, 0, ends.size - 1))]
    kept = np.ones(rows, dtype=bool) if last is None else last < last.max()
    base = demeaned(np.column_stack([common, x]), codes)[0]
    base[~kept] = 0.0
    least = max(int(np.ceil(trim * rows - 1e-9)), 1)
    quadratic = _quadratic(x[order], [code[order] for code in codes], None if last is None else ~kept[order])[ends]
    return Search(x, base, codes, kept, q, order, ends, quadratic, least)


def _quadratic(x: Floats, codes: Sequence[Integers], last: NDArray[np.bool_] | None) -> Floats:
    """Return running sums of z'z without effects: ``float64[R, K, K]`` for rows in order."""
    rows = len(x)
    step = x[:, :, None] * x[:, None, :]
    for code in codes:
        step -= _grown(x, code) / (rows / (code.max() + 1))
    if len(codes) == 2:
        step += _grown(x, np.zeros(rows, dtype=np.intp)) / rows
    if last is not None:
        years = rows / (codes[0].max() + 1)
        step -= _grown(x * (last - 1 / years)[:, None], codes[0])
    out: Floats = np.cumsum(step, axis=0)
    return out


def _grown(x: Floats, code: Integers) -> Floats:
    """Return by how much each row in turn adds to s s', s being the sum of x over its group so far."""
    by_group = np.argsort(code, kind="stable")
    total = np.cumsum(x[by_group], axis=0)
    first = np.flatnonzero(np.append(True, np.diff(code[by_group]) > 0))
    before_group = np.zeros((first.size, x.shape[1]))
    before_group[1:] = total[first[1:] - 1]
    after = np.empty_like(x)
    after[by_group] = total - before_group[code[by_group]]
    before = after - x
    out: Floats = after[:, :, None] * after[:, None, :] - before[:, :, None] * before[:, None, :]
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Thresholds found one after the other for B regressands.

    Attributes
    ----------
    found
        ``int[B, k]`` candidates.
    sums
        ``float64[B, k + 1]`` sums of squares with 0, 1, … k of them.
    """

    found: Integers
    sums: Floats


def one_after_the_other(search: Search, y: Floats, count: int) -> Path:
    """Return `count` thresholds for each of ``y[R, B]``, each the best beside those before.

    Raises
    ------
    MethodError
        There is no room for so many regimes.
    """
    draws = y.shape[1]
    found = np.zeros((draws, count), dtype=np.intp)
    sums = np.zeros((draws, count + 1))
    for k in range(count):
        alike, which = np.unique(found[:, :k], axis=0, return_inverse=True)
        for g, before in enumerate(alike):  # draws with the same thresholds so far are searched together
            here = np.flatnonzero(which.ravel() == g)
            null, more = search.sums(y[:, here], [int(c) for c in before])
            best = more.argmin(axis=0)
            least = more[best, np.arange(here.size)]
            if not np.isfinite(least).all():
                raise MethodError("panels_threshold_room", count=count, least=search.least)
            found[here, k], sums[here, k], sums[here, k + 1] = best, null, least
    return Path(found, sums)


def refined(search: Search, y: Floats, found: Sequence[int]) -> list[int]:
    """Return thresholds of which each is the best beside the others, starting from `found` (Bai 1997)."""
    now = list(found)
    for _ in range(20):
        before = list(now)
        for k in range(len(now)):
            others = [c for m, c in enumerate(now) if m != k]
            now[k] = int(search.sums(y[:, None], others)[1][:, 0].argmin())
        if now == before:
            break
    return sorted(now)
