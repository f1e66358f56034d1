"""Tables of synthetic difference-in-differences: effect, cohorts, weights, paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import polars as pl
from scipy import special

from nqpf.messages import say
from nqpf.numerics.synthetic import Block


def cohort_table(
    blocks: Mapping[int, Block], years: Sequence[int], count: Mapping[int, int], shares: Mapping[int, float]
) -> pl.DataFrame:
    """Return the effect on each cohort, its size and its share in the average."""
    rows = [(years[c], found.effect, count[c], len(years) - c, shares[c]) for c, found in blocks.items()]
    schema = {
        "cohort": pl.Int64, "estimate": pl.Float64, "units": pl.Int64, "years": pl.Int64, "share": pl.Float64
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def att_table(estimate: float, se: float | None, level: float) -> pl.DataFrame:
    """Return the effect as a table of one coefficient."""
    label = say("panels.term.att")
    z = estimate / se if se else None
    reach = None if se is None else float(special.ndtri((1 + level) / 2)) * se
    return pl.DataFrame(
        {
            "name": ["att"],
            "zh": [label.zh],
            "en": [label.en],
            "estimate": [estimate],
            "se": pl.Series([se], dtype=pl.Float64),
            "statistic": pl.Series([z], dtype=pl.Float64),
            "p": pl.Series([None if z is None else float(2 * special.ndtr(-abs(z)))], dtype=pl.Float64),
            "low": pl.Series([None if reach is None else estimate - reach], dtype=pl.Float64),
            "high": pl.Series([None if reach is None else estimate + reach], dtype=pl.Float64),
        }
    )


def weight_table(
    blocks: Mapping[int, Block], years: Sequence[int], column: str, names: list[Any], which: Literal["units", "years"]
) -> pl.DataFrame:
    """Return the weights of units or years of each cohort."""
    parts = []
    for c, found in blocks.items():
        weight = found.units if which == "units" else found.years
        rows = {"cohort": [years[c]] * len(weight), column: names[: len(weight)], "weight": weight}
        parts.append(pl.DataFrame(rows))
    return pl.concat(parts)


def path_table(blocks: Mapping[int, Block], years: Sequence[int], time: str) -> pl.DataFrame:
    """Return the course of the treated and of their synthetic controls."""
    parts = []
    for c, found in blocks.items():
        level = float((found.treated[:c] - found.synthetic[:c]) @ found.years)
        synthetic = found.synthetic + level
        rows = {"treated": found.treated, "synthetic": synthetic, "gap": found.treated - synthetic}
        parts.append(pl.DataFrame({"cohort": [years[c]] * len(years), time: list(years), **rows}))
    return pl.concat(parts)
