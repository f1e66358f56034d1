"""The steps before a score: formulas evaluated, units screened, holes filled, outliers treated, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nqpf.data.dimensions import check_formula
from nqpf.data.formula import evaluate, names_in
from nqpf.data.panel import Panel, Series, Status
from nqpf.errors import SpecError, listing
from nqpf.index.climb import refuse_missing
from nqpf.index.framework import Framework, Indicator
from nqpf.index.normalise import Scale, apply_scale, direct, fit_scale
from nqpf.index.recipe import Recipe
from nqpf.index.treat import Screened, Treatment, apply_treatment, fit_treatment, impute, restate, screen
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Indicators ready to be scored.

    Attributes
    ----------
    panel
        The K indicators over T years and the N units that are kept, filled and treated.
    filled, changed
        ``bool[T, N, K]``: cells filled from other units, and cells that treatment changed.
    screened, treatment
        Who was left out and why, and what was done to outliers; None where the recipe does not ask for it.
    imputed
        Remarks on what was filled.
    """

    panel: Panel
    filled: Bools
    changed: Bools
    screened: Screened | None
    treatment: Treatment | None
    imputed: tuple[Note, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """Remarks on who was left out, what was filled and what was treated."""
        screened = self.screened.notes if self.screened else ()
        return (*screened, *self.imputed, *(self.treatment.notes if self.treatment else ()))


def evaluate_all(panel: Panel, framework: Framework, *, denominate: bool = False) -> Panel:
    """Return the panel of indicators: every formula of the framework evaluated over the raw series.

    Parameters
    ----------
    denominate
        Divide each indicator that has a denominator by it.
    """
    layers, series = [], []
    measures = {s.id: s.measure for s in panel.series}
    status = np.full((len(panel.periods), len(panel.units), len(framework.indicators)), Status.REPORTED, dtype=np.int8)
    for k, indicator in enumerate(framework.indicators):
        check_formula(indicator.formula, measures, indicator.unit, indicator=indicator.id, where=indicator.where)
        formula = indicator.formula
        if denominate and indicator.denominator:
            formula = f"({formula}) / ({indicator.denominator})"
        values = evaluate(panel, formula, name=indicator.id, where=indicator.where)
        raw = [panel.index(n) for n in names_in(formula)]
        _refuse_mixtures([panel.series[j] for j in raw], indicator)
        if raw:  # an indicator is as sure as the least sure of the cells it is made of
            status[:, :, k] = panel.status[:, :, raw].max(axis=2)
        status[np.isnan(values), k] = Status.MISSING
        layers.append(values)
        sources = "；".join(dict.fromkeys(s for j in raw if (s := panel.series[j].source))) or None
        series.append(Series(indicator.id, indicator.title, str(indicator.unit.zh), sources))
    return replace(panel, series=tuple(series), values=np.stack(layers, axis=2), status=status)


def prepare(indicators: Panel, framework: Framework, recipe: Recipe, before: Prepared | None = None) -> Prepared:
    """Screen, fill and treat indicators.

    Parameters
    ----------
    before
        Frozen: who was left out stays out, and outliers are treated as they were then.
    """
    screened = before.screened if before else None
    if before is None and recipe.screen is not None:
        screened = screen(indicators.values, recipe.screen, framework, units=indicators.units, labels=indicators.labels)
        indicators = select_units(indicators, screened.kept)
    elif screened is not None:
        out = set(screened.dropped)
        indicators = select_units(indicators, np.array([u not in out for u in indicators.units]))
    values, status = indicators.values, indicators.status.copy()
    names = [i.id for i in framework.indicators]
    filled = changed = np.zeros(values.shape, dtype=bool)
    notes: tuple[Note, ...] = ()
    if recipe.impute is not None:
        labels = indicators.labels
        done = impute(
            values, recipe.impute, names=names, units=indicators.units, periods=indicators.periods, labels=labels
        )
        values, filled, notes = done.values, done.filled, done.notes
        status[filled] = Status.IMPUTED
    treatment = before.treatment if before else None
    if recipe.treat is not None:
        if treatment is None or treatment.how.scope == "yearly":
            treatment = fit_treatment(values, recipe.treat, names=names, periods=indicators.periods)
        called = [str(indicators.labels[unit]) for unit in indicators.units]
        treated = apply_treatment(values, treatment, units=called, periods=indicators.periods)
        values, changed = treated.values, treated.changed
        status[changed] = Status.TREATED
    panel = replace(indicators, values=values, status=status)
    return Prepared(panel, filled, changed, screened, treatment, notes)


def put_on_scale(
    prepared: Prepared, framework: Framework, recipe: Recipe, scale: Scale | None = None
) -> tuple[Floats, Scale]:
    """Return indicator scores ``float64[T, N, K]``, on `scale` if it is frozen, else on one fitted here."""
    how, panel = recipe.normalise, prepared.panel
    # What is stated in an indicator's own unit follows it through a logarithm or the like.
    found = restate(framework.indicators, prepared.treatment) if prepared.treatment else framework.indicators
    if recipe.availability is None and all(n.availability is None for n in framework.nodes):
        refuse_missing(panel, np.isnan(panel.values))
    z = direct(panel.values, [i.direction for i in found], [i.ideal for i in found])
    units, labels, years = panel.units, panel.labels, panel.periods
    if scale is None or how.scope == "yearly":
        scale = fit_scale(z, how, indicators=found, kept=scale, periods=years, units=units, labels=labels)
    return apply_scale(z, scale, units=units, labels=labels, periods=years), scale


def select_units(panel: Panel, kept: Bools) -> Panel:
    """Return a panel with only the units for which ``kept[n]``."""
    units = tuple(u for u, keep in zip(panel.units, kept, strict=True) if keep)
    return replace(panel, units=units, values=panel.values[:, kept], status=panel.status[:, kept])


def _refuse_mixtures(series: Sequence[Series], indicator: Indicator) -> None:
    """Refuse a formula over series of several vintages or scopes, unless the indicator allows it by name."""
    for column, code, allowed in (
        ("vintage", "mixed_vintages_in_formula", indicator.mixed_vintages),
        ("scope", "mixed_scopes_in_formula", indicator.mixed_scopes),
    ):
        stated = {s.id: value for s in series if (value := getattr(s, column))}
        if len(set(stated.values())) > 1 and not allowed:
            found = listing(f"{id}: {value}" for id, value in stated.items())
            raise SpecError(code, where=indicator.where, indicator=indicator.id, found=found)
