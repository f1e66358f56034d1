"""Scenarios: output, productivity, energy and emissions to a target year, with levers and with honest intervals.

Growth accounting turned forward: ln Y = ln A + α ln K + (1 − α)(ln L + ln h) with K by perpetual inventory from a path
of investment (`nqpf.productivity.scenario.project`); TFP grows by its trend and by the levers. A lever moves something
only by a parameter that is estimated from the panel or given with what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.scenario.backcast import Backcast, held_back
from nqpf.productivity.scenario.backcast import backcast as run_backcast
from nqpf.productivity.scenario.exact import exact
from nqpf.productivity.scenario.history import LEAST, TOTAL, History
from nqpf.productivity.scenario.run import run
from nqpf.productivity.scenario.setup import Setup
from nqpf.productivity.scenario.spec import Amount, AssetSpec, Given, Levers, ScenarioSpec
from nqpf.productivity.scenario.tables import effect_table, parameter_table, past_table, path_table
from nqpf.results import Method, Note, TableResult
from nqpf.yamlfile import Document, validate

SHORT = 15
"""Trends from fewer years of growth are remarked on."""
NOMINAL, TOLERATED = 0.90, 0.75
"""A backcast whose intervals of 90 % hold less than three quarters of what came is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios(TableResult):
    """Projections.

    Attributes
    ----------
    frame
        Also `paths`. A row for each unit (all together: ``total``), year, scenario (``baseline``, each lever by its
        name, ``all``) and measure (``output``, ``tfp``: 1 in the last year of the past, ``productivity``: output per
        worker, ``capital``, ``energy``, ``emissions``): central (parameters at their values, no shocks; where units
        vary much, sums of them lie below their median), q5, q10, q25, q50, q75, q90, q95 of the draws.
    past
        unit, year, measure, value: what came before, for charts.
    effects
        unit, scenario, measure: log difference to the baseline in the target year (central, low and high: 5 and 95 %
        of draws) and above (share of draws in which it is above zero).
    parts
        unit, measure, lever, part: the difference of all levers and the baseline in the target year on the central
        path by lever, exactly (Shapley); baseline, all, percent (of the baseline).
    accounts
        unit, scenario, years: growth of output to the target year in logs on the central path, and its sources
        capital, labour, schooling and tfp, which add up to it.
    parameters
        name, unit (null: all), value, low, high, source (``estimated``, ``given``, ``continued``: the mean of recent
        years goes on), evidence (what a given one rests on; the method of an estimate). ``baseline.tfp`` and the like
        are trends a year.
    backcast
        unit, year, measure: actual, central, quantiles, no_change, trend; without rows where none was run.
    skill
        measure, together (all units together or each), cells, coverage_50, coverage_80, coverage_90 (share of cells
        inside), error, error_no_change, error_trend (root mean squares in logs, of the median and of two guesses: as
        in the last year, and growing as before).
    """

    past: pl.DataFrame
    effects: pl.DataFrame
    parts: pl.DataFrame
    accounts: pl.DataFrame
    parameters: pl.DataFrame
    backcast: pl.DataFrame
    skill: pl.DataFrame

    @property
    def paths(self) -> pl.DataFrame:
        """Return the projected paths."""
        return self.frame


def scenarios(
    data: Any,
    *,
    time: str,
    unit: str | None = None,
    output: str,
    labour: str,
    capital: str | None = None,
    depreciation: Given | Mapping[str, Any] | None = None,
    assets: Mapping[str, AssetSpec | Mapping[str, Any]] | None = None,
    share: Given | Mapping[str, Any] | Literal["estimated"],
    rd: str | None = None,
    schooling: str | None = None,
    energy: str | None = None,
    emissions: str | None = None,
    target: int,
    levers: Levers | Mapping[str, Any] | None = None,
    trend: Literal["unit", "pooled"] = "unit",
    history: int | None = None,
    recent: int = 5,
    labour_growth: Amount | None = None,
    rd_depreciation: float = 0.15,
    lag: int = 1,
    block: int | None = None,
    backcast: int | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> Scenarios:
    """Project a panel to a target year, with and without levers.

    Parameters
    ----------
    data
        Table with a row for each unit and year, none absent.
    time, unit
        Columns of years and of units (None: a single series).
    output, labour
        Columns of output at constant prices, and of labour.
    capital, depreciation
        Column of the stock at the end of the year at the prices of output, and its rate of depreciation: ``{central,
        low, high, evidence}``.
    assets
        Instead, several stocks: by name ``{stock, depreciation}``; capital is their sum.
    share
        Share of capital in output: ``estimated``, or ``{central, low, high, evidence}``.
    rd, schooling, energy, emissions
        Columns of R&D spending (at the prices of output), mean years of schooling, energy and emissions.
    target
        Last year that is projected.
    levers
        `Levers`, or a mapping: ``rd`` (to, by, or faster; elasticity), ``education`` (to or by; per_year),
        ``investment`` (to or by; mix; evidence), ``allocation`` (closed; gap), ``energy`` (fall, carbon_fall;
        elasticity; evidence). Paths move in equal steps and are there in the target year.
    trend
        TFP grows as on average in each ``unit``, or as in the mean of all (``pooled``).
    history
        Years of growth that trends are taken from, the last ones; default: all.
    recent
        Last years over which the baseline's shares of investment and of R&D are taken.
    labour_growth
        Growth of labour a year (in logs), for every unit or by unit, instead of its trend.
    rd_depreciation, lag
        Rate of depreciation of the R&D stock, and years after which it counts.
    block
        (Mean) years of a block of the bootstrap; default: the cube root of their number.
    backcast
        Last years held back to see how the method would have done; default: a third of all, ten at most.
    draws, seed
        Draws of parameters and of years, and the seed.

    Returns
    -------
    Scenarios
        See there. Shares of investment and R&D intensities of the baseline go on as they are; their future is not
        drawn.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a unit is absent in some year.
    MethodError
        Values are zero or negative, years or units are few, an estimate makes no sense, a path leads out of its range.
    SpecError
        An option will not do; a lever has no evidence.

    References
    ----------
    Solow (1956), doi:10.2307/1884513. Griliches (1979), doi:10.2307/3003321. Politis and Romano (1994),
    doi:10.1080/01621459.1994.10476870. Shorrocks (2013), doi:10.1007/s10888-011-9214-z. Tashman (2000),
    doi:10.1016/S0169-2070(00)00065-0.

    Examples
    --------
    >>> grown = [1.05**t for t in range(21)]
    >>> table = {"year": [*range(2000, 2021)], "y": grown, "k": [3 * y for y in grown], "l": [1.0] * 21}
    >>> done = scenarios(table, time="year", output="y", capital="k", labour="l", target=2022, draws=199,
    ...                  share={"central": 0.4, "evidence": "example"},
    ...                  depreciation={"central": 0.1, "evidence": "example"})
    >>> done.paths.filter(scenario="baseline", measure="output")["central"].round(4).to_list()
    [2.786, 2.9253]
    """
    given = {name: value for name, value in locals().items() if name not in ("data", "time", "unit", "seed")}
    spec = _checked(given)
    if seed < 0:
        raise SpecError("growth_least", where=Where(key="seed"), value=seed, least=0)
    past = History.of(data, unit, time, spec)
    drawn, again = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
    setup = Setup.of(past, spec, drawn)
    fan = run(setup, TOTAL)
    apart = exact(setup)
    tested, remarks = _tested(past, spec, again)
    notes = (*past.notes, *_notes(setup), *remarks)
    options = {k: v for k, v in spec.model_dump(exclude_none=True).items() if k != "levers"}
    options |= {"levers": spec.levers.model_dump(exclude_none=True), "seed": seed}
    return Scenarios(
        path_table(fan, past.last),
        Method("scenario.projection", options),
        notes,
        backend_of(data),
        past=past_table(past, fan.units),
        effects=effect_table(fan),
        parts=apart.parts,
        accounts=apart.accounts,
        parameters=parameter_table(setup, fan),
        backcast=tested.frame,
        skill=tested.skill,
    )


def _checked(given: Mapping[str, Any]) -> ScenarioSpec:
    """Return what was asked for as it stands in a study, or say which key will not do."""
    content = {key: value for key, value in given.items() if value is not None}
    try:
        return validate(ScenarioSpec, Document("", content, dict.fromkeys(_places(content), 1)))
    except SpecError as error:
        raise SpecError(error.code, where=Where(key=error.where.key), **error.values) from None


def _places(content: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value of nested mappings."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield (*at, key)
            yield from _places(value, (*at, key))


def _tested(past: History, spec: ScenarioSpec, rng: np.random.Generator) -> tuple[Backcast, list[Note]]:
    """Return the backcast, or a note why there is none."""
    years = held_back(past, spec.backcast)
    most = len(past.output) - LEAST
    if spec.backcast is not None and years > most:
        raise MethodError("scenario_backcast", where=Where(key="backcast"), years=years, most=most, least=LEAST)
    if years < 1:
        return Backcast.none(), [Note("scenario_no_backcast", values={"least": LEAST + 1})]
    try:
        tested = run_backcast(past, spec, years, rng)
    except MethodError as error:
        return Backcast.none(), [Note("scenario_backcast_refused", values={"reason": error.text()})]
    notes = []
    own = tested.skill.filter((pl.col("measure") == "output") & ~pl.col("together")).row(0, named=True)
    shown = {"years": years, "coverage": own["coverage_90"], "level": NOMINAL}
    if own["coverage_90"] < TOLERATED:
        notes.append(Note("scenario_overconfident", values=shown))
    errors = {key: own[f"error{key}"] for key in ("", "_no_change", "_trend")}
    if errors[""] > min(errors["_no_change"], errors["_trend"]):
        numbers = {"error": errors[""], "no_change": errors["_no_change"], "trend": errors["_trend"]}
        notes.append(Note("scenario_no_skill", values={"years": years} | numbers))
    return tested, notes


def _notes(setup: Setup) -> list[Note]:
    notes = []
    growth = setup.years.counts.shape[1]
    if growth < SHORT:
        notes.append(Note("scenario_few_years", values={"years": growth, "wanted": SHORT}))
    if setup.horizon > growth:
        notes.append(Note("scenario_far", values={"horizon": setup.horizon, "years": growth}))
    for one in setup.known.values():
        lever = one.name.partition(".")[0]
        if one.name.count(".") == 1 and lever in setup.spec.levers.names and one.may_be_nothing:
            shown = {"name": one.name, "value": one.value, "low": one.low, "high": one.high}
            notes.append(Note("scenario_may_be_nothing", values=shown))
        if one.between:
            above, below = (part.value for part in one.between)
            notes.append(Note("scenario_rd_between", "info", {"within": above, "intensity": below}))
    asked = [one for one in setup.known.values() if one.name.count(".") < 2]
    assumed = [one.name for one in asked if one.source == "given"]
    if assumed:
        notes.append(Note("scenario_assumed", "info", {"count": len(assumed), "total": len(asked)}))
    return notes
