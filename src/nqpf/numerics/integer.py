"""Mixed-integer linear programs whose many yes-or-no columns are mostly no, solved to a proven gap on HiGHS.

The linear relaxation is solved over a few columns and the others are priced in (Gilmore and Gomory 1961,
doi:10.1287/opre.9.6.849). A column at rest whose reduced cost is −d takes at least d off the bound of the relaxation if
it is used at all; so HiGHS is given the columns with d ≤ Δ only, and the bound of the whole program is the larger of
HiGHS's bound and that of the relaxation less Δ (reduced cost fixing, Crowder, Johnson and Padberg 1983,
doi:10.1287/opre.31.5.803). Δ grows until the gap is proven. One thread and a fixed seed: the same program has the same
answer. Huangfu and Hall (2018), doi:10.1007/s12532-017-0130-5.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from nqpf.numerics.mixed import (
    FEASIBLE,
    Bools,
    Floats,
    Program,
    Relaxed,
    Solved,
    integer,
    linear,
    part,
    scale_of,
    value_of,
)

KERNEL = 1_500
"""Columns beside those the relaxation uses that the first Δ lets in."""

WHOLE = 0.7
"""Share of the columns from which on all are taken."""

ROUNDING = 1e-9
"""Gap that is arithmetic."""

SMALL = 4_000
"""Programs with fewer columns are given to HiGHS as they are."""


def relax(program: Program, first: Bools | None = None) -> Relaxed:
    """Return the optimum of the linear relaxation.

    Parameters
    ----------
    program
        The program.
    first
        ``bool[n]`` columns to begin with; the others, at 0 unless they pay at the prices found, are priced in until
        none pays. Columns that may not be 0 belong to them.
    """
    n = program.gain.size
    used = np.ones(n, dtype=bool) if first is None else first.copy()
    while True:
        found = linear(part(program, used))
        if used.all() or found.status == "unbounded":
            return found
        if found.status != "optimal":
            used[:] = True
            continue
        reduced = program.gain - program.rows.T @ found.prices
        paying = ~used & (reduced > 1e-9 * scale_of(program)) & (program.upper > program.lower)
        if not paying.any():
            x = np.zeros(n)
            x[used] = found.x
            return Relaxed("optimal", found.value, x, found.prices, reduced)
        used |= paying


def solve(
    program: Program,
    *,
    gap: float = 1e-4,
    seconds: float = 60.0,
    relaxed: Relaxed | None = None,
    start: Floats | None = None,
    seed: int = 0,
) -> Solved:
    """Return the best point that was found, and a bound.

    Parameters
    ----------
    program
        The program.
    gap
        Proven distance to the optimum, as a share of the value, that is enough.
    seconds
        Time after which the best point so far is returned.
    relaxed
        Optimum of the linear relaxation, where it is known.
    start
        ``float64[n]`` point that keeps all rows: the answer is no worse.
    seed
        Of HiGHS.
    """
    until = time.monotonic() + seconds
    if not program.gain.size:
        kept = bool(((program.least <= FEASIBLE) & (program.most >= -FEASIBLE)).all())
        return Solved("optimal", np.zeros(0), 0.0, 0.0) if kept else Solved("infeasible", None, np.nan, -np.inf)
    if program.gain.size <= SMALL:
        return integer(program, gap, until, start, seed)
    relaxed = relax(program) if relaxed is None else relaxed
    if relaxed.status != "optimal":
        return Solved(relaxed.status, None, np.nan, -np.inf if relaxed.status == "infeasible" else np.inf)
    at_rest = program.whole & (program.lower == 0.0) & (relaxed.x < 1e-9)
    loss = np.where(at_rest, -relaxed.reduced, -np.inf)
    delta = np.sort(loss)[min(int((~at_rest).sum()) + KERNEL, loss.size - 1)]
    best = Solved("stopped", start, value_of(program, start), relaxed.value)
    while True:
        kept = loss <= delta
        kept |= bool(kept.mean() > WHOLE)
        enough = gap if kept.all() else gap / 2
        found = integer(part(program, kept), enough, until, None if best.x is None else best.x[kept], seed)
        best = _better(program, best, found, kept, np.inf if kept.all() else delta, relaxed.value)
        done = best.x is not None and best.gap <= gap + ROUNDING
        if done or kept.all() or time.monotonic() > until:
            return replace(best, status="optimal") if done else best
        # A target that costs more than what the best point is short of the relaxation is of no use.
        short = relaxed.value - best.value - 0.9 * gap * abs(best.value)
        delta = np.inf if best.x is None or short <= delta else short


def _better(program: Program, best: Solved, found: Solved, kept: Bools, delta: float, relaxed: float) -> Solved:
    """Return the better of two points with what is proven when the columns beyond Δ are left out of the second."""
    bound = max(found.bound, relaxed - delta)
    if found.x is not None and not found.value <= best.value:
        x = np.zeros(kept.size)
        x[kept] = found.x
        best = replace(best, x=x, value=float(program.gain @ x))
    if best.x is None:
        return replace(best, status="infeasible" if kept.all() and found.status == "infeasible" else "stopped")
    return replace(best, bound=max(min(best.bound, bound), best.value))
