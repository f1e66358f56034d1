"""How an indicator's value comes about from its formula, and its score from its value: the numbers put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.formula import evaluate, names_in
from nqpf.data.panel import Panel, Status
from nqpf.index import Index
from nqpf.index.framework import Indicator
from nqpf.index.normalise.direct import direct_one, measured
from nqpf.index.normalise.sample import Measure
from nqpf.index.normalise.scale import Part
from nqpf.messages import Text, say

SCHEMA = {
    "indicator": pl.String,
    "title_zh": pl.String,
    "title_en": pl.String,
    "unit_zh": pl.String,
    "unit_en": pl.String,
    "direction": pl.String,
    "formula": pl.String,
    "filled_in": pl.String,
    "value": pl.Float64,
    "treated": pl.Float64,
    "status": pl.String,
    "normalise": pl.String,
    "worst": pl.Float64,
    "best": pl.Float64,
    "score": pl.Float64,
    "scale_zh": pl.String,
    "scale_en": pl.String,
    "treatment_zh": pl.String,
    "treatment_en": pl.String,
}

WINDOW = re.compile(r"\bOVER\s*\(", re.IGNORECASE)
"""Where an SQL formula looks beyond its own row."""
QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|'[^']*'")


def windowed(formula: str) -> bool:
    """Return whether a formula looks at other years or units.

    Examples
    --------
    >>> windowed("gdp / LAG(gdp) OVER (PARTITION BY unit ORDER BY period) - 1"), windowed("gdp / pop")
    (True, False)
    """
    return WINDOW.search(QUOTED.sub("", formula)) is not None


def filled_in(formula: str, values: Mapping[str, float]) -> str:
    """Return a formula with numbers in the place of its series.

    Examples
    --------
    >>> filled_in("generation / labour * 10", {"generation": 2411.6, "labour": 5.24})
    '2411.6 / 5.24 * 10'
    """
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    pattern = re.compile(rf"[\"`]({names})[\"`]|(?<![\w\"`'])({names})(?![\w\"`'])(?!\s*\()")
    return pattern.sub(lambda found: _operand(values[found[1] or found[2]]), formula) if values else formula


def formula_of(index: Index, indicator: Indicator) -> str:
    """Return the formula an indicator was evaluated by, divided by its denominator where the recipe says so."""
    if index.fitted.recipe.denominate and indicator.denominator:
        return f"({indicator.formula}) / ({indicator.denominator})"
    return indicator.formula


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """An indicator of one unit in one year, and the part of the scale it is laid on."""

    index: Index
    t: int
    n: int
    indicator: Indicator

    @property
    def value(self) -> float:
        """The value that was scored: filled and treated."""
        return float(self.index.panel.values[self.t, self.n, self.indicator.at])

    @property
    def score(self) -> float:
        """The score."""
        return float(self.index.normalised[self.t, self.n, self.indicator.at])

    @property
    def part(self) -> tuple[Part, int]:
        """The scaling the indicator belongs to, and its column there."""
        k = self.indicator.at
        for part in self.index.fitted.scale.parts:
            columns = np.arange(len(self.index.framework.indicators))[part.columns]
            if k in columns:
                return part, int(np.flatnonzero(columns == k)[0])
        raise KeyError(self.indicator.id)


def indicator_row(index: Index, panel: Panel, t: int, n: int, indicator: Indicator) -> dict[str, Any]:
    """Return how an indicator of a unit in a year was computed and scored, by the columns of `SCHEMA`.

    Parameters
    ----------
    index
        The index.
    panel
        Raw series of the same units and years.
    t, n
        Positions of year and unit in both.
    indicator
        The indicator.
    """
    one, formula = _Scored(index, t, n, indicator), formula_of(index, indicator)
    value = float(evaluate(panel, formula, name=indicator.id, where=indicator.where)[t, n])
    given = {name: float(panel.values[t, n, panel.index(name)]) for name in names_in(formula)}
    complete = not windowed(formula) and not any(np.isnan(v) for v in given.values())
    scale, treatment, ends = _scale(one), _treatment(one, value), _ends(one)
    row: dict[str, Any] = {
        "indicator": indicator.id,
        "title_zh": indicator.title.zh,
        "title_en": indicator.title.en,
        "unit_zh": indicator.unit.zh,
        "unit_en": indicator.unit.en,
        "direction": indicator.direction,
        "formula": formula,
        "filled_in": filled_in(formula, given) if complete else None,
        "value": _known(value),
        "treated": _known(one.value) if treatment else None,
        "status": Status(index.panel.status[t, n, indicator.at]).name.lower(),
        "normalise": one.part[0].how.method,
        "worst": ends and ends[0],
        "best": ends and ends[1],
        "score": _known(one.score),
    }
    for name, text in (("scale", scale), ("treatment", treatment)):
        row |= {f"{name}_zh": text and text.zh, f"{name}_en": text and text.en}
    return row


def _treatment(one: _Scored, value: float) -> Text | None:
    """Return what filling and treatment did to a value; None where they left it alone."""
    prepared, at = one.index.prepared, (one.t, one.n, one.indicator.at)
    if prepared.filled[at]:
        return say("trace.treatment.filled", value=_written(one.value))
    if not prepared.changed[at] or prepared.treatment is None:
        return None
    found, k = prepared.treatment.found, one.indicator.at
    g = 0 if len(found.low) == 1 else one.t
    held = float(np.clip(value, found.low[g, k], found.high[g, k]))
    said = [say("trace.treatment.held", old=_written(value), new=_written(held))] if held != value else []
    if found.transformation[g, k]:
        curve = [float(part[g, k]) for part in (found.factor, found.origin, found.addend, found.exponent)]
        said.append(say("trace.treatment.transformed", formula=_curve(*curve), new=_written(one.value)))
    return Text.join(said, "", " ")


def _curve(factor: float, origin: float, addend: float, exponent: float) -> str:
    """Return a transformation as a formula of x."""
    inner = "x" if origin == 0 else f"(x − {_written(origin)})"
    if abs(factor) != 1:
        inner = f"{_written(abs(factor))} × {inner}"
    inner = f"{'−' if factor < 0 else ''}{inner}" + ("" if addend == 0 else f" + {_written(addend)}")
    sign = "−" if factor < 0 else ""
    return (
        f"{sign}ln({inner})" if exponent == 0 else f"{sign}(({inner})^{_written(exponent)} − 1) / {_written(exponent)}"
    )


def _ends(one: _Scored) -> tuple[float, float] | None:
    """Return the values, in the indicator's own unit, of the worst and the best score of a scale between two ends."""
    part, k = one.part
    if part.how.method in _OTHER or part.measure.origin is None or _flat(part.measure, one.t, k):
        return None
    origin, divisor = _two(part.measure, one.t, one.n, k)
    return measured(origin, one.indicator.direction), measured(origin + divisor, one.indicator.direction)


_OTHER = ("zscore", "fraction_of_max", "vector", "sum", "linear_ratio", "base_index")
"""Methods whose two numbers are not the worst and the best value."""


def _scale(one: _Scored) -> Text | None:
    """Return how the score comes from the value, in words and numbers."""
    if np.isnan(one.score):
        return None
    part, k = one.part
    how, measure = part.how, part.measure
    words = {"score": _written(one.score), "method": say(f"choice.{how.method}")}
    if _flat(measure, one.t, k):
        return say("trace.scale.flat", **words)
    if measure.sample is not None:
        return say("trace.scale.position", size=_size(measure, one.t, k), value=_written(one.value), **words)
    value, ends = one.value, _ends(one)
    if one.indicator.ideal is not None:
        value = measured(direct_one(value, one.indicator), one.indicator.direction)
        words["distance"] = _written(value)
    low, high = _stretch(one)
    origin, divisor = _two(measure, one.t, one.n, k)
    words |= {"start": _start(low, high - low), "value": _operand(value)}
    if ends is not None:
        found = say("trace.scale.between", worst=_operand(ends[0]), best=_operand(ends[1]), **words)
        if one.indicator.ideal is not None:
            found = Text.join([say("trace.scale.ideal", **words), found], "", " ")
        reached = low + (high - low) * (direct_one(one.value, one.indicator) - origin) / divisor
        clipped = how.outside == "clip" and not np.isclose(reached, one.score, rtol=1e-9, atol=1e-12)
        return Text.join([found, say("trace.scale.clipped")], "", " ") if clipped else found
    if how.method == "zscore":
        mean = _operand(measured(origin, one.indicator.direction))
        pair = (words["value"], mean) if one.indicator.direction == "benefit" else (mean, words["value"])
        return say("trace.scale.standard", first=pair[0], second=pair[1], mean=mean, sd=_written(divisor), **words)
    share = (one.score - low) / (high - low)
    return say("trace.scale.ratio", divisor=_written(abs(divisor)), share=_operand(share), **words)


def _start(low: float, span: float) -> str:
    """Return what stands before the share of the way from the worst score to the best."""
    times = "" if span == 1 else f"{_operand(span)} × "
    return times if low == 0 else f"{_operand(low)} + {times}"


def _stretch(one: _Scored) -> tuple[float, float]:
    """Return the scores of 0 and of 1."""
    how = one.part[0].how
    if how.method == "zscore":
        return how.mean, how.mean + how.sd
    return (0.0, 100.0) if how.method == "base_index" else how.range


def _two(measure: Measure, t: int, n: int, k: int) -> tuple[float, float]:
    """Return origin and divisor of one cell."""

    def at(array: NDArray[np.float64] | None) -> float:
        if array is None:
            return 0.0
        own = array[0 if len(array) == 1 else t]
        return float(own[0 if len(own) == 1 else n, k])

    return at(measure.origin), at(measure.divisor)


def _flat(measure: Measure, t: int, k: int) -> bool:
    """Return whether nothing varies."""
    return measure.flat is not None and bool(measure.flat[0 if len(measure.flat) == 1 else t, k])


def _size(measure: Measure, t: int, k: int) -> int:
    """Return how many values a position is among."""
    assert measure.sample is not None
    return int((~np.isnan(measure.sample[0 if len(measure.sample) == 1 else t, :, k])).sum())


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _written(value: float) -> str:
    """Return a number with up to eight significant digits, and no more than it has."""
    return f"{value:.8g}".replace("-", "−")


def _operand(value: float) -> str:
    """Return a number as it stands in a formula: a negative one in brackets."""
    return f"({_written(value)})" if value < 0 else _written(value)
