"""What choices explain: targets of a multiverse (ranks, shifts, membership of the top, …) and their shares by slot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.errors import SpecError, hint, listing
from nqpf.index.multiverse.design import Design
from nqpf.index.multiverse.sobol import sobol_indices
from nqpf.index.multiverse.variance import complete, decompose, main_effects

Floats = NDArray[np.float64]
Target = str | Callable[[Floats, Floats], Any]
TARGETS = ("rank", "shift", "top", "spearman")
SCHEMA = {"unit": pl.String, "slot": pl.String, "effect": pl.String} | dict.fromkeys(
    ("share", "low", "high"), pl.Float64
)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The runs of one year: ranks and scores ``float64[R, N]``, the ranks of the baseline, names and design."""

    ranks: Floats
    scores: Floats
    baseline: Floats
    units: Sequence[str]
    names: Sequence[str]
    design: Design
    valid: NDArray[np.bool_]


def target_values(target: Target, runs: Runs, top: int) -> Floats:
    """Return the values of a target, ``float64[R, N]`` or ``float64[R, 1]``.

    ``rank``: the rank of each unit. ``top``: whether it is among the first `top`. ``shift``: mean over the units of
    |rank − rank of the baseline|. ``spearman``: rank correlation with the baseline. A function is given ranks and
    scores ``float64[R, N]`` and returns a number a run.
    """
    ranks, baseline = runs.ranks, runs.baseline
    if callable(target):
        found = np.asarray(target(ranks, runs.scores), dtype=float)
        return found[:, None] if found.ndim == 1 else found
    if target == "rank":
        return ranks
    if target == "top":
        return np.where(np.isnan(ranks), np.nan, ranks <= top)
    if target == "shift":
        return _mean(np.abs(ranks - baseline))[:, None]
    if target == "spearman":
        return _correlation(ranks, baseline)[:, None]
    raise SpecError("bad_choice", value=str(target), options=listing(TARGETS), hint=hint(str(target), TARGETS))


def shares_frame(
    runs: Runs, target: Target, *, top: int, each: bool, centre: bool, draws: int, level: float, seed: int
) -> pl.DataFrame:
    """Return shares of variance by slot: see `Multiverse.shares`."""
    y = target_values(target, runs, top)
    known = ~np.isnan(y).all(axis=0)
    rows = runs.valid & ~np.isnan(y[:, known]).any(axis=1)
    outputs = np.flatnonzero(known).tolist()
    groups = [(runs.units[m] if y.shape[1] > 1 else None, [m]) for m in outputs] if each else [(None, outputs)]
    found: list[tuple[Any, ...]] = []
    factors = None if runs.design.kind == "sobol" else complete(runs.design.levels, rows)
    # Intervals of every single unit would take a bootstrap each; they are given for what is asked of all together.
    again = 0 if each and len(groups) > 1 else draws
    for unit, columns in groups:
        some = y[:, columns]
        if not _varies(some[rows]):
            parts = [(name, "first", None, None, None) for name in runs.names]
        elif factors is not None:
            parts = _exact(some[factors.rows], factors.levels, factors.cells, factors.slots, runs.names)
        elif runs.design.kind == "sobol":
            parts = _sobol(some, rows, runs, centre, again, level, seed)
        else:
            first, ends = main_effects(some[rows], runs.design.levels[rows], draws=again, level=level, seed=seed)
            parts = [(n, "first", s, lo, hi) for n, s, lo, hi in zip(runs.names, first, *ends, strict=True)]
        found += [(unit, *part) for part in parts]
    frame = pl.DataFrame(found, schema=SCHEMA, orient="row").with_columns(pl.col("share", "low", "high").fill_nan(None))
    return frame if each else frame.drop("unit")


def _exact(
    y: Floats, levels: NDArray[np.int64], cells: tuple[int, ...], slots: Sequence[tuple[int, ...]], names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return main effects, two-way interactions, what is left, and total effects."""
    cube = np.empty((*cells, y.shape[1]))
    cube[tuple(levels.T)] = y
    effects = {factors: float(part.sum()) for factors, part in decompose(cube).items()}
    whole = sum(effects.values())
    titles = [" × ".join(names[s] for s in group) for group in slots]
    singles = range(len(slots))
    found: list[tuple[Any, ...]] = [(titles[f], "first", effects[(f,)] / whole, None, None) for f in singles]
    pairs = {" × ".join(titles[f] for f in key): part for key, part in sorted(effects.items()) if len(key) == 2}
    found += [(title, "pair", part / whole, None, None) for title, part in pairs.items()]
    if len(slots) > 2:
        higher = sum(part for key, part in effects.items() if len(key) > 2)
        found.append((None, "higher", higher / whole, None, None))
    totals = [sum(part for key, part in effects.items() if f in key) for f in singles]
    return found + [(titles[f], "total", totals[f] / whole, None, None) for f in singles]


def _sobol(
    y: Floats, rows: NDArray[np.bool_], runs: Runs, centre: bool, draws: int, level: float, seed: int
) -> list[tuple[Any, ...]]:
    """Return first-order and total indices over the base points none of whose runs failed."""
    n = runs.design.n or 0
    blocks = y.reshape(-1, n, y.shape[1])
    good = rows.reshape(-1, n).all(axis=0)
    a, b, ab = blocks[0][good], blocks[1][good], blocks[2:][:, good].transpose(1, 0, 2)
    if len(a) < 2 or not _varies(np.concatenate([a, b])):
        return [(name, effect, None, None, None) for effect in ("first", "total") for name in runs.names]
    found = sobol_indices(a, b, ab, centre=centre, draws=draws, level=level, seed=seed)
    first = zip(runs.names, found.first, *found.first_interval, strict=True)
    total = zip(runs.names, found.total, *found.total_interval, strict=True)
    return [(n, "first", *rest) for n, *rest in first] + [(n, "total", *rest) for n, *rest in total]


def _varies(y: Floats) -> bool:
    return bool(len(y) > 1 and (y != y[0]).any())


def _mean(x: Floats) -> Floats:
    """Return the mean of each row over what is there."""
    here = ~np.isnan(x)
    count, found = here.sum(axis=1), np.full(len(x), np.nan)
    np.divide(np.where(here, x, 0.0).sum(axis=1), count, out=found, where=count > 0)
    return found


def _correlation(ranks: Floats, baseline: Floats) -> Floats:
    """Return Spearman's correlation of each row with the baseline, over the units both have; ties share their mean."""
    both = ~np.isnan(ranks) & ~np.isnan(baseline)
    x, y = (_mean_ranks(np.where(both, part, np.nan)) for part in (ranks, np.broadcast_to(baseline, ranks.shape)))
    x, y = x - _mean(x)[:, None], y - _mean(y)[:, None]
    cross, xx, yy = (np.nansum(part, axis=1) for part in (x * y, x * x, y * y))
    size, found = np.sqrt(xx * yy), np.full(len(ranks), np.nan)
    np.divide(cross, size, out=found, where=size > 0)
    return found


def _mean_ranks(x: Floats) -> Floats:
    holes = np.isnan(x).any()
    return np.asarray(rankdata(x, axis=1, nan_policy="omit" if holes else "propagate"), dtype=float)
