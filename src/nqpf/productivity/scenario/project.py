"""The projection itself, on arrays of draws × units year by year: production, perpetual inventory, levers.

Solow (1956, doi:10.2307/1884513) with human capital: ln Y_t = ln A_t + α ln K_{t−1} + (1 − α)(ln L_t + ln h_t), where
K_{t−1} is the stock at the end of the year before, and K_t = (1 − δ) K_{t−1} + s_t Y_t. Levers move paths linearly from
where the baseline is to where they aim at; a lever that is not pulled has no effect at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.scenario.draws import Course

Floats = NDArray[np.float64]
LEVERS = ("rd", "education", "investment", "allocation", "energy")


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Where a lever goes: a level (`to`), or so much above the baseline (`by`), ``float64[N]``, NaN: no change."""

    to: Floats
    by: Floats

    def above(self, base: Floats, now: Floats, ramp: float) -> Floats:
        """Return how far above the baseline a path is that has gone `ramp` of its way.

        Parameters
        ----------
        base, now
            Where the path begins, and where the baseline is by now, ``float64[B, N]``.
        ramp
            Share of the way.
        """
        straight = base + ramp * (self.to - base) - now
        found: Floats = np.where(np.isnan(self.to), np.where(np.isnan(self.by), 0.0, ramp * self.by), straight)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the levers aim at, for N units.

    Attributes
    ----------
    rd, education, investment
        Aims of intensity, years of schooling, share of investment.
    faster
        ``float64[N]`` additional growth of the R&D stock a year, NaN: none.
    mix
        ``float64[G]`` shares of assets in investment; None: as they are.
    closed
        Share of the gap that is closed.
    fall, carbon_fall
        Logs of what is left of energy intensity and of emissions over energy after a year; None: their trend.
    lag, rd_rate
        Years after which R&D counts, and depreciation of its stock.
    """

    rd: Aim
    education: Aim
    investment: Aim
    faster: Floats
    mix: Floats | None
    closed: float
    fall: float | None
    carbon_fall: float | None
    lag: int
    rd_rate: float

    @property
    def aims(self) -> dict[str, Any]:
        """Return the aims by lever."""
        return {"rd": self.rd, "education": self.education, "investment": self.investment}


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where N units are in the last year of the past.

    Attributes
    ----------
    output, labour, schooling, energy, emissions, rd_stock, produced_with
        ``float64[N]``; the last one is the capital at the end of the year before; zero where not given.
    stocks
        ``float64[N, G]`` at the end of the last year.
    invested
        ``float64[B or 1, N, G]`` investment over output by asset that goes on.
    intensity
        ``float64[N]`` R&D spending over output that goes on.
    """

    output: Floats
    labour: Floats
    schooling: Floats
    energy: Floats
    emissions: Floats
    rd_stock: Floats
    produced_with: Floats
    stocks: Floats
    invested: Floats
    intensity: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Parameters by draw, ``float64[B, 1]``; `depreciation` is ``float64[B, 1, G]``."""

    share: Floats
    depreciation: Floats
    per_year: Floats
    rd: Floats
    gap: Floats
    energy: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Projected levels, ``float64[B, H, N]`` each.

    Attributes
    ----------
    output, labour, capital, energy, emissions
        Levels; capital at the end of the year.
    produced_with
        Capital at the end of the year before.
    tfp
        ln A since the last year of the past.
    skill
        ln h since then.
    """

    output: Floats
    labour: Floats
    capital: Floats
    energy: Floats
    emissions: Floats
    produced_with: Floats
    tfp: Floats
    skill: Floats


def project(start: Start, course: Course, rates: Rates, plan: Plan, mask: Floats) -> Paths:
    """Return projected paths.

    Parameters
    ----------
    start, course, rates, plan
        See there.
    mask
        ``float64[B or 1, 5]``: 1 where a lever is pulled, in the order of `LEVERS`.
    """
    horizon = course.tfp.shape[1]
    pull = _Pull.of(mask)
    size = np.broadcast_shapes((len(mask), 1), course.tfp[:, 0].shape, rates.share.shape)
    stocks = np.broadcast_to(start.stocks, (*size, start.stocks.shape[-1]))
    research = _Research(start, plan, size)
    ratio = np.divide(start.emissions, start.energy, out=np.zeros_like(start.energy), where=start.energy > 0)
    found = {name: np.empty((size[0], horizon, size[1])) for name in Paths.__dataclass_fields__}
    for t in range(horizon):
        ramp = (t + 1) / horizon
        now = _levers(t, ramp, start, course, rates, plan, pull, research)
        used = stocks.sum(axis=-1)
        labour, skill = course.labour[:, t], rates.per_year * now.schooling
        deepened = rates.share * (np.log(used) - np.log(start.produced_with))
        output = start.output * np.exp(now.tfp + deepened + (1 - rates.share) * (labour + skill))
        invested = start.invested
        if "investment" in pull.some:
            invested = invested + pull.on["investment"][:, :, None] * (_aimed(invested, plan, ramp) - invested)
        stocks = (1 - rates.depreciation) * stocks + invested * output[..., None]
        if "rd" in pull.some:
            research.add(output, ramp)
        energy = output * (start.energy / start.output) * np.exp(now.energy)
        year = {"output": output, "labour": start.labour * np.exp(labour), "capital": stocks.sum(axis=-1)}
        year |= {"energy": energy, "emissions": energy * ratio * np.exp(now.carbon), "produced_with": used}
        for name, values in (year | {"tfp": now.tfp, "skill": skill}).items():
            found[name][:, t] = values
    return Paths(**found)


@dataclass(frozen=True, slots=True, eq=False)
class _Pull:
    """Which levers are pulled: by name ``float64[B or 1, 1]``, and the names of those pulled in some row."""

    on: Mapping[str, Floats]
    some: frozenset[str]

    @classmethod
    def of(cls, mask: Floats) -> _Pull:
        on = {name: mask[:, [k]] for k, name in enumerate(LEVERS)}
        return cls(on, frozenset(name for name, x in on.items() if x.any()))


@dataclass(frozen=True, slots=True, eq=False)
class _Now:
    """What levers change by a year, on top of the baseline: changes since the last year of the past."""

    tfp: Floats
    schooling: Floats
    energy: Floats
    carbon: Floats


def _levers(
    t: int, ramp: float, start: Start, course: Course, rates: Rates, plan: Plan, pull: _Pull, research: _Research
) -> _Now:
    """Return what the levers make of year t, `ramp` of the way."""
    tfp, schooling = course.tfp[:, t], course.schooling[:, t]
    energy, carbon = course.energy[:, t], course.carbon[:, t]
    if "rd" in pull.some:
        tfp = tfp + pull.on["rd"] * rates.rd * research.effect(t)
    if "education" in pull.some:
        more = plan.education.above(start.schooling, start.schooling + schooling, ramp)
        schooling = schooling + pull.on["education"] * more
    if "allocation" in pull.some:
        tfp = tfp + pull.on["allocation"] * rates.gap * plan.closed * ramp
    if "energy" in pull.some:
        on, saved = pull.on["energy"], _instead(plan.fall, course.trends["energy"], t)
        tfp = tfp + on * rates.energy * saved
        energy = energy + on * saved
        carbon = carbon + on * _instead(plan.carbon_fall, course.trends["carbon"], t)
    return _Now(tfp, schooling, energy, carbon)


def _instead(fall: float | None, trend: Floats, t: int) -> Floats:
    """Return what a fall a year in place of the trend changes after t + 1 years, in logs."""
    found: Floats = np.zeros_like(trend) if fall is None else (t + 1) * (fall - trend)
    return found


def _aimed(invested: Floats, plan: Plan, ramp: float) -> Floats:
    """Return investment over output by asset with the lever pulled."""
    total = invested.sum(axis=-1)
    share = total + plan.investment.above(total, total, ramp)
    mix = invested / total[..., None]
    if plan.mix is not None:
        mix = mix + ramp * (plan.mix - mix)
    found: Floats = share[..., None] * mix
    return found


class _Research:
    """Stocks of R&D with the lever and without, fed by the same output."""

    def __init__(self, start: Start, plan: Plan, size: tuple[int, ...]) -> None:
        self._plan, self._intensity = plan, start.intensity
        self._with = self._without = np.broadcast_to(start.rd_stock, size)
        self._ahead: list[Floats] = []

    def effect(self, t: int) -> Floats:
        """Return by how much the stock that counts in year t is above the one without the lever, in logs."""
        years = t + 1 - self._plan.lag
        more: Floats = np.nan_to_num(self._plan.faster) * max(years, 0)
        return self._ahead[years - 1] + more if years > 0 else more

    def add(self, output: Floats, ramp: float) -> None:
        """Add a year's spending."""
        kept, base = 1 - self._plan.rd_rate, self._intensity
        self._without = kept * self._without + base * output
        self._with = kept * self._with + (base + self._plan.rd.above(base, base, ramp)) * output
        self._ahead.append(np.log(self._with / self._without))
