"""A scenario run: what comes out of a setup as quantiles, unit by unit and together.

Units are taken in portions, so that a few thousand need no more memory than a few dozen; draws are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.scenario.history import History
from nqpf.productivity.scenario.parameters import LEVEL
from nqpf.productivity.scenario.project import LEVERS, Paths, Rates, Start, project
from nqpf.productivity.scenario.setup import Setup

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
MEASURES = ("output", "tfp", "productivity", "capital", "energy", "emissions")


def masks(levers: tuple[str, ...]) -> dict[str, Floats]:
    """Return which levers are pulled in each scenario, ``float64[1, 5]`` each."""
    alone = {name: np.array([[float(one == name) for one in LEVERS]]) for name in levers}
    both = np.array([[float(one in levers) for one in LEVERS]])
    return {"baseline": np.zeros((1, len(LEVERS)))} | alone | {"all": both}


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums over units ``float64[B, H]``, from which all units together are put together."""

    output: Floats
    labour: Floats
    effective: Floats
    capital: Floats
    produced_with: Floats
    energy: Floats
    emissions: Floats

    @classmethod
    def of(cls, start: Start, paths: Paths, rates: Rates) -> Sums:
        """Return the sums of some units."""
        skilled = paths.labour * np.exp(paths.skill + (rates.per_year * start.schooling)[:, None, :])
        kept = (paths.output, paths.labour, skilled, paths.capital, paths.produced_with, paths.energy, paths.emissions)
        return cls(*(x.sum(axis=-1) for x in kept))

    def plus(self, other: Sums) -> Sums:
        """Return the sums of both."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def base_sums(past: History, rates: Rates) -> Sums:
    """Return the sums of the last year of the past, ``float64[B or 1, 1]``."""
    schooling = np.zeros(len(past.units)) if past.schooling is None else past.schooling[-1]
    effective = (past.labour[-1] * np.exp(rates.per_year * schooling)).sum(axis=-1, keepdims=True)

    def last(x: Floats | None, back: int = 1) -> Floats:
        return np.zeros((1, 1)) if x is None else x[-back].sum(keepdims=True)[None]

    capital = past.capital
    return Sums(
        last(past.output), last(past.labour), effective, last(capital), last(capital, 2),
        last(past.energy), last(past.emissions),
    )  # fmt: skip


def unit_measures(paths: Paths) -> dict[str, Floats]:
    """Return the measures of units ``float64[B, H, N]``; TFP is 1 in the last year of the past."""
    return {
        "output": paths.output,
        "tfp": np.exp(paths.tfp),
        "productivity": paths.output / paths.labour,
        "capital": paths.capital,
        "energy": paths.energy,
        "emissions": paths.emissions,
    }


def total_measures(sums: Sums, base: Sums, share: Floats) -> dict[str, Floats]:
    """Return the measures of all units together ``float64[B, H, 1]``; TFP is that of sums of output and of factors."""
    deepened = share * np.log(sums.produced_with / base.produced_with)
    worked = (1 - share) * np.log(sums.effective / base.effective)
    found = {
        "output": sums.output,
        "tfp": sums.output / base.output / np.exp(deepened + worked),
        "productivity": sums.output / sums.labour,
        "capital": sums.capital,
        "energy": sums.energy,
        "emissions": sums.emissions,
    }
    return {name: x[:, :, None] for name, x in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """What came out.

    Attributes
    ----------
    units
        Names, all together last where there are several units.
    levels
        By scenario and measure ``float64[8, H, M]``: central path, then the quantiles.
    effects
        By scenario (but the baseline) and measure ``float64[4, M]``: log difference to the baseline in the target year,
        central and its 5 % and 95 % quantile, and the share of draws above zero.
    trends
        By name ``float64[3, N]``: mean growth a year, central and the ends of its 95 % interval.
    """

    units: tuple[str, ...]
    levels: Mapping[tuple[str, str], Floats]
    effects: Mapping[tuple[str, str], Floats]
    trends: Mapping[str, Floats]


def run(setup: Setup, together: str) -> Fan:
    """Return quantiles of every scenario and measure.

    Parameters
    ----------
    setup
        The run.
    together
        Name of all units together.
    """
    asked = masks(setup.spec.levers.names)
    measured = [name for name in MEASURES if _given(setup.past, name)]
    levels: dict[tuple[str, str], list[Floats]] = {(s, m): [] for s in asked for m in measured}
    effects: dict[tuple[str, str], list[Floats]] = {(s, m): [] for s in asked if s != "baseline" for m in measured}
    trends: list[Mapping[str, Floats]] = []
    sums: dict[str, Sums] = {}

    def keep(scenario: str, found: Mapping[str, Floats], baseline: Mapping[str, Floats]) -> None:
        for name in measured:
            levels[scenario, name].append(_quantiles(found[name]))
            if scenario != "baseline":
                effects[scenario, name].append(_effects(found[name][:, -1], baseline[name][:, -1]))

    for units in setup.portions():
        start, goes, rates, plan = setup.parts(units)
        baseline: Mapping[str, Floats] = {}
        for scenario, mask in asked.items():
            paths = project(start, goes, rates, plan, mask)
            found = unit_measures(paths)
            baseline = baseline or found
            keep(scenario, found, baseline)
            own = Sums.of(start, paths, rates)
            sums[scenario] = sums[scenario].plus(own) if scenario in sums else own
        trends.append({name: _trend(x) for name, x in goes.trends.items()})
    names = setup.past.units
    if len(names) > 1:
        rates, names = setup.rates(), (*names, together)
        base = base_sums(setup.past, rates)
        baseline = total_measures(sums["baseline"], base, rates.share)
        for scenario in asked:
            keep(scenario, total_measures(sums[scenario], base, rates.share), baseline)
    return Fan(
        names,
        {key: np.concatenate(parts, axis=-1) for key, parts in levels.items()},
        {key: np.concatenate(parts, axis=-1) for key, parts in effects.items()},
        {name: np.concatenate([part[name] for part in trends], axis=-1) for name in trends[0]},
    )


def _given(past: History, measure: str) -> bool:
    return measure not in ("energy", "emissions") or getattr(past, measure) is not None


def _quantiles(found: Floats) -> Floats:
    """Return the central path and the quantiles of the draws, ``float64[8, H, M]``."""
    drawn = np.sort(np.moveaxis(found[1:], 0, -1), axis=-1)
    places = np.array(QUANTILES) * (drawn.shape[-1] - 1)
    low = places.astype(int)
    part = places - low
    ends = drawn[..., low], drawn[..., np.minimum(low + 1, drawn.shape[-1] - 1)]
    between = ends[0] + part * (ends[1] - ends[0])
    return np.concatenate([found[:1], np.moveaxis(between, -1, 0)])


def _effects(found: Floats, baseline: Floats) -> Floats:
    more = np.log(found / baseline)
    ends = np.quantile(more[1:], [0.05, 0.95], axis=0)
    above = (more[1:] > 1e-12).mean(axis=0, keepdims=True)
    return np.concatenate([more[:1], ends, above])


def _trend(x: Floats) -> Floats:
    drawn = np.broadcast_to(x[1:], (max(len(x) - 1, 1), x.shape[1]))
    ends = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return np.concatenate([x[:1], ends])
