"""Scores of observations on arrays: a measure that was chosen and checked, asked of each frontier.

What `dea` does for a table and what metafrontiers and windows do with frontiers of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.productivity.frontier.admit import Needs, admit
from nqpf.productivity.frontier.directions import (
    SHARES,
    Direction,
    Weighting,
    check_direction,
    direction_of,
    numbers_by_column,
    weights_of,
)
from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.measure import MISSING, NO_REFERENCE, STATUS_WORDS, Ask, Orientation, Scored
from nqpf.productivity.frontier.measures import MEASURES, Model
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Floats, Technology

BY_PRODUCTION = "by_production"
"""The measure that is there under the disposability of its name only."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen besides the technology, checked.

    Attributes
    ----------
    measure, orientation, direction, weights, super_efficiency, slacks
        As for `dea`; orientation is the measure's own where none was given.
    """

    measure: str
    orientation: Orientation
    direction: Any
    weights: Any
    super_efficiency: bool
    slacks: bool

    @classmethod
    def of(
        cls,
        observed: Observed,
        technology: Technology,
        time: str | None,
        *,
        measure: str,
        orientation: Orientation | None,
        direction: Any,
        weights: Any,
        super_efficiency: bool = False,
        slacks: bool = False,
    ) -> Choice:
        """Return the options, checked against each other and against the data.

        Raises
        ------
        SpecError
            An option that does not exist or does not go with the others.
        MethodError
            A zero or negative number that the model does not admit.
        """
        choose("measure", measure, tuple(MEASURES))
        model = MEASURES[measure]
        if orientation is not None:
            choose("orientation", orientation, model.orientations)
        if direction is not None and not model.directed:
            _refuse("direction", measure, [name for name, one in MEASURES.items() if one.directed])
        if slacks and not model.second_stage:
            _refuse("slacks", measure, [name for name, one in MEASURES.items() if one.second_stage])
        if model.directed:
            direction = "observed" if direction is None else direction
            check_direction(direction, observed.names, technology.rts)
        if weights is not None and (model.weighed == "nothing" or (model.weighed == "slacks" and not slacks)):
            with_slacks = ["slacks=True"] if model.weighed == "slacks" else []
            _refuse("weights", measure, [*with_slacks, *(n for n, one in MEASURES.items() if one.weighed == "score")])
        if isinstance(weights, Mapping):
            given, i = numbers_by_column("weights", weights, observed.names), len(observed.names[0])
            side = {"input": given[:i], "output": given[i:]}.get(orientation or model.orientations[0], given)
            if model.weighed == "score" and not side.any():
                raise SpecError("frontier_weights_nothing", where=Where(key="weights"))
        elif weights is not None:
            choose("weights", weights, get_args(Weighting))
        if technology.hull == "free" and not model.free:
            free = listing([f'measure="{name}"' for name, one in MEASURES.items() if one.free])
            raise SpecError("frontier_no_free", where=Where(key="hull"), measure=measure, measures=free)
        if technology.reference != "own" and time is None:
            where = Where(key="reference")
            raise SpecError("frontier_reference_without_time", where=where, reference=technology.reference)
        choice = cls(measure, orientation or model.orientations[0], direction, weights, super_efficiency, slacks)
        choice._admit(observed, technology)
        return choice

    @property
    def word(self) -> str:
        """Return the word of the direction, ``given`` where it is numbers, nothing where there is none."""
        return "" if self.direction is None else self.direction if isinstance(self.direction, str) else "given"

    @property
    def model(self) -> Model:
        """Return the measure's entry."""
        return MEASURES[self.measure]

    def _admit(self, observed: Observed, technology: Technology) -> None:
        needs = self.model.needs(technology, self.orientation, self.word)
        words = _in_words(self.measure, technology.rts, self.orientation, self.word)
        admit(observed, needs, words, other_models(technology, observed))

    def score(
        self, observed: Observed, technology: Technology, across: Sequence[Frontier], workers: int | None
    ) -> list[tuple[Frontier, Scored]]:
        """Return the scores of the observations that are compared with each frontier."""
        return [(frontier, self._at(observed, technology, frontier, workers)) for frontier in across]

    def _at(self, observed: Observed, technology: Technology, frontier: Frontier, workers: int | None) -> Scored:
        reference, at = observed.quantities[frontier.reference], observed.quantities[frontier.at]
        direction = None
        if self.model.directed:
            every = observed.quantities[observed.complete]
            direction = direction_of(self.direction, at, reference, every, observed.names)
        ask = Ask(
            orientation=self.orientation,
            own=frontier.own,
            direction=direction,
            weights=weights_of(self.weights, reference, observed.names),
            leave_out=self.super_efficiency,
            slacks=self.slacks,
            workers=workers,
            share=SHARES.get(self.word, "none"),
        )
        return self.model.score(technology, reference, at, ask)


def _refuse(option: str, measure: str, others: Sequence[str]) -> None:
    raise SpecError(
        "option_unused", where=Where(key=option), option=option, method=measure, methods=listing(others, 20)
    )


def _in_words(measure: str, rts: str, orientation: str, direction: str) -> str:
    """Return a model in words of the options."""
    more = f', direction="{direction}"' if direction else ""
    way = f', orientation="{orientation}"' if len(MEASURES[measure].orientations) > 1 else ""
    return f'measure="{measure}", rts="{rts}"{way}{more}'


def other_models(technology: Technology, observed: Observed) -> Iterator[tuple[str, Needs]]:
    """Yield the measures that admit the data, each once: its name, the options it takes for that, what it asks."""
    for name, model in MEASURES.items():
        if not model.second_stage:  # super-efficiencies and another name of sbm: no other model of the same question
            continue
        if (technology.hull == "free" and not model.free) or (name == BY_PRODUCTION != technology.disposability):
            continue
        for rts in dict.fromkeys(("vrs",) if model.variable else (technology.rts, "vrs")):
            shifts = observed.names[2] and rts == "vrs"
            directions = [d for d in get_args(Direction) if d != "translation" or shifts] if model.directed else [""]
            asked = {
                way: model.needs(Technology(rts, technology.disposability), *way)
                for way in product(model.orientations, directions)
            }
            fit = [way for way, needs in asked.items() if needs.met(observed)]
            if fit:
                some = len(fit) < len(asked)
                given: list[tuple[str, list[str]]] = [
                    ("rts", [] if rts == technology.rts else [rts]),
                    ("orientation", [o for o, _ in fit] if some and not model.directed else []),
                    ("direction", [d for _, d in fit] if some and model.directed else []),
                ]
                words = ", ".join(f"{k}=" + "/".join(f'"{w}"' for w in v) for k, v in given if v)
                yield f"{name} ({words})" if words else name, asked[fit[0]]
                break


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """Scores of all R rows: ``float64[R]`` and ``float64[R, I + O + B]``, NaN where there is none."""

    score: Floats
    efficiency: Floats
    status: NDArray[np.int8]
    gap: Floats
    slacks: Floats
    targets: Floats

    @classmethod
    def of(cls, observed: Observed, scored: Sequence[tuple[Frontier, Scored]]) -> Whole:
        """Put the scores of each frontier in their rows; rows of none have no reference."""
        rows, k = len(observed.complete), sum(len(part) for part in observed.names)
        whole = cls(
            np.full(rows, np.nan),
            np.full(rows, np.nan),
            np.where(observed.complete, NO_REFERENCE, MISSING).astype(np.int8),
            np.full(rows, np.nan),
            np.full((rows, k), np.nan),
            np.full((rows, k), np.nan),
        )
        for frontier, part in scored:
            at = frontier.at
            whole.score[at], whole.efficiency[at] = part.score, part.efficiency
            whole.status[at], whole.gap[at] = part.status, part.gap
            whole.slacks[at], whole.targets[at] = part.slacks, part.targets.all
        return whole


def column(values: Floats) -> pl.Series:
    """Return numbers as a column, null where NaN."""
    return pl.Series(values).fill_nan(None)


def status_column(status: NDArray[np.int8]) -> pl.Series:
    """Return status codes as words."""
    return pl.Series(np.array(STATUS_WORDS)[status])
