"""What a scenario run needs: where units start, what goes on, which parameters, and what the levers aim at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, SpecError, Where, hint
from nqpf.productivity.scenario.draws import Course, Years, course, parameter_draws
from nqpf.productivity.scenario.history import History
from nqpf.productivity.scenario.parameters import Parameter, parameters
from nqpf.productivity.scenario.project import Aim, Plan, Rates, Start
from nqpf.productivity.scenario.spec import Amount, ScenarioSpec

Floats = NDArray[np.float64]
CELLS = 4_000_000
"""Cells of draws × years × units that are worked on at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What a run needs: the past, how it goes on, parameters and their draws, drawn years, plans of all units."""

    past: History
    spec: ScenarioSpec
    known: Mapping[str, Parameter]
    drawn: Mapping[str, Floats]
    years: Years
    plan: Plan
    growth: Floats

    @classmethod
    def of(cls, past: History, spec: ScenarioSpec, rng: np.random.Generator) -> Setup:
        """Return the setup of a run from a past.

        Raises
        ------
        DataError, MethodError, SpecError
            Years, units or numbers that will not do.
        """
        horizon = spec.target - past.last
        if horizon < 1:
            raise SpecError("scenario_target", where=Where(key="target"), target=spec.target, last=past.last)
        known = parameters(past, spec)
        drawn = parameter_draws(known, spec.draws, rng)
        growth_years = len(past.output) - 2
        used = growth_years if spec.history is None else min(spec.history, growth_years)
        years = Years.of(used, horizon, spec.block, spec.draws, rng)
        growth = _amount(spec.labour_growth, past.units, "labour_growth")
        made = cls(past, spec, known, drawn, years, _plan(past, spec), growth)
        made.refuse()
        return made

    @property
    def horizon(self) -> int:
        """Return the number of years ahead."""
        return self.spec.target - self.past.last

    def central(self) -> Setup:
        """Return the setup without draws: its only row is the central one."""
        drawn = {name: values[:1] for name, values in self.drawn.items()}
        years = Years.none(self.years.counts.shape[1], self.horizon)
        return replace(self, drawn=drawn, years=years)

    def portions(self) -> list[slice]:
        """Return the units in portions."""
        units = len(self.past.units)
        size = max(1, CELLS // (self.horizon * (1 + len(self.years.counts))))
        return [slice(at, min(at + size, units)) for at in range(0, units, size)]

    def parts(self, units: slice) -> tuple[Start, Course, Rates, Plan]:
        """Return what the projection of some units needs."""
        past = self.past.some(units)
        plan = _some(self.plan, units)
        goes = course(past, self.past, self.spec, self.drawn, self.years, self.growth[units])
        rates = self.rates()
        return _start(past, rates, self.spec.recent), goes, rates, plan

    def rates(self) -> Rates:
        """Return the parameters by draw."""

        def column(name: str) -> Floats:
            return self.drawn.get(name, np.zeros(1))[:, None]

        lost = [values for name, values in self.drawn.items() if name.startswith("depreciation")]
        return Rates(
            share=column("share"),
            depreciation=np.stack(lost, axis=-1)[:, None, :],
            per_year=column("education.per_year"),
            rd=column("rd.elasticity"),
            gap=column("allocation.gap"),
            energy=column("energy.elasticity"),
        )

    def refuse(self) -> None:
        """Raise a MethodError where investment is nothing or a lever leads where nothing can be."""
        whole = slice(0, len(self.past.units))
        start, goes, _, plan = self.central().parts(whole)
        base = start.invested[0]
        total = base.sum(axis=-1)
        low = (base <= 0).any(axis=-1)
        if low.any():
            n = int(low.argmax())
            raise MethodError(
                "scenario_no_investment", where=Where(unit=self.past.units[n] or None), value=float(base[n].min())
            )
        ends = {
            "investment": (total + plan.investment.above(total, total, 1.0), 1.0),
            "rd": (start.intensity + plan.rd.above(start.intensity, start.intensity, 1.0), 1.0),
        }
        if self.spec.levers.education:
            now = start.schooling + goes.schooling[0, -1]
            ends["education"] = (now + plan.education.above(start.schooling, now, 1.0), 100.0)
        for lever, (end, most) in ends.items():
            wrong = ~((end >= 0) & (end <= most))
            if lever in self.spec.levers.names and wrong.any():
                n = int(wrong.argmax())
                where = Where(unit=self.past.units[n] or None, key=f"levers.{lever}")
                raise MethodError("scenario_out_of_range", where=where, value=float(end[n]), most=most)


def _amount(amount: Amount | None, units: tuple[str, ...], key: str) -> Floats:
    """Return an amount by unit, NaN where none is given."""
    found = np.full(len(units), np.nan)
    if isinstance(amount, Mapping):
        for name, value in amount.items():
            if name not in units:
                raise DataError("unknown_unit", where=Where(key=key), unit=name, hint=hint(name, units))
            found[units.index(name)] = value
    elif amount is not None:
        found[:] = amount
    return found


def _plan(past: History, spec: ScenarioSpec) -> Plan:
    levers, units = spec.levers, past.units

    def aim(name: str) -> Aim:
        lever = getattr(levers, name)
        to, by = (getattr(lever, way, None) for way in ("to", "by"))
        return Aim(_amount(to, units, f"levers.{name}.to"), _amount(by, units, f"levers.{name}.by"))

    mix = levers.investment.mix if levers.investment else None
    falls = [levers.energy.fall, levers.energy.carbon_fall] if levers.energy else [None, None]
    logs = [None if fall is None else float(np.log1p(-fall)) for fall in falls]
    return Plan(
        rd=aim("rd"),
        education=aim("education"),
        investment=aim("investment"),
        faster=_amount(levers.rd.faster if levers.rd else None, units, "levers.rd.faster"),
        mix=np.array([mix[name] for name in spec.assets or {}]) if mix else None,
        closed=levers.allocation.closed if levers.allocation else 0.0,
        fall=logs[0],
        carbon_fall=logs[1],
        lag=spec.lag,
        rd_rate=spec.rd_depreciation,
    )


def _some(plan: Plan, units: slice) -> Plan:
    cut: dict[str, Any] = {name: Aim(aim.to[units], aim.by[units]) for name, aim in plan.aims.items()}
    return replace(plan, faster=plan.faster[units], **cut)


def _start(past: History, rates: Rates, recent: int) -> Start:
    """Return where the units are, and what share of output goes on being invested: the mean of the recent years."""
    output, none = past.output, np.zeros(len(past.units))
    years = min(recent, len(output) - 1)
    now, before = past.stocks[-years:], past.stocks[-years - 1 : -1]
    y = output[-years:, :, None]
    grown, kept = ((x / y).mean(axis=0) for x in (now - before, before))
    levels = {name: getattr(past, name) for name in ("schooling", "energy", "emissions", "rd_stock")}
    return Start(
        output=output[-1],
        labour=past.labour[-1],
        produced_with=past.capital[-2],
        stocks=past.stocks[-1],
        invested=grown + rates.depreciation * kept,
        intensity=none if past.rd is None else (past.rd[-years:] / output[-years:]).mean(axis=0),
        **{name: none if x is None else x[-1] for name, x in levels.items()},
    )
