"""Limits and goals that are given: two numbers an indicator, turned as its values are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from nqpf.errors import MethodError, SpecError, hint, listing
from nqpf.index.normalise.direct import IDEAL, Directed, direct_one
from nqpf.index.normalise.sample import Floats, Sample
from nqpf.index.options.normalise import EVERY, Normalise, Scaling

Value = TypeVar("Value")


def check_names(how: Normalise, indicators: list[str]) -> None:
    """Refuse limits, goals and overrides of indicators there are not."""
    named = {"limits": how.limits, "goals": how.goals, "each": how.each}
    for one in how.each.values():
        named["limits"] = {**named["limits"], **one.limits}
        named["goals"] = {**named["goals"], **one.goals}
    for key, names in named.items():
        for name in names:
            if name not in indicators and not (name == EVERY and key != "each"):
                near = hint(name, indicators)
                raise SpecError(
                    "unknown_in_normalise", key=key, indicator=name, options=listing(indicators, 40), hint=near
                )


def limits(sample: Sample, how: Scaling) -> tuple[Floats, Floats]:
    """Return the lower and upper limit of every indicator in directed units, ``float64[1, K]`` each.

    A target's or interval's upper limit is its ideal; its lower one the worse of the two ends.
    """
    found = []
    for k, indicator in enumerate(sample.ground.indicators):
        pair, directed = _of(how.limits, indicator), how.stated == "directed"
        if pair is None and how.method == "goalposts":
            pair, directed = indicator.goalposts, False  # the framework's are always in the indicator's unit
        if pair is None:
            raise SpecError("limits_missing", indicator=indicator.id, method=how.method)
        low, high = pair if directed else _turned(pair, indicator)
        if not low < high:
            values = {"low": pair[0], "high": pair[1]}
            raise MethodError("limits_without_room", where=sample.place(0, k), **values)
        found.append((low, high))
    low, high = np.array(found).T[:, None, :]
    return low, high


def goals(sample: Sample, how: Scaling) -> Floats:
    """Return the value to be reached of every indicator in directed units, ``float64[1, K]``."""
    found = []
    for indicator in sample.ground.indicators:
        goal = _of(how.goals, indicator)
        if goal is None and indicator.direction in IDEAL:
            found.append(0.0)  # the ideal itself
            continue
        directed = how.stated == "directed" and goal is not None
        goal = indicator.goal if goal is None else goal  # the framework's is always in the indicator's unit
        if goal is None:
            raise SpecError("goal_missing", indicator=indicator.id)
        found.append(goal if directed else direct_one(goal, indicator))
    return np.array([found])


def moments(sample: Sample, how: Scaling) -> tuple[Floats, Floats]:
    """Return the given mean and standard deviation of every indicator, ``float64[1, K]`` each."""
    found = []
    for k, indicator in enumerate(sample.ground.indicators):
        pair = _of(how.limits, indicator)
        if pair is None:
            raise SpecError("limits_missing", indicator=indicator.id, method=how.method)
        if how.stated == "measured" and indicator.direction in IDEAL:
            raise MethodError("moments_of_ideal", where=sample.place(0, k))
        found.append((pair[0] if how.stated == "directed" else direct_one(pair[0], indicator), pair[1]))
    mean, sd = np.array(found).T[:, None, :]
    return mean, sd


def _of(given: Mapping[str, Value], indicator: Directed) -> Value | None:
    return given.get(indicator.id, given.get(EVERY))


def _turned(pair: tuple[float, float], indicator: Directed) -> tuple[float, float]:
    ends = sorted(direct_one(value, indicator) for value in pair)
    return ends[0], 0.0 if indicator.direction in IDEAL else ends[1]
