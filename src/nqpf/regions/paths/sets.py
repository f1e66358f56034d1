"""Columns as fuzzy sets: anchors given or taken from quantiles, and memberships by Ragin's direct method (2008)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.messages import say
from nqpf.numerics.fuzzy import NOISE, memberships
from nqpf.regions.paths.cases import Cases

Floats = NDArray[np.float64]
Anchors = tuple[float, float, float]
Calibration = Mapping[str, Anchors | None] | Literal["quantile", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """N cases as members of sets, the outcome last.

    Attributes
    ----------
    raw
        ``float64[N, k + 1]`` values.
    anchors
        Of each column full out, crossover and full in; None where values are memberships.
    ends
        Membership at full in.
    nudge
        What is added to a membership in a condition of exactly one half.
    negate
        Whether the outcome is that the set named is absent.
    """

    raw: Floats
    anchors: tuple[Anchors | None, ...]
    ends: float
    nudge: float
    negate: bool

    def calibrated(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Return memberships ``float64[N, k + 1]`` and which were exactly one half."""
        found = np.column_stack(
            [x if a is None else memberships(x, *a, self.ends) for x, a in zip(self.raw.T, self.anchors, strict=True)]
        )
        half = np.abs(found - 0.5) <= NOISE
        found[:, :-1] = np.where(half[:, :-1], 0.5 + self.nudge, found[:, :-1])
        if self.negate:
            found[:, -1] = 1 - found[:, -1]
        return found, half

    def moved(self, column: int, share: float) -> Sets:
        """Return the sets with the crossover of a column moved by a share of its distance to full in, or full out."""
        out, cross, full = self.anchors[column] or (0.0, 0.0, 0.0)
        there = cross + share * (full - cross) if share > 0 else cross - share * (out - cross)
        anchors = list(self.anchors)
        anchors[column] = (out, there, full)
        return replace(self, anchors=tuple(anchors))

    def widened(self, share: float) -> Sets:
        """Return the sets with all full members and non-members set a share further from the crossover."""
        wide = tuple(
            None if a is None else (a[1] + (1 + share) * (a[0] - a[1]), a[1], a[1] + (1 + share) * (a[2] - a[1]))
            for a in self.anchors
        )
        return replace(self, anchors=wide)


def sets_of(
    seen: Cases,
    columns: Sequence[str],
    calibration: Calibration,
    quantiles: Anchors,
    ends: float,
    nudge: float,
    negate: bool,
) -> Sets:
    """Return columns as sets.

    Raises
    ------
    SpecError
        No such word, anchors for a column there is not or none for one there is, or anchors that neither rise nor fall.
    MethodError
        Quantiles that coincide.
    DataError
        A membership that is given does not lie between 0 and 1.
    """
    if isinstance(calibration, str):
        choose("calibration", calibration, ("quantile", "none"))
        given: list[Anchors | None] = [None] * len(columns)
        if calibration == "quantile":
            _rising("quantiles", quantiles, None)
            given = [_three(np.quantile(x, quantiles)) for x in seen.values.T]
            for column, one in zip(columns, given, strict=True):
                if one is None or not one[0] < one[1] < one[2]:
                    raise MethodError("qca_quantiles", where=Where(indicator=column), anchors=_text(one))
    else:
        for stray in (c for c in calibration if c not in columns):
            raise SpecError(
                "unknown_column", where=Where(key="calibration"), column=stray, options=listing(columns, 20),
                hint=hint(stray, columns),
            )  # fmt: skip
        for absent in (c for c in columns if c not in calibration):
            raise SpecError("qca_no_anchors", where=Where(indicator=absent))
        given = [calibration[c] for c in columns]
        for column, one in zip(columns, given, strict=True):
            if one is not None:
                _rising("calibration", one, column)
    for k, (column, one) in enumerate(zip(columns, given, strict=True)):
        beyond = np.flatnonzero((seen.values[:, k] < 0) | (seen.values[:, k] > 1))
        if one is None and beyond.size:
            case = int(beyond[0])
            raise DataError("qca_no_membership", where=seen.where(case, column), value=float(seen.values[case, k]))
    return Sets(seen.values, tuple(given), ends, nudge, negate)


def _three(found: Floats) -> Anchors:
    return float(found[0]), float(found[1]), float(found[2])


def _text(anchors: Anchors | None) -> str:
    return ", ".join(f"{a:g}" for a in anchors or ())


def _rising(key: str, anchors: Sequence[float], column: str | None) -> None:
    shaped = len(anchors) == 3 and bool(np.isfinite(anchors).all())
    falls = column is not None and shaped and anchors[0] > anchors[1] > anchors[2]
    fits = shaped and (anchors[0] < anchors[1] < anchors[2] or falls)
    if key == "quantiles":
        fits = fits and anchors[0] >= 0 and anchors[2] <= 1
    if not fits:
        where = Where(key=key, indicator=column)
        raise SpecError("bad_value", where=where, value=str(tuple(anchors)), expected=say(f"paths.wanted.{key}"))


def anchors_table(sets: Sets, columns: Sequence[str]) -> pl.DataFrame:
    """Return the anchors of columns: full_out, crossover, full_in; null where values are memberships."""
    rows = [(c, *(a or (None, None, None))) for c, a in zip(columns, sets.anchors, strict=True)]
    kinds = {"column": pl.String(), **dict.fromkeys(("full_out", "crossover", "full_in"), pl.Float64())}
    return pl.DataFrame(rows, schema=kinds, orient="row")
