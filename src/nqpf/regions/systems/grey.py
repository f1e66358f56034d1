"""Grey relational degree: how alike the course of each factor is to that of a reference series.

ξ(k) = (min Δ + ρ max Δ) / (Δ(k) + ρ max Δ) with Δ the distance of factor and reference on a common scale, minimum and
maximum over all factors and points; the degree is the mean of ξ (Deng 1982, doi:10.1016/S0167-6911(82)80025-X; 1989,
Introduction to grey system theory, Journal of Grey System 1, 1–24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of, numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Scaling = Literal["mean", "initial", "range", "none"]
FEW = 4
UNFIT = {"mean": "grey_mean", "initial": "grey_initial", "range": "grey_range"}
"""Errors of series that cannot be scaled so."""


@dataclass(frozen=True, slots=True, eq=False)
class GreyRelation(Result):
    """Grey relational degrees.

    Attributes
    ----------
    frame
        The column of groups where there is one, ``factor``, ``degree`` in (0, 1], ``rank`` (1 most alike), ``points``.
    coefficients
        The group, ``row`` (from 1, as in the table), ``factor``, ``coefficient``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    coefficients: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def grey_relation(
    data: Any,
    reference: str,
    factors: Sequence[str],
    *,
    by: str | None = None,
    time: str | None = None,
    scaling: Scaling = "mean",
    resolution: float = 0.5,
) -> GreyRelation:
    """Measure how alike factors are to a reference series.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; the rows of a group are the points of its series.
    reference
        Column of the series that factors are compared with.
    factors
        Columns of factors.
    by
        Column of groups, e.g. units; each group is a comparison of its own, with its own smallest and largest distance.
    time
        Column of years, each once in a group; needed where the first value counts.
    scaling
        ``mean`` divided by the series' mean; ``initial`` by its value in the first year of `time`; ``range``
        (x − min) / (max − min); ``none`` as they are.
    resolution
        ρ in (0, 1]: the smaller, the further apart the degrees.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, or two rows of a group have the same year.
    SpecError
        No such option, no factor, a column that stands twice, or ``initial`` without `time`.
    MethodError
        A cell is missing, a group has one row, or a series cannot be scaled so (mean or first value not above zero,
        all values equal).

    Examples
    --------
    >>> grey_relation({"y": [1.0, 2.0, 3.0], "a": [2.0, 4.0, 6.0], "b": [3.0, 2.0, 1.0]}, "y", ["a", "b"]).frame.rows()
    [('a', 1.0, 1, 3), ('b', 0.5555555555555555, 2, 3)]
    """
    choose("scaling", scaling, get_args(Scaling))
    if not 0 < resolution <= 1:
        raise SpecError("grey_resolution", where=Where(key="resolution"), value=resolution)
    columns = [reference, *factors]
    if len(set(columns)) < len(columns) or not factors:
        wanted = say("systems.different_columns")
        raise SpecError("bad_value", where=Where(key="factors"), value=", ".join(factors), expected=wanted)
    if scaling == "initial" and time is None:
        raise SpecError("grey_time", where=Where(key="time"))
    frame, values = numbers(data, columns, by)
    year = None if time is None else Keyed.of(frame, by, time).t
    if np.isnan(values).any():
        row, k = (int(at[0]) for at in np.nonzero(np.isnan(values)))
        raise MethodError("grey_missing", where=Where(row=row + 1, indicator=columns[k]))
    tables, coefficients, notes = [], [], []
    few = 0
    for group, rows in groups_of(frame, by):
        if rows.size < 2:
            raise MethodError("grey_one_row", where=Where(unit=None if group is None else str(group)))
        few += rows.size < FEW
        if year is not None:
            rows = rows[np.argsort(year[rows])]
        xi = relation(_scaled(values[rows], scaling, columns, group), resolution)
        degree = xi.mean(axis=0)
        rank = competition_rank(degree[None])[0].astype(int)
        size = {"points": [rows.size] * len(factors)}
        one = pl.DataFrame({"factor": list(factors), "degree": degree, "rank": rank, **size})
        part = pl.DataFrame(
            {
                "row": np.repeat(rows + 1, len(factors)),
                "factor": list(factors) * rows.size,
                "coefficient": xi.ravel(),
            }
        )
        key = None if by is None else frame.select(by)[[int(rows[0])]]
        tables.append(one if key is None else key.join(one, how="cross"))
        coefficients.append(part if key is None else key.join(part, how="cross"))
    if few:
        notes.append(Note("grey_few", "warning", {"count": few, "least": FEW}))
    notes.append(Note("grey_depends", "info"))
    options = {"reference": reference, "factors": list(factors), "scaling": scaling, "resolution": resolution}
    return GreyRelation(
        pl.concat(tables), pl.concat(coefficients), Method("regions.grey_relation", options), tuple(notes),
        backend_of(data),
    )  # fmt: skip


def relation(series: Floats, resolution: float = 0.5) -> Floats:
    """Return coefficients ``float64[P, K]`` of series ``float64[P, 1 + K]``, the reference first."""
    distance = np.abs(series[:, 1:] - series[:, :1])
    most = resolution * distance.max()
    if most == 0:
        return np.ones_like(distance)
    return np.asarray((distance.min() + most) / (distance + most))


def _scaled(values: Floats, scaling: str, columns: Sequence[str], group: Any) -> Floats:
    """Return series on one scale."""
    if scaling == "none":
        return values
    low, high = values.min(axis=0), values.max(axis=0)
    by = {"mean": values.mean(axis=0), "initial": values[0], "range": high - low}[scaling]
    wrong = np.flatnonzero(~(by > 0))
    if wrong.size:
        where = Where(indicator=columns[int(wrong[0])], unit=None if group is None else str(group))
        raise MethodError(UNFIT[scaling], where=where, value=float(by[wrong[0]]))
    return np.asarray((values - low) / by if scaling == "range" else values / by)
