"""What all cautions share: a number beside its thresholds, a light only from these, and how good the evidence is.

A light says that a number has passed a line that somebody drew; the tier says what the number can carry. Where there is
no data there is no light, and the reason stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend
from nqpf.messages import Text, say
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

Tier = Literal["measured", "indicated", "suggested", "not_assessed"]
"""Direct data on the phenomenon; a proxy; weak; none."""
Light = Literal["none", "watch", "warn"]
Line = tuple[float, float]
"""Where a number becomes one to watch, and one to warn of."""
Cautioned = Literal["crowding", "headroom", "exuberance", "plan_similarity", "mismatch", "abandonment"]
CAUTIONS = get_args(Cautioned)

SCHEMA: Mapping[str, Any] = {
    "caution": pl.String,
    "region": pl.String,
    "industry": pl.String,
    "year": pl.String,
    "measure": pl.String,
    "number": pl.Float64,
    "watch": pl.Float64,
    "warn": pl.Float64,
    "light": pl.String,
    "tier": pl.String,
    "evidence": pl.String,
}
"""Columns of every table of lights, which are the same for all cautions and keep the labels as text."""


@dataclass(frozen=True, slots=True)
class CautionResult(Result):
    """Result of a caution.

    Attributes
    ----------
    frame
        The numbers; the function that returns it says which columns.
    lights
        A row a number that has thresholds: caution, region, industry, year (null where the number is of none), measure,
        number, watch and warn (the thresholds), light (``none``, ``watch``, ``warn``; null where not assessed), tier
        (``measured``, ``indicated``, ``suggested``, ``not_assessed``), evidence (id of what the number is, or of the
        reason why there is none; `nqpf.industry.cautions` has it in words).
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    lights: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the numbers as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def line(name: str, given: Line, *, rising: bool = True) -> Line:
    """Return a pair of thresholds, checked.

    Raises
    ------
    SpecError
        They are no two finite numbers of which the second is the further one.
    """
    try:
        watch, warn = (float(x) for x in given)
    except (TypeError, ValueError):
        raise SpecError("caution_line", where=Where(key=name), given=str(given)) from None
    if not (isfinite(watch) and isfinite(warn) and (watch <= warn if rising else watch >= warn)):
        raise SpecError("caution_line", where=Where(key=name), given=str(given))
    return watch, warn


def light_of(number: float, thresholds: Line, *, rising: bool = True) -> Light | None:
    """Return the light of a number; None where there is none.

    Parameters
    ----------
    number
        NaN where not assessed.
    thresholds
        Reached is passed.
    rising
        Whether large numbers are those to warn of.

    Examples
    --------
    >>> light_of(0.04, (0.10, 0.05), rising=False)
    'warn'
    """
    if isnan(number):
        return None
    watch, warn = thresholds
    sign = 1 if rising else -1
    if sign * (number - warn) >= 0:
        return "warn"
    return "watch" if sign * (number - watch) >= 0 else "none"


@dataclass(frozen=True, slots=True)
class Signal:
    """One number with its light.

    Attributes
    ----------
    measure
        What the number is; with the caution's name its message id.
    number
        NaN or None where not assessed.
    thresholds, light, tier
        None, None and ``not_assessed`` where there is no number.
    reason
        Why it is not assessed: last part of a message id under ``industry.caution.reason``.
    region, industry, year
        Labels of what it is about.
    """

    caution: Cautioned
    measure: str
    number: float | None
    thresholds: Line | None
    light: Light | None
    tier: Tier
    reason: str | None = None
    region: object = None
    industry: object = None
    year: object = None

    def row(self) -> tuple[Any, ...]:
        """Return the row of a table of lights."""
        labels = [None if label is None else str(label) for label in (self.region, self.industry, self.year)]
        known = self.number is not None and not isnan(self.number)
        watch, warn = self.thresholds or (None, None)
        evidence = f"{self.caution}.{self.measure}" if known else f"reason.{self.reason}"
        light, tier = (self.light, self.tier) if known else (None, "not_assessed")
        number = self.number if known else None
        return (self.caution, *labels, self.measure, number, watch, warn, light, tier, evidence)


def table_of(signals: Iterable[Signal]) -> pl.DataFrame:
    """Return signals as a table of lights."""
    return pl.DataFrame([s.row() for s in signals], schema=dict(SCHEMA), orient="row")


def sentence(row: Mapping[str, Any]) -> Text:
    """Return a row of a table of lights as a sentence: what the number is and where the thresholds are, or why not."""
    parts = [Text.same(row[key]) for key in ("region", "industry", "year") if row[key] is not None]
    about = Text.join(parts, "，", ", ") if parts else say("industry.caution.all")
    name = say(f"industry.caution.name.{row['caution']}")
    if row["tier"] == "not_assessed":
        return say(
            "industry.caution.unassessed", about=about, name=name, reason=say(f"industry.caution.{row['evidence']}")
        )
    return say(
        "industry.caution.sentence",
        about=about,
        name=name,
        light=say(f"industry.caution.light.{row['light']}"),
        evidence=say(f"industry.caution.{row['evidence']}", number=row["number"]),
        watch=row["watch"],
        warn=row["warn"],
        tier=say(f"industry.caution.tier.{row['tier']}"),
    )
