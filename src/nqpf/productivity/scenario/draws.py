"""How the past goes on in each draw: trends from years drawn anew, and the shocks of drawn years on top.

Years are drawn in blocks and all units of a year stay together (Politis and Romano 1994,
doi:10.1080/01621459.1994.10476870), once for the mean growth of each draw, which makes up for few blocks as the shares
of TFP do, and once for the years to come. The first row is the central one: mean growth, no shocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.growth.blocks import block_counts, block_years, usual_length
from nqpf.productivity.growth.tfp_share import small_sample
from nqpf.productivity.scenario.history import History
from nqpf.productivity.scenario.parameters import LEVEL, Parameter
from nqpf.productivity.scenario.spec import ScenarioSpec

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Years:
    """Years drawn for D draws: how often each of n counts in the mean, and which follow each other over H years.

    Attributes
    ----------
    counts
        ``float64[D, n]``.
    ahead
        ``int[D, H]``.
    spread, lift
        By how much drawn means are spread out, and shocks enlarged: deviations from a mean of n years, in blocks of l
        on end, vary too little by l/n.
    """

    counts: Floats
    ahead: Integers
    spread: float
    lift: float

    @classmethod
    def none(cls, years: int, horizon: int) -> Years:
        """Return no draws: what goes on is the central course."""
        return cls(np.zeros((0, years)), np.zeros((0, horizon), dtype=np.intp), 1.0, 1.0)

    @classmethod
    def of(cls, years: int, horizon: int, block: int | None, draws: int, rng: np.random.Generator) -> Years:
        """Return draws from so many years of growth."""
        length = min(block or usual_length(years), years // 2)
        counts = block_counts(years, draws, length, "stationary", rng)
        ahead = block_years(years, draws, length, "stationary", rng, horizon)
        spread = float(small_sample(np.array([years]), length, LEVEL)[0])
        return cls(counts, ahead, spread, 1 / np.sqrt(1 - length / years))


@dataclass(frozen=True, slots=True, eq=False)
class Going:
    """A series of changes that goes on: means ``float64[1 + D, 1, N]`` and shocks ``float64[1 + D, H, N]``."""

    mean: Floats
    shock: Floats

    @classmethod
    def of(cls, changes: Floats, years: Years) -> Going:
        """Return how changes ``float64[n, N]`` go on."""
        n = len(changes)
        mean = changes.mean(axis=0)
        drawn = mean + years.spread * (years.counts @ changes / n - mean)
        shock = ((changes - mean) * years.lift)[years.ahead]
        return cls(
            np.concatenate([mean[None], drawn])[:, None, :],
            np.concatenate([np.zeros((1, *shock.shape[1:])), shock]),
        )

    def path(self) -> Floats:
        """Return changes added up, ``float64[1 + D, H, N]``."""
        found: Floats = np.cumsum(self.mean + self.shock, axis=1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What goes on without any lever, by draw (the first one central), year and unit.

    Attributes
    ----------
    tfp, labour, schooling, energy, carbon
        ``float64[1 + D, H, N]`` changes since the last year of the past: of ln A, ln L, years of schooling, ln energy
        over output, ln emissions over energy; zero where not given.
    trends
        Their means a year by name, ``float64[1 + D, N]`` each.
    """

    tfp: Floats
    labour: Floats
    schooling: Floats
    energy: Floats
    carbon: Floats
    trends: Mapping[str, Floats]


def course(
    past: History,
    whole: History,
    spec: ScenarioSpec,
    drawn: Mapping[str, Floats],
    years: Years,
    growth: Floats,
) -> Course:
    """Return the course of a baseline.

    Parameters
    ----------
    past, whole, spec
        The past of some units and of all, and how it goes on.
    drawn
        Parameters by name, ``float64[1 + D]``.
    years
        Drawn years.
    growth
        ``float64[N]`` growth of labour that is given, NaN where its trend goes on.
    """
    going = {name: Going.of(x, years) for name, x in _changes(past, years).items()}
    share = drawn["share"][:, None, None]
    skill = drawn.get("education.per_year", np.zeros(1))[:, None, None]
    parts: dict[str, Floats] = {"output": np.ones(1), "capital": -share, "labour": share - 1}
    parts["schooling"] = (share - 1) * skill
    means = {name: going[name].mean for name in parts}
    if spec.trend == "pooled":
        pooled = {name: x.mean(axis=1, keepdims=True) for name, x in _changes(whole, years).items()}
        means = {name: Going.of(pooled[name], years).mean + 0 * going[name].mean for name in parts}
    tfp = Going(
        sum((weight * means[name] for name, weight in parts.items()), np.zeros(1)),
        sum((weight * going[name].shock for name, weight in parts.items()), np.zeros(1)),
    )
    given, labour = ~np.isnan(growth), going["labour"]
    held = Going(np.where(given, growth, labour.mean), np.where(given, 0.0, labour.shock))
    goes = {"tfp": tfp, "labour": held} | {name: going[name] for name in ("schooling", "energy", "carbon")}
    return Course(
        **{name: one.path() for name, one in goes.items()}, trends={name: one.mean[:, 0] for name, one in goes.items()}
    )


def _changes(past: History, years: Years) -> dict[str, Floats]:
    """Return the last n yearly changes ``float64[n, N]``, none to the second year; zero for what is not given."""
    n = years.counts.shape[1]
    none = np.zeros_like(past.output)
    energy = none if past.energy is None else np.log(past.energy / past.output)
    carbon = none if past.emissions is None else np.log(past.emissions / past.needed("energy"))
    levels = {
        "output": np.log(past.output),
        "labour": np.log(past.labour),
        "schooling": none if past.schooling is None else past.schooling,
        "energy": energy,
        "carbon": carbon,
    }
    found = {name: np.diff(x, axis=0)[1:][-n:] for name, x in levels.items()}
    return found | {"capital": np.diff(np.log(past.capital), axis=0)[:-1][-n:]}


def parameter_draws(known: Mapping[str, Parameter], draws: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Return draws of each parameter by name; shares of capital stay between 0 and 1."""
    found = {name: one.drawn(draws, rng) for name, one in known.items()}
    found["share"] = np.clip(found["share"], 0.01, 0.99)
    return found
