"""The planning scores of a study: targets, rank steps and the triple on its panel and index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import MethodError, NqpfError, SpecError, Where, hint, listing
from nqpf.index.framework import Node
from nqpf.index.planning.completion import completed, completion
from nqpf.index.planning.rank_step import rank_step
from nqpf.index.planning.spec import PlanningSpec, RankStepSpec, TargetSpec, TripleSpec
from nqpf.index.planning.triple import triple
from nqpf.index.result import Index
from nqpf.index.steps import evaluate_all
from nqpf.messages import Text
from nqpf.numerics.ranks import NOISE
from nqpf.results import TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """An indicator or a raw series that planning scores speak of.

    Attributes
    ----------
    id, title, unit
        Its id, name and unit of measure.
    direction
        ``benefit`` or ``cost``; None where it is neither.
    values
        ``float64[T, N]``.
    """

    id: str
    title: Text
    unit: Text | None
    direction: str | None
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """How far units have come to a target.

    Attributes
    ----------
    quantity, target
        Of what, and what is to be reached.
    at
        The year it is judged in: the last year, or the target's where that is over.
    elapsed
        Share of the time from base to target that has gone by; None without a base.
    result
        A row a unit in that year: unit, value, target, base (where there is one), completion, met, lead (completion
        less the share of time; where there is a base), state (``met``, ``on_time``, ``behind``, ``away``; ``short`` for
        a target not met without a base), points where there is a rule. Null where a figure is missing.
    """

    quantity: Quantity
    target: TargetSpec
    at: int
    elapsed: float | None
    result: TableResult

    @property
    def frame(self) -> pl.DataFrame:
        """The table of the result."""
        return self.result.frame


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """Points for ranks and places gained by the scores of a node: a row a unit and year, as `rank_step` returns."""

    node: Node
    result: TableResult


@dataclass(frozen=True, slots=True, eq=False)
class Tripled:
    """Strength, efficiency and potential: a row a unit, year and quantity, as `triple` returns."""

    quantities: tuple[Quantity, ...]
    sizes: tuple[Quantity, ...]
    spec: TripleSpec
    result: TableResult


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """Every planning score that a study asks for."""

    targets: tuple[Reached, ...] = ()
    steps: tuple[Stepped, ...] = ()
    triple: Tripled | None = None


def plan(spec: PlanningSpec, panel: Panel, index: Index, group: Mapping[str, str]) -> Planned:
    """Return the planning scores of a study.

    Parameters
    ----------
    spec
        What is asked for.
    panel
        Raw series.
    index
        The index; its indicators are taken as their formulas give them, before treatment.
    group
        Each unit's group.

    Raises
    ------
    SpecError
        A name that is no indicator, series, node or unit; a year that is not in the panel. The place's key leads from
        ``planning`` on.
    MethodError, DataError
        As `completion`, `rank_step` and `triple`.
    """
    indicators = evaluate_all(panel, index.framework)
    known = {s.id: _of_series(panel, k) for k, s in enumerate(panel.series)}
    known |= {i.id: _of_indicator(indicators, index, k) for k, i in enumerate(index.framework.indicators)}
    targets = spec.targets or {}
    return Planned(
        tuple(_reached(name, target, known, panel) for name, target in targets.items()),
        _stepped(spec.rank_step, index, group) if spec.rank_step else (),
        _tripled(spec.triple, known, panel) if spec.triple else None,
    )


def _of_series(panel: Panel, k: int) -> Quantity:
    one = panel.series[k]
    unit = Text.same(one.measure) if one.measure else None
    return Quantity(one.id, one.title, unit, "benefit", panel.values[:, :, k])


def _of_indicator(indicators: Panel, index: Index, k: int) -> Quantity:
    one = index.framework.indicators[k]
    direction = one.direction if one.direction in ("benefit", "cost") else None
    return Quantity(one.id, one.title, one.unit if str(one.unit.zh) else None, direction, indicators.values[:, :, k])


def _named(name: str, known: Mapping[str, Quantity], *at: str) -> Quantity:
    if name not in known:
        options, near = listing(known, 40), hint(name, known)
        raise SpecError("planning_unknown", where=_where(*at), name=name, options=options, hint=near)
    return known[name]


def _where(*at: str) -> Where:
    return Where(key=".".join(("planning", *at)))


@contextmanager
def _located(
    labels: Mapping[str, Text], *at: str, base: int | None = None, title: Text | None = None
) -> Iterator[None]:
    """Tell a fault by the unit's name, the quantity's title and the part of the study instead of rows and columns."""
    try:
        yield
    except NqpfError as error:
        here = error.where
        key = _where(*at, *([here.key] if here.key else [])).key
        unit, period = labels.get(str(here.unit), here.unit), here.period
        if here.indicator == "base":
            period = base
        place = Where(key=key, unit=unit, period=period, indicator=title or here.indicator)
        raise type(error)(error.code, where=place, **error.values) from None


def _reached(name: str, target: TargetSpec, known: Mapping[str, Quantity], panel: Panel) -> Reached:
    quantity = _named(name, known, "targets", name)
    direction = target.direction or quantity.direction
    if direction is None:
        raise SpecError("planning_no_direction", where=_where("targets", name), name=quantity.title)
    at = min(panel.periods[-1], target.year)
    for key, year in (("year", at), ("base", target.base)):
        if year is not None and year not in panel.periods:
            where, years = _where("targets", name, key), listing(panel.periods, 40)
            raise SpecError("planning_year", where=where, year=year, options=years)
    if target.base is not None and at < target.base:
        raise SpecError("planning_not_begun", where=_where("targets", name, "base"), base=target.base, year=at)
    goals = _goals(name, target, panel)
    rows = [n for n, unit in enumerate(panel.units) if unit in goals]
    columns = {"unit": [panel.units[n] for n in rows], "period": [at] * len(rows)}
    columns |= {"value": quantity.values[panel.periods.index(at), rows], "target": list(goals.values())}
    if target.base is not None:
        columns["base"] = quantity.values[panel.periods.index(target.base), rows]
    frame = pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))
    base = None if target.base is None else "base"
    options: dict[str, Any] = target.model_dump(include={"rule", "floor", "cap", "bands", "between", "missing"})
    options |= {"base": base, "direction": direction, "unit": "unit", "time": "period"}
    with _located(panel.labels, "targets", name, base=target.base, title=quantity.title):
        done = completion(frame, "value", "target", **options)
    elapsed = None if target.base is None else (at - target.base) / (target.year - target.base)
    found = TableResult(_judged(done.frame, _way(frame, direction, target.rule), elapsed), done.method, done.notes)
    return Reached(quantity, target, at, elapsed, found)


def _goals(name: str, target: TargetSpec, panel: Panel) -> dict[str, float]:
    """Return the target of each unit that has one, in the order of the panel."""
    if not isinstance(target.value, Mapping):
        return dict.fromkeys(panel.units, float(target.value))
    names = {name: u for u in panel.units for name in (u, panel.labels[u].zh, panel.labels[u].en)}
    goals: dict[str, float] = {}
    for unit, value in target.value.items():
        where = _where("targets", name, "value", unit)
        if unit not in names:
            raise SpecError("unknown_unit", where=where, unit=unit, hint=hint(unit, names))
        if names[unit] in goals:
            raise SpecError("planning_unit_twice", where=where, unit=panel.labels[names[unit]])
        goals[names[unit]] = float(value)
    return {unit: goals[unit] for unit in panel.units if unit in goals}


def _way(frame: pl.DataFrame, direction: str, rule: str) -> pl.Series:
    """Return how far units really are; floor and cap only say what counts."""
    x, goal = (frame[column].cast(pl.Float64).to_numpy() for column in ("value", "target"))
    base = frame["base"].cast(pl.Float64).to_numpy() if "base" in frame.columns else None
    return pl.Series("way", completed(x, goal, base, np.full(x.size, direction == "cost"), rule)).fill_nan(None)


def _judged(frame: pl.DataFrame, way: pl.Series, elapsed: float | None) -> pl.DataFrame:
    """Add the lead over the time gone by, and in a word how a unit stands."""
    met, some = pl.when("met").then(pl.lit("met")), pl.col("completion").is_not_null()
    if elapsed is None:
        return frame.with_columns(state=met.when(some).then(pl.lit("short")))
    lead = pl.lit(way) - elapsed
    state = met.when(some & (pl.lit(way) < -NOISE)).then(pl.lit("away"))
    state = state.when(some & (lead >= -NOISE)).then(pl.lit("on_time")).when(some).then(pl.lit("behind"))
    return frame.with_columns(lead=pl.when(some).then(lead), state=state)


def _stepped(spec: RankStepSpec, index: Index, group: Mapping[str, str]) -> tuple[Stepped, ...]:
    nodes = {node.id: node for node in index.framework.nodes}
    root = index.framework.root.id
    options = spec.model_dump(exclude={"of", "within_groups"})
    if spec.within_groups and not group:
        raise SpecError("planning_no_groups", where=_where("rank_step", "within_groups"))
    found = []
    for name in spec.of or (root,):
        if name not in nodes:
            near, options_ = hint(name, nodes), listing(nodes, 40)
            where = _where("rank_step", "of")
            raise SpecError("planning_unknown", where=where, name=name, options=options_, hint=near)
        frame = _long(index.panel, {"score": index.scores[:, :, nodes[name].at]})
        by = None
        if spec.within_groups:
            by = "group"
            frame = frame.with_columns(group=pl.col("unit").replace_strict(group, default="", return_dtype=pl.String))
        with _located(index.panel.labels, "rank_step"):
            found.append(Stepped(nodes[name], rank_step(frame, "score", unit="unit", time="period", by=by, **options)))
    return tuple(found)


def _tripled(spec: TripleSpec, known: Mapping[str, Quantity], panel: Panel) -> Tripled:
    quantities = tuple(_named(name, known, "triple", "of") for name in spec.of)
    size = dict.fromkeys(spec.of, spec.size) if isinstance(spec.size, str) else dict(spec.size)
    sizes = {name: _named(name, known, "triple", "size") for name in size.values()}
    directions: dict[str, Any] = {q.id: q.direction for q in quantities} | dict(spec.directions)
    for q in quantities:
        if directions[q.id] is None:
            raise SpecError("planning_no_direction", where=_where("triple", "directions"), name=q.title)
    columns = {q.id: q.values for q in (*quantities, *sizes.values())}
    options = spec.model_dump(exclude={"of", "size", "directions"})
    gaps = set(range(panel.periods[0], panel.periods[-1])) - set(panel.periods)
    if gaps and spec.missing == "stop":  # growth counts in calendar years
        raise MethodError("planning_years_absent", where=_where("triple"), years=listing(sorted(gaps)))
    with _located(panel.labels, "triple"):
        found = triple(
            _long(panel, columns),
            list(spec.of),
            unit="unit",
            time="period",
            size=size,
            directions=directions,
            **options,
        )
    return Tripled(quantities, tuple(sizes[size[q.id]] for q in quantities), spec, found)


def _long(panel: Panel, layers: Mapping[str, Floats]) -> pl.DataFrame:
    """Return unit, period and a column a layer ``float64[T, N]``, null where NaN."""
    keys: dict[str, Sequence[object] | Floats] = {
        "unit": np.tile(panel.units, len(panel.periods)),
        "period": np.repeat(panel.periods, len(panel.units)),
    }
    frame = pl.DataFrame(keys | {name: layer.reshape(-1) for name, layer in layers.items()})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
