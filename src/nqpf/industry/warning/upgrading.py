"""Whether a traditional sector is upgraded or left: output per worker within industries, and moves between them.

Griliches and Regev (1995), doi:10.1016/0304-4076(94)01601-U: with shares and productivities at the mean of both years
the four parts add up exactly to the change of a region's output per worker.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.industry.warning.falls import Branches

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PARTS = ("within_traditional", "between_traditional", "within_other", "between_other")
READ = ("growth", *PARTS, "share_first", "share_last", "reading")
MOVES = ("lost", "lost_share", "gained", "absorbed")


def decompose(output: Floats, jobs: Floats, old: Bools) -> dict[str, float]:
    """Return the four parts of the change of output per worker of one region.

    Parameters
    ----------
    output, jobs
        ``float64[2, K]`` in two years; an industry without jobs in one of them counts as a move between industries.
    old
        ``bool[K]`` traditional industries.

    Examples
    --------
    >>> output, jobs = np.array([[10.0, 30.0], [8.0, 60.0]]), np.array([[10.0, 10.0], [4.0, 16.0]])
    >>> parts = decompose(output, jobs, np.array([True, False]))
    >>> {name: round(value, 3) for name, value in parts.items()}
    {'within_traditional': 0.35, 'between_traditional': 0.36, 'within_other': 0.488, 'between_other': 0.202}
    """
    share = jobs / jobs.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = output / jobs
    each = np.where(jobs > 0, each, each[::-1])  # who begins or ends had no other productivity
    each = np.where(np.isnan(each), 0.0, each)
    whole = float((output.sum(axis=1) / jobs.sum(axis=1)).mean())
    within = share.mean(axis=0) * np.diff(each, axis=0)[0]
    between = np.diff(share, axis=0)[0] * (each.mean(axis=0) - whole)
    return {
        "within_traditional": float(within[old].sum()),
        "between_traditional": float(between[old].sum()),
        "within_other": float(within[~old].sum()),
        "between_other": float(between[~old].sum()),
    }


def parts_of(branches: Branches, old: Bools) -> pl.DataFrame:
    """Return the decomposition of every region from the first to the last year; null where a number is missing.

    Raises
    ------
    MethodError
        A negative number, or output without jobs.
    """
    output, jobs = branches.ends("output"), branches.ends("employment")
    alone = (jobs == 0) & (output > 0)
    if alone.any():
        t, p = np.argwhere(alone)[0]
        place = branches.where(-int(t), int(p), "employment")
        raise MethodError("abandonment_output_alone", where=place, output=float(output[t, p]))
    rows: list[dict[str, Any]] = []
    for region, own in _regions(branches):
        y, x, traditional = output[:, own], jobs[:, own], old[own]
        row: dict[str, Any] = {branches.unit: region}
        if not np.isnan(y + x).any() and (x.sum(axis=1) > 0).all():
            row |= decompose(y, x, traditional)
            row["growth"] = float(np.diff(y.sum(axis=1) / x.sum(axis=1))[0])
            row["share_first"], row["share_last"] = x[:, traditional].sum(axis=1) / x.sum(axis=1)
            fewer = x[1, traditional].sum() < x[0, traditional].sum()
            row["reading"] = ("upgrading" if row["within_traditional"] > 0 else "leaving") if fewer else "growing"
        rows.append(row)
    schema: dict[str, Any] = {branches.unit: _kind(branches), **dict.fromkeys(READ[:-1], pl.Float64)}
    return pl.DataFrame(rows, schema={**schema, "reading": pl.String})


def jobs_of(branches: Branches, old: Bools) -> pl.DataFrame:
    """Return jobs lost in traditional industries and gained in others, first to last year, region by region."""
    jobs = branches.ends("employment")
    rows: list[tuple[Any, ...]] = []
    for region, own in _regions(branches):
        x, traditional = jobs[:, own], old[own]
        if np.isnan(x).any():
            rows.append((region, None, None, None, None))
            continue
        before = float(x[0, traditional].sum())
        lost = max(before - float(x[1, traditional].sum()), 0.0)
        gained = max(float(np.diff(x[:, ~traditional].sum(axis=1))[0]), 0.0)
        share = lost / before if before > 0 else None
        rows.append((region, lost, share, gained, gained / lost if lost > 0 else None))
    schema: dict[str, Any] = {branches.unit: _kind(branches), **dict.fromkeys(MOVES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _kind(branches: Branches) -> pl.DataType:
    return pl.Series([region for region, _ in branches.pairs]).dtype


def _regions(branches: Branches) -> list[tuple[object, NDArray[np.intp]]]:
    """Return each region with the positions of its pairs, in the order of labels."""
    found: dict[object, list[int]] = {}
    for p, (region, _) in enumerate(branches.pairs):
        found.setdefault(region, []).append(p)
    return [(region, np.array(own)) for region, own in found.items()]
