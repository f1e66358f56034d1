"""Measures of efficiency by name: what each asks of the data and how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from nqpf.productivity.frontier.additive import additive, bam, ram, super_additive
from nqpf.productivity.frontier.admit import Needs, Sign
from nqpf.productivity.frontier.by_production import by_production
from nqpf.productivity.frontier.directional import directional, radial
from nqpf.productivity.frontier.directions import OBSERVED
from nqpf.productivity.frontier.hyperbolic import hyperbolic
from nqpf.productivity.frontier.measure import Measure, Orientation
from nqpf.productivity.frontier.nonradial import nonradial
from nqpf.productivity.frontier.russell import russell
from nqpf.productivity.frontier.slacks_based import sbm, super_sbm
from nqpf.productivity.frontier.technology import Technology


@dataclass(frozen=True, slots=True)
class Model:
    """A measure as `dea` offers it.

    Attributes
    ----------
    score
        Computes it.
    needs
        Returns what it asks of the data, given technology, orientation and word of direction.
    orientations
        Orientations there are, the default first.
    directed
        Whether it takes a direction.
    second_stage
        Whether it leaves slacks that can be sought in a second stage.
    free
        Whether it is there for the free disposal hull too.
    variable
        Whether it is there under variable returns only.
    weighed
        Whether weights enter its score, the slacks of its second stage only, or nothing.
    """

    score: Measure
    needs: Callable[[Technology, Orientation, str], Needs]
    orientations: tuple[Orientation, ...] = ("both",)
    directed: bool = False
    second_stage: bool = False
    free: bool = False
    variable: bool = False
    weighed: Literal["score", "slacks", "nothing"] = "score"


def held(technology: Technology) -> Sign:
    """Return the sign of quantities that a model only holds: any under variable returns, unless outputs are abated."""
    scaled = technology.rts != "vrs" or technology.disposability in ("kuosmanen", "abatement")
    return "nonnegative" if scaled else "any"


def _radial(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    sign = held(technology)
    if orientation == "input":
        return Needs("nonnegative", sign, sign, "x" if technology.rts in ("vrs", "irs") else "xy")
    return Needs(sign, "nonnegative", sign, "y" if technology.rts in ("vrs", "drs") else "xy")


def _directional(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    sign = held(technology)
    if direction == "translation":
        return Needs(sign, "nonnegative", sign, "y")
    if direction not in OBSERVED:
        return Needs(sign, sign, sign)
    x, y, b = ("nonnegative" if factor else sign for factor in OBSERVED[direction])
    return Needs(x, y, b, "x" if direction == "inputs" else "y")


def _hyperbolic(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    return Needs("nonnegative", "nonnegative", "nonnegative", "xy")


def _slacks_based(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    """Ask for numbers above zero where a slack is divided by them."""
    sign = held(technology)
    outputs: Sign = sign if orientation == "input" else "positive"
    return Needs(sign if orientation == "output" else "positive", outputs, outputs)


def _slacks_based_zeros(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    return Needs("nonnegative", "nonnegative", "nonnegative", "y" if orientation == "output" else "x")


def _additive(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    sign = held(technology)
    return Needs(sign, sign, sign)


def _by_production(technology: Technology, orientation: Orientation, direction: str) -> Needs:
    return Needs(held(technology), "nonnegative", "nonnegative", "y")


ALL: tuple[Orientation, ...] = ("both", "input", "output")

MEASURES: Mapping[str, Model] = {
    "radial": Model(radial, _radial, ("input", "output"), second_stage=True, free=True, weighed="slacks"),
    "directional": Model(directional, _directional, directed=True, second_stage=True, free=True, weighed="slacks"),
    "hyperbolic": Model(hyperbolic, _hyperbolic, second_stage=True, free=True, weighed="slacks"),
    "sbm": Model(sbm, _slacks_based, ALL, second_stage=True),
    "sbm_zeros": Model(partial(sbm, zeros="tone"), _slacks_based_zeros, ALL, second_stage=True),
    "super_sbm": Model(super_sbm, _slacks_based, ALL),
    "super_sbm_one": Model(partial(super_sbm, others="one"), _slacks_based, ALL),
    "enhanced_russell": Model(sbm, _slacks_based),
    "russell": Model(russell, _radial, ("input", "output"), second_stage=True),
    "additive": Model(additive, _additive, ALL, second_stage=True),
    "ram": Model(ram, _additive, ALL, second_stage=True, variable=True, weighed="nothing"),
    "bam": Model(bam, _additive, ALL, second_stage=True, variable=True, weighed="nothing"),
    "super_additive": Model(super_additive, _slacks_based, ALL),
    "nonradial": Model(nonradial, _directional, directed=True, second_stage=True),
    "by_production": Model(by_production, _by_production, second_stage=True),
}
