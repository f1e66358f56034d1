"""What a beta regression is of: growth over spans of years, the logarithm they begin with, and controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.regions.convergence.observed import Observed

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Form = Literal["cross_section", "panel"]
Effects = Literal["none", "unit", "time", "two_way"]
Growth = Literal["annual", "total"]
At = Literal["start", "mean"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """P spans of years × N units.

    Attributes
    ----------
    begins
        ``int[P]`` first year of each span.
    span
        Years from the first to the last of a span.
    units
        N names.
    growth
        ``float64[P, N]``.
    regressors
        ``float64[P, N, K]``, the initial logarithm first, then controls.
    names
        Their K names.
    """

    begins: Integers
    span: int
    units: tuple[str, ...]
    growth: Floats
    regressors: Floats
    names: tuple[str, ...]

    def swept(self, effects: Effects) -> tuple[Floats, Floats, int]:
        """Return growth ``[P·N]`` and regressors ``[P·N, K]`` without effects, and how many these were.

        Without effects a constant is the first regressor, and nothing was taken out.
        """
        every = np.concatenate([self.growth[..., None], self.regressors], axis=2)
        spans, n = self.growth.shape
        if effects in ("unit", "two_way"):
            every = every - every.mean(axis=0)
        if effects in ("time", "two_way"):
            every = every - every.mean(axis=1, keepdims=True)
        flat = every.reshape(spans * n, -1)
        if effects == "none":
            return flat[:, 0], np.column_stack([np.ones(len(flat)), flat[:, 1:]]), 0
        return flat[:, 0], flat[:, 1:], {"unit": n, "time": spans, "two_way": n + spans - 1}[effects]

    def long(self, unit: str, time: str, growth: str) -> pl.DataFrame:
        """Return the sample as a table, a row a span and unit."""
        columns = {name: self.regressors[..., k].ravel() for k, name in enumerate(self.names)}
        keys = {unit: list(self.units) * len(self.begins), time: np.repeat(self.begins, len(self.units))}
        return pl.DataFrame(keys | {growth: self.growth.ravel()} | columns)


def sample_of(
    seen: Observed,
    form: Form,
    horizon: int,
    overlap: bool,
    growth: Growth,
    controls: Sequence[str],
    controls_at: At,
) -> Sample:
    """Return the spans of a table: one from the first to the last year, or one after another of `horizon` years.

    Raises
    ------
    SpecError
        `horizon` is not a positive number of years, or no two years are so far apart.
    MethodError
        A value is not positive, fewer than two years, or a control with a missing cell.
    """
    if len(seen.years) < 2:
        raise MethodError("beta_one_year", where=Where(period=int(seen.years[0]) if len(seen.years) else None))
    first, last = int(seen.years[0]), int(seen.years[-1])
    span = last - first if form == "cross_section" else horizon
    if span < 1:
        raise SpecError("beta_horizon", where=Where(key="horizon"), value=horizon, years=listing(seen.years, 30))
    there = set(seen.years.tolist())
    begins = [y for y in range(first, last - span + 1, 1 if overlap else span) if {y, y + span} <= there]
    if not begins:
        raise SpecError("beta_horizon", where=Where(key="horizon"), value=horizon, years=listing(seen.years, 30))
    ends = [y + span for y in begins]
    start, end = seen.only(begins).logs(), seen.only(ends).logs()
    gained = (end - start) / (span if growth == "annual" else 1)
    others = [_control(seen, name, begins, span, controls_at) for name in controls]
    return Sample(
        np.array(begins), span, seen.units, gained, np.stack([start, *others], axis=2),
        (f"ln({seen.column})", *controls),
    )  # fmt: skip


def _control(seen: Observed, name: str, begins: Sequence[int], span: int, at: At) -> Floats:
    if at == "start":
        return seen.beside(name, begins)
    within = [[y for y in seen.years.tolist() if b <= y <= b + span] for b in begins]
    return np.stack([seen.beside(name, years).mean(axis=0) for years in within])
