"""Parameters of scenarios: estimated from the panel with their intervals, or given with what they rest on.

Elasticity of TFP with respect to the stock of R&D: `nqpf.productivity.scenario.rd_elasticity`. Share of capital:
`nqpf.productivity.share`. Gap of allocation: `misallocation` between units, mean and range of the recent years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.productivity.firms.misallocation import misallocation
from nqpf.productivity.scenario.history import History
from nqpf.productivity.scenario.rd_elasticity import Estimate, rd_elasticity
from nqpf.productivity.scenario.spec import Given, ScenarioSpec
from nqpf.productivity.share import capital_elasticity

Floats = NDArray[np.float64]
FEWEST = 5
"""Fewest units that an elasticity is estimated from."""
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter.

    Attributes
    ----------
    name
        ``share``, ``depreciation.<asset>``, or lever and parameter, such as ``rd.elasticity``.
    value, low, high
        Central value; the ends that were given, or of the 95 % interval (or range) of the estimate.
    source
        ``estimated`` or ``given``.
    evidence
        What a given one rests on; of an estimate the id of its method.
    se, freedom
        Standard error and degrees of freedom of an estimate; None: low and high are the ends of a triangle.
    between
        Estimates that err in opposite directions, each of which half of the draws are taken from.
    """

    name: str
    value: float
    low: float
    high: float
    source: str
    evidence: str
    se: float | None = None
    freedom: int = 0
    between: tuple[Parameter, ...] = ()

    @classmethod
    def given(cls, name: str, spec: Given) -> Parameter:
        """Return a parameter that is given."""
        return cls(name, spec.central, *spec.ends, "given", spec.evidence.strip())

    @property
    def may_be_nothing(self) -> bool:
        """Return whether its interval holds zero."""
        return self.low <= 0 <= self.high

    def drawn(self, draws: int, rng: np.random.Generator) -> Floats:
        """Return the central value and then as many draws, ``float64[1 + draws]``."""
        if self.between:
            each = np.array([one.drawn(draws, rng)[1:] for one in self.between])
            found = each[np.arange(draws) % len(each), np.arange(draws)]
        elif self.se is not None:
            found = self.value + self.se * rng.standard_t(self.freedom, draws)
        elif self.high > self.low:
            found = rng.triangular(self.low, self.value, self.high, draws)
        else:
            found = np.full(draws, self.value)
        return np.concatenate([[self.value], found])


def parameters(past: History, spec: ScenarioSpec) -> dict[str, Parameter]:
    """Return the parameters that a scenario needs, by name."""
    found = [_share(past, spec), *_depreciation(spec)]
    levers = spec.levers
    if levers.education:
        found.append(Parameter.given("education.per_year", levers.education.per_year))
    if levers.energy and levers.energy.elasticity:
        found.append(Parameter.given("energy.elasticity", levers.energy.elasticity))
    known = {one.name: one for one in found}
    if levers.rd:
        name, asked = "rd.elasticity", levers.rd.elasticity
        known |= {name: Parameter.given(name, asked)} if isinstance(asked, Given) else _rd(past, spec, known)
    if levers.allocation:
        name, asked = "allocation.gap", levers.allocation.gap
        known[name] = Parameter.given(name, asked) if isinstance(asked, Given) else _gap(past, spec, known)
    return known


def _share(past: History, spec: ScenarioSpec) -> Parameter:
    if isinstance(spec.share, Given):
        if not all(0 < end < 1 for end in spec.share.ends):
            raise MethodError("growth_share", where=Where(key="share"), value=spec.share.central)
        return Parameter.given("share", spec.share)
    _enough(past, "share")
    found = capital_elasticity(past.output[1:], past.capital[:-1], past.labour[1:])
    if not (0 < found.value < 1 and np.isfinite(found.se)):
        raise MethodError("scenario_share_estimate", value=found.value)
    ends = max(found.low, 0.0), min(found.high, 1.0)
    return Parameter(
        "share", found.value, *ends, "estimated", "productivity.capital_elasticity", found.se, found.units - 1
    )


def _depreciation(spec: ScenarioSpec) -> list[Parameter]:
    if spec.depreciation is not None:
        found = [Parameter.given("depreciation", spec.depreciation)]
    else:
        assets = (spec.assets or {}).items()
        found = [Parameter.given(f"depreciation.{name}", asset.depreciation) for name, asset in assets]
    for one in found:
        if not 0 <= one.low <= one.high < 1:
            raise MethodError("depreciation_no_share", where=Where(key=one.name), value=one.value)
    return found


def log_tfp(past: History, share: float, per_year: float) -> Floats:
    """Return ln A of every year but the first, ``float64[T − 1, N]``: stocks produce the year after."""
    capital, labour = np.log(past.capital[:-1]), np.log(past.labour[1:])
    skill = 0.0 if past.schooling is None else per_year * past.schooling[1:]
    found: Floats = np.log(past.output[1:]) - share * capital - (1 - share) * (labour + skill)
    return found


def _enough(past: History, key: str) -> None:
    if len(past.units) < FEWEST:
        raise MethodError("scenario_few_units", where=Where(key=key), units=len(past.units), least=FEWEST)


def _rd(past: History, spec: ScenarioSpec, known: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return the elasticity with respect to R&D, and the two estimates it lies between."""
    _enough(past, "levers.rd.elasticity")
    schooling = known.get("education.per_year")
    tfp = log_tfp(past, known["share"].value, schooling.value if schooling else 0.0)
    rd, stock = past.needed("rd"), past.needed("rd_stock")
    both = rd_elasticity(tfp, past.output, rd, stock, spec.rd_depreciation, spec.lag)
    name = "rd.elasticity"
    parts = tuple(_estimate(f"{name}.{word}", one) for word, one in both.items())
    if not all(np.isfinite([one.value for one in parts])):
        raise MethodError("scenario_rd_estimate", where=Where(key="levers.rd.elasticity"))
    ends = min(one.low for one in parts), max(one.high for one in parts)
    middle = float(np.mean([one.value for one in parts]))
    whole = Parameter(name, middle, *ends, "estimated", "scenario.rd_elasticity", between=parts)
    return {one.name: one for one in (whole, *parts)}


def _estimate(name: str, one: Estimate) -> Parameter:
    low, high = one.interval(LEVEL)
    return Parameter(name, one.value, low, high, "estimated", "scenario.rd_elasticity", one.se, one.freedom)


def _gap(past: History, spec: ScenarioSpec, known: dict[str, Parameter]) -> Parameter:
    years, units = past.output.shape
    if units < 2:
        raise MethodError("scenario_few_units", where=Where(key="levers.allocation.gap"), units=units, least=2)
    values = {"y": past.output[1:], "k": past.capital[:-1], "l": past.labour[1:]}
    keys = {"unit": [*past.units] * (years - 1), "year": np.repeat(np.arange(past.first + 1, past.last + 1), units)}
    frame = pl.DataFrame({**keys, **{name: v.ravel() for name, v in values.items()}})
    share = known["share"].value
    made = misallocation(frame, "y", "k", "l", unit="unit", time="year", method="aggregate", share=share)
    gains = made.total.sort("time")["log_gain"].tail(spec.recent).to_numpy()
    how = "misallocation.aggregate"
    return Parameter("allocation.gap", float(gains.mean()), float(gains.min()), float(gains.max()), "estimated", how)


def parameter_rows(known: dict[str, Parameter]) -> list[dict[str, Any]]:
    """Return a row for each parameter."""
    keys = ("value", "low", "high", "source", "evidence")
    return [{"name": one.name, "unit": None} | {key: getattr(one, key) for key in keys} for one in known.values()]
