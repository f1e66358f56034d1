"""Links of regions' networks as matrices, and location quotients of their nodes: what `modes` starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import require, to_polars

Floats = NDArray[np.float64]


def quotients_of(
    nodes: Any, region: str | None, advantage: str | None
) -> Mapping[tuple[str | None, str], float] | None:
    """Return location quotients by region and node, NaN where missing; None where they are not given."""
    if nodes is None or advantage is None:
        return None
    table = to_polars(nodes)
    require(table, "node", advantage, *([region] if region else []))
    places = table[region].cast(pl.String).to_list() if region else [None] * table.height
    names = table["node"].cast(pl.String).to_list()
    values = table[advantage].cast(pl.Float64).fill_null(np.nan).to_list()
    return dict(zip(zip(places, names, strict=True), values, strict=True))


def networks_of(
    data: Any, start: str, end: str, weight: str | None, region: str | None, directed: bool, above: float
) -> Iterator[tuple[str | None, list[str], Floats]]:
    """Yield each region, its nodes by name, and the strengths of their links ``float64[N, N]``."""
    table = to_polars(data)
    columns = [start, end, *(c for c in (region, weight) if c)]
    require(table, *columns)
    if table.is_empty():
        raise DataError("empty_table")
    for c in columns:
        if table[c].has_nulls():
            row = int(table[c].is_null().arg_true()[0]) + 1
            raise DataError("text_in_number", where=Where(row=row, indicator=c), value=None)
    long = table.select(
        a=pl.col(start).cast(pl.String),
        b=pl.col(end).cast(pl.String),
        w=pl.col(weight).cast(pl.Float64) if weight else pl.lit(1.0),
        place=pl.col(region).cast(pl.String) if region else pl.lit(None, pl.String),
    )
    loops = long.with_row_index("row", 1).filter((pl.col("a") == pl.col("b")) | ~(pl.col("w") >= 0))
    if loops.height:
        first = loops.row(0, named=True)
        raise MethodError(
            "modes_link", where=Where(row=first["row"]), start=first["a"], end=first["b"], value=first["w"]
        )
    twins = long.filter(long.select("place", "a", "b").is_duplicated())
    if twins.height:
        raise MethodError("modes_twice", start=twins["a"][0], end=twins["b"][0], count=twins.height)
    for place in long["place"].unique(maintain_order=True):
        part = long.filter(pl.col("place").eq_missing(pl.lit(place, pl.String)))
        names = sorted({*part["a"], *part["b"]})
        at = {name: k for k, name in enumerate(names)}
        strength = np.zeros((len(names), len(names)))
        strength[[at[n] for n in part["a"]], [at[n] for n in part["b"]]] = part["w"].to_numpy()
        strength = strength if directed else strength + strength.T
        yield place, names, np.where(strength > above, strength, 0.0)
