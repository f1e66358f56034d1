"""`fill`: each series by its rule, within the limits; every filled cell marked and in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.ledger import Ledger
from nqpf.data.missing import carry, growth, lines, peers, splines
from nqpf.data.missing.changes import Change, apply, ledger
from nqpf.data.missing.draws import Draws, Predicted, as_change, draw_all
from nqpf.data.missing.layer import Layer, Proposal
from nqpf.data.missing.limits import nearby, refuse_left, refuse_missing, within
from nqpf.data.missing.normal import em
from nqpf.data.missing.options import MODELS, Beyond, Edges, Options, Rate, Rule, Scale
from nqpf.data.missing.regress import regression
from nqpf.data.missing.remarks import remarks
from nqpf.data.panel import Panel, Status
from nqpf.errors import DataError, listing
from nqpf.numerics.impute import Effects
from nqpf.results import Method, Note, Result

BY_YEARS: Mapping[Rule, tuple[Callable[[Layer, Options], Proposal], Status]] = {
    "linear": (lines.linear, Status.INTERPOLATED),
    "loglinear": (lines.loglinear, Status.INTERPOLATED),
    "natural_spline": (splines.natural_spline, Status.INTERPOLATED),
    "monotone_spline": (splines.monotone_spline, Status.INTERPOLATED),
    "last": (carry.last, Status.IMPUTED),
    "next": (carry.following, Status.IMPUTED),
    "growth": (growth.growth, Status.INTERPOLATED),
    "group_trend": (peers.group_trend, Status.IMPUTED),
}
"""Rules that go by the years of a series, and the status of what they fill between two reported years."""


@dataclass(frozen=True, slots=True, eq=False)
class Filled(Result):
    """A panel with its missing cells dealt with; unpacks as ``panel, ledger``.

    Attributes
    ----------
    panel
        The filled panel: status *interpolated* between two reported years by a rule of the series' own, *extrapolated*
        beyond them, *imputed* by anything else.
    ledger
        A row for every filled cell.
    draws
        The imputed cells many times over, where draws were asked for and a model filled something.
    notes
        What a reader must know.
    method
        Rules and options; `methods` has each rule by itself.
    methods
        A statement for every rule that filled a cell.
    """

    panel: Panel
    ledger: Ledger
    draws: Draws | None
    notes: tuple[Note, ...]
    method: Method
    methods: tuple[Method, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.panel, self.ledger))

    def __getitem__(self, i: int) -> Any:
        return (self.panel, self.ledger)[i]

    def to_frame(self) -> pl.DataFrame:
        """Return the cells as a long table, each with its status."""
        return self.panel.to_frame()


def fill(
    panel: Panel,
    rule: Rule = "stop",
    *,
    series: Mapping[str, Rule] | None = None,
    edges: Edges = "stop",
    max_gap: int | None = None,
    max_extrapolation: int | None = None,
    beyond: Beyond = "stop",
    rate: Rate = "compound",
    rate_years: int = 5,
    groups: Mapping[str, str] | None = None,
    using: Mapping[str, Sequence[str]] | None = None,
    scale: Scale = "auto",
    effects: Effects = "unit_trend",
    ridge: float = 0.01,
    draws: int = 0,
    seed: int = 0,
) -> Filled:
    """Deal with the missing cells of a panel.

    Parameters
    ----------
    panel
        The panel.
    rule
        ``stop``: raise an error that lists them (the default). ``keep``: leave them missing.
        By the years of the same unit and series: ``linear``, a straight line between the neighbouring years;
        ``loglinear``, constant growth between them; ``natural_spline``, ``monotone_spline``, a cubic through the known
        years; ``last``, ``next``, the value before or after repeated; ``growth``, constant growth between known years
        and the unit's own rate beyond them; ``group_trend``, the relative change of the unit's group.
        By other series: ``regression`` on those named in `using`; ``em``, all series jointly normal.
    series
        Rules for single series, by id; they go before `rule`.
    edges
        What to do before the first and after the last reported year where the rule itself does not go:
        ``stop``, ``keep``, or ``nearest`` (repeat the nearest reported value, marked *extrapolated*).
    max_gap
        Longest run of the panel's years filled between two reported ones. Default: 3 for rules that go by the years,
        no limit for ``regression`` and ``em``.
    max_extrapolation
        Years that ``last``, ``next``, ``growth``, ``group_trend`` go beyond the reported ones (default: 0), and the
        most that ``nearest`` and the models do (default: no limit).
    beyond
        What to do about holes beyond these limits, or where a rule has nothing to go by: ``stop`` or ``keep``.
    rate, rate_years
        Of ``growth``: ``compound`` or ``mean`` rate of the known values within so many years of the edge.
    groups
        Of ``group_trend``: the group of every unit.
    using
        Of ``regression``: for each series the series that predict it.
    scale
        Of the models: ``auto`` (logarithms where every reported value is positive), ``log`` or ``level``.
    effects
        Of the models: ``none``, ``unit`` (a mean for every unit), ``unit_year``, or ``unit_trend`` (a line in time for
        every unit).
    ridge
        Of ``em``: correlations shrink by 1/(1 + ridge).
    draws, seed
        Draw the cells of the models so many times from their posterior predictive, from this seed.

    Returns
    -------
    Filled
        Unpacks as ``panel, ledger``; see there.

    Raises
    ------
    DataError
        Missing cells under ``stop`` or beyond the limits; values a rule cannot take; an unknown series; a model that
        cannot be fitted; draws where no rule can be drawn from.

    References
    ----------
    Dempster, Laird and Rubin (1977), doi:10.1111/j.2517-6161.1977.tb01600.x. Rubin (1987), Multiple Imputation for
    Nonresponse in Surveys, doi:10.1002/9780470316696. Schafer (1997), Analysis of Incomplete Multivariate Data,
    doi:10.1201/9780367803025.

    Examples
    --------
    >>> import polars as pl
    >>> tidy = pl.DataFrame({"unit": "a", "period": [2019, 2020, 2021], "indicator": "x", "value": [2.0, None, 8.0]})
    >>> panel, ledger = fill(Panel.from_tidy(tidy), "loglinear")
    >>> round(float(panel.values[1, 0, 0]), 6), len(ledger)
    (4.0, 1)
    """
    named = {name: tuple(used) for name, used in (using or {}).items()}
    options = Options(
        edges, max_gap, max_extrapolation, beyond, rate, rate_years, groups or {}, named, scale, effects, ridge
    )
    rules = _rules(panel, rule, series or {}, draws)
    refuse_missing(panel, [k for k, r in enumerate(rules) if r == "stop"])
    by_years = [change for k, r in enumerate(rules) if r in BY_YEARS for change in _by_years(panel, k, r, options)]
    models, notes = _models(apply(panel, by_years), rules, options)
    drawn = draw_all([one for _, one in models], draws, seed)
    changes = [*by_years, *(as_change(r, one, d) for (r, one), d in zip(models, drawn, strict=True))]
    done = apply(panel, changes)
    kept = refuse_left(panel, done, {k: r for k, r in enumerate(rules) if r not in ("stop", "keep")}, options)
    several = None
    if draws and models:
        several = Draws(done, np.concatenate([one.cells for _, one in models]), np.concatenate(drawn, axis=1))
    said = {"rule": rule, "series": dict(series or {}), "draws": draws, "seed": seed}
    return Filled(
        done,
        ledger(panel, changes),
        several,
        (*notes, *remarks(panel, done, several, kept, bool(models))),
        Method("missing", said),
        _methods(changes, options, said if several else None),
    )


def _rules(panel: Panel, rule: Rule, series: Mapping[str, Rule], draws: int) -> tuple[Rule, ...]:
    """Return the rule of each series of the panel."""
    chosen: dict[int, Rule] = {panel.index(name): r for name, r in series.items()}
    rules = tuple(chosen.get(k, rule) for k in range(len(panel.series)))
    if draws and not any(r in MODELS for r in rules):
        raise DataError("draws_need_model", draws=draws, rules=listing(MODELS))
    return rules


def _by_years(panel: Panel, k: int, rule: Rule, options: Options) -> list[Change]:
    """Fill a series by a rule that goes by its years, and at the edges by the nearest value if so asked."""
    if not np.isnan(panel.values[:, :, k]).any():
        return []
    layer = Layer.of(panel, k)
    layer = replace(layer, wanted=within(layer, rule, options))
    compute, status = BY_YEARS[rule]
    proposal = compute(layer, options)
    changes = [Change.of(rule, layer, proposal, layer.wanted, status)]
    if options.edges == "nearest":
        rest = nearby(layer, options) & (~layer.wanted | np.isnan(proposal.values))
        changes.append(Change.of("nearest", layer, carry.nearest(layer, options), rest, Status.EXTRAPOLATED))
    return [one for one in changes if len(one.cells)]


def _models(panel: Panel, rules: Sequence[Rule], options: Options) -> tuple[list[tuple[str, Predicted]], list[Note]]:
    """Predict the holes that models are to fill: regressions in the order of the series, then all of EM at once."""
    wanted = np.zeros(panel.values.shape, dtype=bool)
    for k, rule in enumerate(rules):
        if rule in MODELS:
            wanted[:, :, k] = within(Layer.of(panel, k), rule, options)
    found: list[tuple[str, Predicted]] = []
    for k, rule in enumerate(rules):
        if rule == "regression" and wanted[:, :, k].any():
            found.append((rule, regression(panel, k, wanted[:, :, k], options)))
    wanted[:, :, [k for k, rule in enumerate(rules) if rule != "em"]] = False
    if not wanted.any():
        return found, []
    predicted, notes = em(panel, wanted, options)
    return [*found, ("em", predicted)], notes


def _methods(changes: Sequence[Change], options: Options, drawn: Mapping[str, Any] | None) -> tuple[Method, ...]:
    """Return a statement for every rule that filled a cell."""
    used = dict.fromkeys(one.rule for one in changes)
    stated = [Method(f"missing.{rule}", options.of(rule)) for rule in used]
    if drawn is not None:
        stated.append(Method("missing.draws", {name: drawn[name] for name in ("draws", "seed")}))
    return tuple(stated)
