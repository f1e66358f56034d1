"""How far a rule may reach: the longest hole between two reported years, and how far beyond them."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Bools, Layer
from nqpf.data.missing.options import Options, Rule
from nqpf.data.panel import Panel
from nqpf.errors import DataError, listing
from nqpf.messages import Text, say

Cell = tuple[int, int, int]
"""Positions of a cell's series, unit and year."""

FORWARDS: tuple[Rule, ...] = ("last", "growth", "group_trend", "regression", "em")
BACKWARDS: tuple[Rule, ...] = ("next", "growth", "group_trend", "regression", "em")
"""Rules that go on after the last reported year of a unit, and before the first."""


def within(layer: Layer, rule: Rule, options: Options) -> Bools:
    """Return the holes of a layer that a rule may fill, ``bool[T, N]``."""
    reach = options.reach(rule)
    allowed = layer.inside & (layer.after - layer.before - 1 <= options.gap(rule))
    after, before = _beyond(layer, reach)
    if rule in FORWARDS:
        allowed |= after
    if rule in BACKWARDS:
        allowed |= before
    if reach == float("inf"):  # a model needs no reported year of the unit's own
        allowed |= np.isnan(layer.x).all(axis=0)
    return np.asarray(allowed)


def nearby(layer: Layer, options: Options) -> Bools:
    """Return the holes at the edges that the nearest value may fill, ``bool[T, N]``."""
    after, before = _beyond(layer, float("inf") if options.max_extrapolation is None else options.max_extrapolation)
    return np.asarray(after | before)


def _beyond(layer: Layer, reach: float) -> tuple[Bools, Bools]:
    """Return the holes after a unit's last known year and before its first, within `reach` years of it."""
    years, known_before, known_after = layer.years[:, None], layer.before >= 0, layer.after < len(layer.x)
    after = known_before & ~known_after & (years - layer.year(layer.before) <= reach)
    before = known_after & ~known_before & (layer.year(layer.after) - years <= reach)
    return after, before


def refuse_left(panel: Panel, done: Panel, rules: dict[int, Rule], options: Options) -> int:
    """Refuse the holes that the rules of the series left, unless they may stay.

    Parameters
    ----------
    panel, done
        The panel before and after.
    rules
        Rule of each series that has one that fills, by position.
    options
        What may stay.

    Returns
    -------
    int
        How many holes stay because of the limits, or because a rule had nothing to go by.

    Raises
    ------
    DataError
        Holes longer than `Options.max_gap`; farther from the reported years than `Options.max_extrapolation`; at the
        edges under ``stop``; or where the rule has nothing to go by.
    """
    long: list[Cell] = []
    stuck: list[Cell] = []
    edges: list[Cell] = []
    far: list[Cell] = []
    for k, rule in rules.items():
        layer = Layer.of(panel, k)
        allowed = within(layer, rule, options)
        for t, n in np.argwhere(np.isnan(done.values[:, :, k])).tolist():
            kind = stuck if allowed[t, n] else long if layer.inside[t, n] else edges
            kind.append((k, n, t))
            if kind is edges and (layer.before[t, n] >= 0 or layer.after[t, n] < len(layer.x)):
                far.append((k, n, t))
    if options.beyond == "stop":
        _refuse(panel, "gap_too_long", long, limit=min((options.gap(rules[k]) for k, _, _ in long), default=0))
        _refuse(panel, "rule_cannot_fill", stuck, rules=Text.join(dict.fromkeys(rules[k] for k, _, _ in stuck)))
        if options.edges == "stop":
            _refuse(panel, "missing_at_edge", edges)
        if options.edges == "nearest":
            _refuse(panel, "edge_too_far", far, limit=options.max_extrapolation)
    return len(long) + len(stuck) + (0 if options.edges == "keep" else len(far))


def refuse_missing(panel: Panel, layers: list[int]) -> None:
    """Refuse every hole of the series at these positions."""
    holes = [(k, n, t) for k in layers for t, n in np.argwhere(np.isnan(panel.values[:, :, k])).tolist()]
    _refuse(panel, "missing_values", holes)


def _refuse(panel: Panel, code: str, cells: list[Cell], **values: object) -> None:
    if cells:
        shown = [
            say("word.cell", indicator=panel.series[k].id, unit=panel.labels[panel.units[n]], period=panel.periods[t])
            for k, n, t in cells
        ]
        k, n, t = cells[0]
        raise DataError(code, where=panel.where(t, n, k), count=len(cells), cells=listing(shown), **values)
