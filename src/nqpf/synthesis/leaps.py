"""Leaps of the elements: who rose above the own trend, when, and in how many elements at once.

A leap is a break in the yearly change of an element's score from which on it rises, and faster than before (Bai and
Perron 1998, doi:10.2307/2998540), or a growth acceleration (Hausmann, Pritchett and Rodrik 2005,
doi:10.1007/s10887-005-4712-0). A score's zero means nothing, so accelerations are taken of exp(score): their growth is
then points of the scale a year, and neither method depends on where the scale begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.keyed import Keyed
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.growth.accelerations import accelerations
from nqpf.productivity.growth.breaks import breaks
from nqpf.results import Method, Note, TableResult

KEYS: dict[str, Any] = {"unit": "unit", "time": "period"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaps(TableResult):
    """Leaps of elements.

    Attributes
    ----------
    frame
        A row for each leap: unit, element, period (last year of the old course), low, high (interval of the year; null
        for an acceleration alone), gain (points of the scale a year that the score rises faster), kind (``break``,
        ``acceleration``, ``both``).
    units
        A row for each unit: unit, assessed (elements with years enough), leapt (elements with a leap), together (most
        elements with a leap within the span), period (of the first of these), verdict (``full``: all elements
        together; ``partial``: some element; ``none``; ``not_assessed``).
    elements
        A row for each element: element, assessed, leapt (units), period (median year of leaps).
    """

    units: pl.DataFrame
    elements: pl.DataFrame


def leaps(
    data: Any,
    elements: Sequence[str],
    *,
    unit: str,
    time: str,
    together: int = 2,
    horizon: int = 5,
    growth: float = 0.035,
    change: float = 0.02,
    size: float = 0.05,
    draws: int = 1999,
    seed: int = 0,
) -> Leaps:
    """Find leaps of elements above the own trend of each unit.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    elements
        Columns of scores from 0 to 1; a year without a score is left out.
    unit, time
        Columns of units and years.
    together
        Leaps at most so many years apart are one, or of several elements at once.
    horizon, growth, change
        Of accelerations: years on either side, and least points of the scale a year after, and more than before.
    size, draws, seed
        Of the tests for breaks.

    Returns
    -------
    Leaps
        See there. Breaks take eleven years of scores, accelerations 2 · horizon + 1; a unit with neither in any element
        is not assessed.

    Raises
    ------
    DataError
        A column is absent, keys stand twice, or no unit has two years on end.
    SpecError
        An option will not do.

    References
    ----------
    Bai and Perron (1998), doi:10.2307/2998540. Hausmann, Pritchett and Rodrik (2005), doi:10.1007/s10887-005-4712-0.

    Examples
    --------
    >>> years = list(range(2005, 2025))
    >>> rising = [0.01 * t + 0.04 * max(t - 10, 0) + 0.001 * (t % 2) for t in range(20)]
    >>> table = {"unit": ["a"] * 20, "year": years, "labourer": rising, "means": rising[::-1]}
    >>> found = leaps(table, ["labourer", "means"], unit="unit", time="year", draws=199)
    >>> found.frame.select("element", "period", "kind").rows()
    [('labourer', 2015, 'both')]
    """
    if together < 0:
        raise SpecError("growth_least", where=Where(key="together"), value=together, least=0)
    if not elements:
        raise SpecError("growth_least", where=Where(key="elements"), value=0, least=1)
    table = Keyed.of(data, unit, time)
    parts = [_of_element(table, name, together, (horizon, growth, change), (size, draws, seed)) for name in elements]
    found = pl.concat([leapt for leapt, _ in parts])
    order = {name: k for k, name in enumerate(table.units)}
    found = found.sort(pl.col("unit").replace_strict(order, return_dtype=pl.Int64), "period", maintain_order=True)
    assessed = {name: units for name, (_, units) in zip(elements, parts, strict=True)}
    options = {"elements": list(elements), "together": together, "horizon": horizon, "growth": growth}
    return Leaps(
        found,
        Method("synthesis.leaps", options | {"change": change, "size": size, "draws": draws, "seed": seed}),
        tuple(_notes(table, assessed, size)),
        backend_of(data),
        units=_units(table, found, assessed, together),
        elements=_elements(found, assessed),
    )


SCHEMA: dict[str, Any] = {
    "unit": pl.String,
    "element": pl.String,
    **dict.fromkeys(("period", "low", "high"), pl.Int64),
    "gain": pl.Float64,
    "kind": pl.String,
}


def _of_element(
    table: Keyed, name: str, together: int, rules: tuple[int, float, float], tests: tuple[float, int, int]
) -> tuple[pl.DataFrame, set[str]]:
    """Return the leaps of an element, and the units that could be judged."""
    score = table.cube(name)
    moved = np.full(score.shape, np.nan)
    moved[1:] = np.diff(score, axis=0)
    size, draws, seed = tests
    broken = breaks(_long(table, moved), "x", size=size, draws=draws, seed=seed, gaps="skip", **KEYS)
    horizon, growth, change = rules
    with_level = _long(table, np.exp(score))
    faster = accelerations(with_level, "x", horizon=horizon, growth=growth, change=change, gaps="skip", **KEYS)
    assessed = {u for u, verdict in broken.frame.select("unit", "verdict").iter_rows() if verdict != "not_assessed"}
    assessed |= set(faster.units.filter(pl.col("accelerations").is_not_null())["unit"])
    after = broken.segments.select("unit", (pl.col("segment") - 1).alias("break"), "mean")
    upward = broken.dates.join(after, on=["unit", "break"], maintain_order="left")
    upward = upward.filter(pl.col("change") > 0, pl.col("mean") > 0)  # to fall slower is no leap
    rows: list[dict[str, Any]] = [
        {"unit": u, "element": name, "period": until, "low": low, "high": high, "gain": gain, "kind": "break"}
        for u, until, low, high, gain in upward.select("unit", "until", "low", "high", "change").iter_rows()
    ]
    for u, year, gain in faster.frame.select("unit", "year", "change").iter_rows():
        near = [row for row in rows if row["unit"] == u and abs(row["period"] - year) <= together]
        for row in near:
            row["kind"] = "both"
        if not near:
            alone = {"low": None, "high": None, "gain": gain, "kind": "acceleration"}
            rows.append({"unit": u, "element": name, "period": year, **alone})
    return pl.DataFrame(rows, schema=SCHEMA), assessed


def _long(table: Keyed, values: Any) -> pl.DataFrame:
    n, t = np.nonzero(~np.isnan(values.T))
    columns = {"unit": [table.units[i] for i in n], "period": table.years[t], "x": values[t, n]}
    return pl.DataFrame(columns, schema={"unit": pl.String, "period": pl.Int64, "x": pl.Float64})


def _units(table: Keyed, found: pl.DataFrame, assessed: dict[str, set[str]], together: int) -> pl.DataFrame:
    rows = []
    for u in table.units:
        mine = found.filter(unit=u).select("element", "period").rows()
        most, since = 0, None
        for _, start in mine:
            at_once = {element for element, period in mine if start <= period <= start + together}
            if len(at_once) > most:
                most, since = len(at_once), start
        judged = sum(u in units for units in assessed.values())
        verdict = "full" if most == len(assessed) else "partial" if most else "none" if judged else "not_assessed"
        counts = {"assessed": judged, "leapt": len({element for element, _ in mine}), "together": most}
        rows.append({"unit": u, **counts, "period": since, "verdict": verdict})
    kinds: dict[str, Any] = {"unit": pl.String, **dict.fromkeys(("assessed", "leapt", "together", "period"), pl.Int64)}
    return pl.DataFrame(rows, schema=kinds | {"verdict": pl.String})


def _elements(found: pl.DataFrame, assessed: dict[str, set[str]]) -> pl.DataFrame:
    rows = []
    for name, units in assessed.items():
        part = found.filter(element=name)
        counts = {"assessed": len(units), "leapt": part["unit"].n_unique()}
        rows.append({"element": name, **counts, "period": part["period"].median()})
    kinds: dict[str, Any] = {"element": pl.String, "assessed": pl.Int64, "leapt": pl.Int64, "period": pl.Float64}
    return pl.DataFrame(rows, schema=kinds)


def _notes(table: Keyed, assessed: dict[str, set[str]], size: float) -> list[Note]:
    tests = sum(len(units) for units in assessed.values())
    possible = len(table.units) * len(assessed)
    notes = []
    if tests < possible:
        notes.append(Note("leaps_short", values={"count": possible - tests, "total": possible}))
    if tests:
        notes.append(Note("leaps_chance", "info", {"count": tests, "chance": tests * size}))
    return notes
