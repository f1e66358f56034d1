"""Coupling coordination of systems: how near their levels are to each other, and how high together.

Traditional coupling C = n (Π U)^(1/n) / Σ U of levels U in [0, 1]; for two systems the corrected form
C = √([1 − (U₂ − U₁)] U₁ / U₂), U₁ ≤ U₂ (王淑佳 et al. 2021), which uses the whole of [0, 1] where the traditional one
crowds near 1. Coordination D = √(C T) with T = Σ a U. Their form for more than two systems could not be read at its
source and is not computed: pairs of systems are shown instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, column_weights, numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of, require
from nqpf.messages import say
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Formula = Literal["both", "traditional", "wang2021", "liao1999", "lost_coefficient"]
Closed = Literal["left", "right"]

LEVELS = (
    "extreme_imbalance", "severe_imbalance", "moderate_imbalance", "mild_imbalance", "near_imbalance",
    "bare_coordination", "primary_coordination", "intermediate_coordination", "good_coordination",
    "superior_coordination",
)  # fmt: skip
"""The ten levels of coordination, a tenth each (廖重斌 1999)."""


@dataclass(frozen=True, slots=True, eq=False)
class Coupling(Result):
    """Coupling and coordination of systems, a row for each row of the table.

    Attributes
    ----------
    frame
        The keys, ``development`` T, and of each formula ``coupling``, ``coordination`` and ``level`` (one of the ten
        words), with the formula's name after them where both are asked for; then also ``differs``: whether the two put
        the row on different levels. ``status``: ``defined``, ``all_zero`` (no coupling can be told, null).
    pairs
        Of more than two systems the same for each pair with `formula` ``both``: keys, ``one``, ``other``, numbers;
        empty for two.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    pairs: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def coupling(
    data: Any,
    systems: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    importance: Mapping[str, float] | Sequence[float] | None = None,
    formula: Formula | None = None,
    exponent: float = 2.0,
    closed: Closed = "left",
) -> Coupling:
    """Measure how far systems are coupled, and how well they are coordinated.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    systems
        Columns of levels in [0, 1], at least two.
    unit, time
        Columns of units and years, which the result keeps.
    importance
        What each system counts in T, summing to 1; default: all the same.
    formula
        ``traditional``; ``wang2021`` the corrected form for two systems; ``both`` side by side (default for two
        systems; for more the default is ``traditional``); ``liao1999`` the traditional ratio to the n-th power,
        (Π U / mean(U)ⁿ)^k, with k = `exponent`; ``lost_coefficient`` the traditional form without its factor n, a
        frequent misprint whose values never exceed 1 / n, to recognise published numbers only.
    exponent
        k of ``liao1999``, above zero.
    closed
        Which end a level includes: ``left`` [0.5, 0.6), ``right`` (0.5, 0.6].

    Raises
    ------
    DataError
        A column is absent or holds what is no number, or two rows have the same unit and year.
    SpecError
        No such option, fewer than two systems, one of them twice, or ``wang2021`` for more than two.
    MethodError
        A level is missing or beyond [0, 1], or the importances do not sum to 1.

    References
    ----------
    王淑佳, 孔伟, 任亮, 治丹丹, 戴彬婷 (2021). 国内耦合协调度模型的误区及修正. 自然资源学报 36(3), 793–810.
    https://www.jnr.ac.cn/article/2021/1000-3037/1000-3037-36-3-793.shtml
    廖重斌 (1999). 环境与经济协调发展的定量评判及其分类体系. 热带地理 19(2), 171–177.

    Examples
    --------
    >>> found = coupling({"city": ["a", "b"], "science": [0.6, 0.9], "industry": [0.4, 0.1]},
    ...                  ["science", "industry"], unit="city")
    >>> found.frame.select(pl.col("coupling_traditional", "coupling_wang2021").round(3)).rows()
    [(0.98, 0.73), (0.6, 0.149)]
    """
    n = len(systems)
    if n < 2:
        raise SpecError("coupling_systems", where=Where(key="systems"), count=n)
    if len(set(systems)) < n:
        wanted = say("systems.different_columns")
        raise SpecError("bad_value", where=Where(key="systems"), value=", ".join(systems), expected=wanted)
    if not 0 < exponent < np.inf:
        raise SpecError("bad_value", where=Where(key="exponent"), value=exponent, expected=say("systems.above_0"))
    asked = formula or ("both" if n == 2 else "traditional")
    choose("formula", asked, get_args(Formula))
    choose("closed", closed, get_args(Closed))
    if n > 2 and asked in ("both", "wang2021"):
        raise SpecError("coupling_two_only", where=Where(key="formula"), formula=asked, count=n)
    frame, u = numbers(data, list(systems))
    keys = [column for column in (unit, time) if column]
    require(frame, *keys)
    if time is not None:
        Keyed.of(frame, unit, time)
    elif unit is not None and frame[unit].has_nulls():
        raise DataError("no_unit", where=Where(row=int(frame[unit].is_null().arg_true()[0]) + 1))
    _check(frame, u, systems, unit, time)
    a = column_weights(systems, importance)
    names = ("traditional", "wang2021") if asked == "both" else (asked,)
    found = _measured(u, a, names, exponent, closed)
    for key, column in (("unit", unit), ("time", time)):
        if column in found:
            raise SpecError("bad_value", where=Where(key=key), value=column, expected=say("systems.other_name"))
    options = {
        "systems": list(systems), "importance": dict(zip(systems, a.tolist(), strict=True)), "formula": asked,
        **({"exponent": exponent} if asked == "liao1999" else {}), "closed": closed,
    }  # fmt: skip
    table = pl.DataFrame({**frame.select(keys).to_dict(), **found})
    each = len(frame) if n > 2 else 0
    return Coupling(
        table,
        _pairs(frame.select(keys).head(each), u[:each], systems, closed),
        Method("regions.coupling", options),
        tuple(_notes(u, systems, asked, table)),
        backend_of(data),
    )


def coupling_degree(u: Floats, formula: str, exponent: float = 2.0) -> Floats:
    """Return coupling ``float64[R]`` of levels ``float64[R, n]``; NaN where all are zero.

    Parameters
    ----------
    u
        Levels in [0, 1].
    formula, exponent
        As in `coupling`.
    """
    n, total = u.shape[1], u.sum(axis=1)
    mean = np.where(total > 0, total / n, np.nan)
    if formula == "wang2021":
        low, high = u.min(axis=1), u.max(axis=1)
        return np.asarray(np.sqrt((1.0 - (high - low)) * low / np.where(high > 0, high, np.nan)))
    geometric = np.prod((u / mean[:, None]) ** (1.0 / n), axis=1)  # levels near zero have a product that is none
    ratio = np.minimum(geometric, 1.0)  # rounding may lift equal levels above 1
    if formula == "liao1999":
        return np.asarray(ratio ** (n * exponent))
    return np.asarray(ratio / n if formula == "lost_coefficient" else ratio)


def level_of(d: Floats, closed: str = "left") -> list[str | None]:
    """Return the level of each coordination, None for NaN; both ends of [0, 1] belong to the outer levels."""
    edge = np.round(np.arange(1, 10) / 10, 1)
    at = np.searchsorted(edge, np.round(d, 12), side="right" if closed == "left" else "left")
    return [None if np.isnan(value) else LEVELS[k] for value, k in zip(d, at, strict=True)]


def _measured(u: Floats, a: Floats, names: Sequence[str], exponent: float, closed: str) -> dict[str, Any]:
    development = u @ a
    columns: dict[str, Any] = {"development": development}
    levels = []
    for name in names:
        c = coupling_degree(u, name, exponent)
        d = np.sqrt(c * development)
        tail = f"_{name}" if len(names) > 1 else ""
        levels.append(level_of(d, closed))
        columns |= {
            f"coupling{tail}": pl.Series(c).fill_nan(None),
            f"coordination{tail}": pl.Series(d).fill_nan(None),
            f"level{tail}": pl.Series(levels[-1], dtype=pl.String),
        }
    if len(names) > 1:
        columns["differs"] = [None if one is None else one != other for one, other in zip(*levels, strict=True)]
    columns["status"] = np.where(u.sum(axis=1) > 0, "defined", "all_zero").tolist()
    return columns


def _pairs(keys: pl.DataFrame, u: Floats, systems: Sequence[str], closed: str) -> pl.DataFrame:
    """Return both formulas for each pair of systems, both counting the same."""
    half = np.array([0.5, 0.5])
    parts = []
    for i, j in combinations(range(len(systems)), 2):
        found = _measured(u[:, [i, j]], half, ("traditional", "wang2021"), 1.0, closed)
        ends = pl.DataFrame({"one": [systems[i]] * len(u), "other": [systems[j]] * len(u)}, schema_overrides=ENDS)
        parts.append(pl.DataFrame({**keys.to_dict(), **ends.to_dict(), **found}))
    return pl.concat(parts)


ENDS = {"one": pl.String, "other": pl.String}


def _check(frame: pl.DataFrame, u: Floats, systems: Sequence[str], unit: str | None, time: str | None) -> None:
    """Raise a MethodError at the first level that is missing or beyond [0, 1]."""
    wrong = ~((u >= 0) & (u <= 1))
    if not wrong.any():
        return
    row, k = (int(at[0]) for at in np.nonzero(wrong))
    where = Where(
        indicator=systems[k], row=row + 1,
        unit=str(frame[unit][row]) if unit else None, period=frame[time][row] if time else None,
    )  # fmt: skip
    if np.isnan(u[row, k]):
        raise MethodError("coupling_missing", where=where, count=int(np.isnan(u).sum()))
    raise MethodError("coupling_range", where=where, value=float(u[row, k]), count=int(wrong.sum()))


def _notes(u: Floats, systems: Sequence[str], asked: str, table: pl.DataFrame) -> list[Note]:
    notes = [Note("coupling_levels", "info")]
    if asked == "lost_coefficient":
        notes.append(Note("coupling_lost", "warning", {"most": 1 / len(systems)}))
    if "differs" in table.columns and table["differs"].any():
        notes.append(Note("coupling_differs", "warning", {"count": int(table["differs"].sum()), "of": table.height}))
    zero, none = (u == 0).any(axis=1), (u == 0).all(axis=1)
    if (zero & ~none).any():
        notes.append(Note("coupling_zero", "warning", {"count": int((zero & ~none).sum())}))
    if none.any():
        notes.append(Note("coupling_all_zero", "warning", {"count": int(none.sum())}))
    return notes
