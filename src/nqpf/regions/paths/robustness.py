"""Whether paths stay when anchors and thresholds are moved (after Oana and Schneider 2024).

A robustness test protocol for applied QCA, Sociological Methods & Research 53(1), 57–88, doi:10.1177/00491241211036158.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.numerics.boolean import FREE
from nqpf.numerics.fuzzy import consistency, coverage, intersection
from nqpf.regions.paths.sets import Sets
from nqpf.regions.paths.solving import (
    Effort,
    Model,
    Solution,
    Solved,
    Term,
    Thresholds,
    is_empty,
    label,
    solve,
    truth_of,
)

Floats = NDArray[np.float64]

CONSISTENCY_STEP, PRI_STEP = 0.05, 0.1
"""How far the thresholds are moved either way."""
LIGHT = Effort(5, 500)
"""Of the search for models of a variant; a path that stands only in a model beyond them counts as gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A way the analysis could have been done: what is moved, for which column, to what."""

    kind: str
    column: str | None
    value: float
    sets: Sets
    need: Thresholds


def variants(sets: Sets, need: Thresholds, columns: Sequence[str], shift: float) -> Iterator[Variant]:
    """Yield the variants: each crossover, all ends together, each threshold, either way."""
    for k, column in enumerate(columns):
        if sets.anchors[k] is not None:
            for share in (-shift, shift):
                yield Variant("crossover", column, share, sets.moved(k, share), need)
    if any(a is not None for a in sets.anchors):
        for share in (-shift, shift):
            yield Variant("ends", None, share, sets.widened(share), need)
    for step in (-CONSISTENCY_STEP, CONSISTENCY_STEP):
        value = round(need.consistency + step, 12)
        if 0.5 < value <= 1:
            yield Variant("consistency", None, value, sets, replace(need, consistency=value))
    for step in (-PRI_STEP, PRI_STEP):
        value = round(need.pri + step, 12)
        if 0 <= value <= 1:
            yield Variant("pri", None, value, sets, replace(need, pri=value))
    for count in (need.frequency - 1, need.frequency + 1):
        if count >= 1:
            yield Variant("frequency", None, count, sets, replace(need, frequency=count))


def nested(one: Term, other: Term) -> bool:
    """Return whether one term lies within the other."""
    pairs = list(zip(one, other, strict=True))
    return all(b in (FREE, a) for a, b in pairs) or all(a in (FREE, b) for a, b in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """How paths fare: of each the shares of variants in which it is the same, and in which one nests with it."""

    same: dict[Term, float | None]
    near: dict[Term, float | None]
    table: pl.DataFrame


def stays(
    terms: Sequence[Term], sets: Sets, need: Thresholds, columns: Sequence[str], how: Solution, expected: Term,
    shift: float | None,
) -> Stays:  # fmt: skip
    """Return how paths fare under the variants."""
    tried = [] if shift is None else list(variants(sets, need, columns, shift))
    counts = np.zeros((2, len(terms)))
    rows = []
    for variant in tried:
        members = variant.sets.calibrated()[0]
        solved = solve(truth_of(members), variant.need, how, expected, LIGHT)
        again = {t for model in solved.models for t in model if not is_empty(t)}
        same = np.array([t in again for t in terms])
        near = np.array([any(nested(t, other) for other in again) for t in terms])
        counts += np.stack([same, near]) if terms else 0
        rows.append(_row(variant, solved, members, same, columns))
    kinds = {"kind": pl.String(), "column": pl.String(), "value": pl.Float64(), "models": pl.Int64()}
    numbers = {"paths": pl.Int64(), "same": pl.Int64(), "consistency": pl.Float64(), "coverage": pl.Float64()}
    table = pl.DataFrame(rows, schema={**kinds, **numbers, "solution": pl.String()})
    shares = counts / len(tried) if tried else None
    return Stays(
        {t: None if shares is None else float(shares[0, i]) for i, t in enumerate(terms)},
        {t: None if shares is None else float(shares[1, i]) for i, t in enumerate(terms)},
        table,
    )


def _row(
    variant: Variant, solved: Solved, members: Floats, same: NDArray[np.bool_], columns: Sequence[str]
) -> dict[str, object]:
    first: Model = solved.models[0] if solved.models else ()
    row: dict[str, object] = {"kind": variant.kind, "column": variant.column, "value": variant.value}
    row |= {"models": len(solved.models), "paths": len(first), "same": int(same.sum())}
    if first:
        whole = intersection(np.array(first, dtype=np.int8), members[:, :-1]).max(axis=0)
        row |= {"consistency": float(consistency(whole, members[:, -1]))}
        row |= {"coverage": float(coverage(whole, members[:, -1]))}
    return row | {"solution": " + ".join(label(t, columns[:-1]) or "1" for t in first)}
