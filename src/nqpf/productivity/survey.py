"""The productivity of a study's units, measured every way its data allow: what the chapter is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.formula import evaluate
from nqpf.data.panel import Panel
from nqpf.errors import MethodError, Where, listing
from nqpf.messages import Text, say
from nqpf.productivity.causes import Causes, causes
from nqpf.productivity.change.malmquist import Change, malmquist
from nqpf.productivity.firms.misallocation import Misallocation, misallocation
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.growth.accounts import GrowthAccounts, growth_accounts
from nqpf.productivity.growth.labour import LabourProductivity, labour_productivity
from nqpf.productivity.growth.shake_off import ShakeOff, shake_off
from nqpf.productivity.inference.bootstrap import bootstrap
from nqpf.productivity.share import Elasticity, capital_elasticity
from nqpf.productivity.spec import ProductivitySpec
from nqpf.results import Note, TableResult

Floats = NDArray[np.float64]
ON_FRONTIER = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Share:
    """Capital's share that growth accounts use, the ends it can be defended between, and its estimate if it is one."""

    value: float
    low: float
    high: float
    estimate: Elasticity | None


@dataclass(frozen=True, slots=True, eq=False)
class Accounted:
    """What rests on a share of capital.

    Attributes
    ----------
    share
        The share.
    accounts, shaken
        Growth accounts and the share of growth due to productivity.
    ends
        The latter at both ends of the shares that can be defended.
    misallocated
        What unequal marginal products of capital and labour cost.
    """

    share: Share
    accounts: GrowthAccounts
    shaken: ShakeOff
    ends: tuple[ShakeOff, ShakeOff]
    misallocated: Misallocation


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Productivity of N units in T years.

    Attributes
    ----------
    spec
        What was asked for.
    names
        Title of each quantity: its series', or its formula.
    table
        Columns unit, period and the quantities, a row a unit and year; null where missing.
    periods, units
        Years and units, in the order of the arrays.
    level
        ``float64[T, N]`` productivity before one frontier of all years (the best anybody ever did is 1).
    efficiency
        ``float64[T, N]`` before the frontier of its own year.
    output
        ``float64[T, N]`` the weight of units.
    frontier
        The last year's efficiencies with bias and intervals.
    change, green
        Change from year to year, without and with bad outputs (None where there are none).
    green_level
        ``float64[T, N]`` 1/(1 + β), β the distance to the frontier of all years with bad outputs; None without.
    causes
        Parts of the change of all units together.
    accounted
        Growth accounts and what goes with them; None without a capital share.
    structure
        Growth of labour productivity over all years, within sectors and by labour moving between them; None without
        sectors.
    notes
        Remarks on what was left out.
    """

    spec: ProductivitySpec
    names: Mapping[str, Text]
    table: pl.DataFrame
    periods: tuple[int, ...]
    units: tuple[str, ...]
    level: Floats
    efficiency: Floats
    output: Floats
    frontier: TableResult
    change: Change
    green: Change | None
    green_level: Floats | None
    causes: Causes
    accounted: Accounted | None
    structure: LabourProductivity | None
    notes: tuple[Note, ...]

    @property
    def inputs(self) -> list[str]:
        """Columns of inputs."""
        return ["capital", "labour", *self.spec.inputs]


def survey(spec: ProductivitySpec, panel: Panel, seed: int, workers: int | None = None) -> Survey:
    """Return what a study asks about productivity.

    Parameters
    ----------
    spec
        What is asked.
    panel
        Raw series.
    seed
        Of the bootstrap.
    workers
        As for `nqpf.parallel.spread`.

    Raises
    ------
    NqpfError
        With the key of the study, the unit and the year.
    """
    if len(panel.periods) < 2:
        raise MethodError("productivity_one_year", where=Where(key="productivity"))
    quantities = {place[-1]: _quantity(panel, place, formula) for place, formula in spec.quantities.items()}
    _refuse(panel, quantities)
    table = _long(panel, quantities)
    inputs, bad = ["capital", "labour", *spec.inputs], list(spec.bad)
    options: dict[str, Any] = {"unit": "unit", "time": "period", "rts": spec.rts, "missing": "skip", "workers": workers}
    radial = {**options, "orientation": "output", "measure": "radial"}
    level = _cube(panel, dea(table, inputs, ["output"], reference="global", **radial).frame, "efficiency")
    own = _cube(panel, dea(table, inputs, ["output"], reference="own", **radial).frame, "efficiency")
    change = malmquist(table, inputs, ["output"], reference=spec.reference, **options)
    green, green_level = None, None
    if bad:
        words = {"disposability": spec.disposability, **options}
        index: Literal["gml", "ml"] = "gml" if spec.reference == "global" else "ml"
        green = malmquist(table, inputs, ["output"], bad, index=index, reference=spec.reference, **words)
        found = dea(
            table, inputs, ["output"], bad, measure="directional", direction="outputs", reference="global", **words
        )
        green_level = 1 / (1 + _cube(panel, found.frame, "score"))
    last = table.filter((pl.col("period") == panel.periods[-1]) & pl.all_horizontal(pl.col(*quantities).is_not_null()))
    frontier = bootstrap(
        last,
        inputs,
        ["output"],
        unit="unit",
        rts=spec.rts,
        orientation="output",
        draws=spec.draws,
        seed=seed,
        workers=workers,
    )
    return Survey(
        spec=spec,
        names={place[-1]: _name(panel, formula) for place, formula in spec.quantities.items()},
        table=table,
        periods=panel.periods,
        units=panel.units,
        level=level,
        efficiency=own,
        output=quantities["output"],
        frontier=frontier,
        change=change,
        green=green,
        green_level=green_level,
        causes=causes(level, own, quantities["output"]),
        accounted=_accounted(spec, table, quantities, seed),
        structure=_structure(spec, panel),
        notes=tuple(_left_out(panel, quantities)),
    )


def _quantity(panel: Panel, place: tuple[str, ...], formula: str) -> Floats:
    where = Where(key=".".join(("productivity", *place)))
    return evaluate(panel, formula, name=place[-1], where=where)


def _name(panel: Panel, formula: str) -> Text:
    """Return the title of a series, or the formula where it is more than one."""
    return panel.series[panel.index(formula)].title if formula in panel.indicators else Text.same(formula)


def _refuse(panel: Panel, quantities: Mapping[str, Floats]) -> None:
    """Raise a MethodError at the first quantity that is not positive: productivity is a ratio of positive numbers."""
    for name, values in quantities.items():
        if (values <= 0).any():
            t, n = (int(i[0]) for i in np.nonzero(values <= 0))
            where = Where(
                unit=panel.labels[panel.units[n]], period=panel.periods[t], indicator=name, key="productivity"
            )
            raise MethodError("productivity_not_positive", where=where, value=float(values[t, n]))


def _long(panel: Panel, quantities: Mapping[str, Floats]) -> pl.DataFrame:
    """Return columns unit, period and the quantities; a row is empty throughout where one of them is missing."""
    keys = {
        "unit": np.tile(np.array(panel.units, dtype=object), len(panel.periods)),
        "period": np.repeat(panel.periods, len(panel.units)),
    }
    frame = pl.DataFrame(keys, schema={"unit": pl.String, "period": pl.Int64})
    return frame.with_columns(pl.Series(name, values.ravel()) for name, values in quantities.items()).fill_nan(None)


def _cube(panel: Panel, frame: pl.DataFrame, column: str) -> Floats:
    """Return a column of a table that has a row for each year and unit, in the order of `_long`."""
    return frame[column].cast(pl.Float64).to_numpy().reshape(len(panel.periods), len(panel.units))


def _share(spec: ProductivitySpec, quantities: Mapping[str, Floats]) -> Share:
    """Return capital's share as given, or as the data say."""
    if isinstance(spec.share, float):
        low, high = spec.share_range or (max(spec.share - 0.1, 0.01), min(spec.share + 0.1, 0.99))
        return Share(spec.share, low, high, None)
    found = capital_elasticity(quantities["output"], quantities["capital"], quantities["labour"])
    low, high = spec.share_range or (found.low, found.high)
    if not 0 < low <= found.value <= high < 1:
        where = Where(key="productivity.share")
        raise MethodError("productivity_share", where=where, value=found.value, low=found.low, high=found.high)
    return Share(found.value, low, high, found)


def _accounted(
    spec: ProductivitySpec, table: pl.DataFrame, quantities: Mapping[str, Floats], seed: int
) -> Accounted | None:
    if spec.share is None:
        return None
    share = _share(spec, quantities)
    columns = ("output", "capital", "labour")
    complete = table.drop_nulls(columns)

    def shaken(value: float) -> ShakeOff:
        return shake_off(
            complete,
            *columns,
            unit="unit",
            time="period",
            share=value,
            weights="output",
            threshold=spec.threshold,
            draws=spec.draws,
            seed=seed,
            gaps="skip",
        )

    return Accounted(
        share=share,
        accounts=growth_accounts(complete, *columns, unit="unit", time="period", share=share.value, gaps="skip"),
        shaken=shaken(share.value),
        ends=(shaken(share.low), shaken(share.high)),
        misallocated=misallocation(
            complete, *columns, unit="unit", time="period", method="aggregate", share=share.value
        ),
    )


def _structure(spec: ProductivitySpec, panel: Panel) -> LabourProductivity | None:
    if spec.sectors is None:
        return None
    parts = []
    for name, sector in spec.sectors.items():
        cells = {
            key: _quantity(panel, ("sectors", name, key), formula)
            for key, formula in (("output", sector.output), ("labour", sector.labour))
        }
        parts.append(_long(panel, cells).with_columns(sector=pl.lit(name)).drop_nulls())
    return labour_productivity(
        pl.concat(parts),
        "output",
        "labour",
        sector="sector",
        unit="unit",
        time="period",
        method="mcmillan_rodrik",
        periods=[(panel.periods[0], panel.periods[-1])],
        gaps="skip",
    )


def _left_out(panel: Panel, quantities: Mapping[str, Floats]) -> list[Note]:
    """Remark on the years of units in which a quantity is missing."""
    missing = ~np.isfinite(np.stack(list(quantities.values()))).all(axis=0)
    if not missing.any():
        return []
    t, n = np.nonzero(missing)
    named = listing(
        (
            say("productivity.cell", unit=panel.labels[panel.units[j]], year=panel.periods[i])
            for i, j in zip(t, n, strict=True)
        ),
        12,
    )
    return [Note("productivity_left_out", values={"count": int(missing.sum()), "cells": named})]
