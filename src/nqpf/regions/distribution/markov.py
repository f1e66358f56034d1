"""Markov chain of classes: how often units move from a class to another within h years, and what that implies.

Quah (1993), doi:10.1016/0014-2921(93)90031-5, on the dynamics of a distribution; indices of mobility by Shorrocks
(1978), https://www.econometricsociety.org/publications/econometrica/1978/09/01/measurement-mobility; first passage by
Kemeny and Snell (1976), Finite Markov Chains, Springer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import listing
from nqpf.frames import as_backend, backend_of
from nqpf.numerics.transitions import (
    classify,
    closed_sets,
    count,
    first_passage,
    irreducible,
    periodic,
    probabilities,
    stationary,
)
from nqpf.regions.distribution.classes import (
    Cuts,
    asked_cuts,
    cut,
    general_notes,
    given_cuts,
    moving,
    row_notes,
    whole,
)
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Status = Literal["irreducible", "periodic", "reducible", "row_absent"]


@dataclass(frozen=True, slots=True, eq=False)
class MarkovChain(Result):
    """A chain of K classes, class 1 the lowest.

    Attributes
    ----------
    transitions
        K² rows: from, to, count, probability (null for a class never left from), n (moves out of `from`).
    classes
        K rows: class, lower and upper cut-off (null at the ends and where they differ by year), n (values in it),
        origins (moves out of it), ergodic (share in the long run; null unless irreducible), sojourn (mean steps in the
        class once entered, 1 / (1 − p_ii); ∞ if it is never left).
    passage
        K² rows: from, to, steps (mean steps to reach `to` for the first time, to come back for from = to; null unless
        irreducible). A step is `horizon` years.
    mobility
        Rows of index and value: up, stay, down (shares of all moves); shorrocks (K − Σ p_ii) / (K − 1); determinant
        1 − |det P|; second_eigenvalue 1 − |λ₂|; half_life −ln 2 / ln |λ₂| steps; bartholomew
        Σ π_i p_ij |i − j| / (K − 1) with π the shares of the classes among the origins;
        prais_1 … prais_K 1 − p_ii of each class.
    status
        ``irreducible``: every class is reached from every other. ``periodic``: so, but in turns, and the shares are
        means over time. ``reducible``: some classes are never left for others. ``row_absent``: no move starts in some
        class.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    transitions: pl.DataFrame
    classes: pl.DataFrame
    passage: pl.DataFrame
    mobility: pl.DataFrame
    status: Status
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the transitions as the kind of dataframe that was given."""
        return as_backend(self.transitions, self.backend)


def markov(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    classes: int = 4,
    cuts: Cuts | Sequence[float] = "pooled",
    relative: bool = False,
    horizon: int = 1,
) -> MarkovChain:
    """Count the moves of units between classes of a value and state what they imply.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: one row for each unit and year. A move is counted where the unit has a value
        at its start and at its end.
    value, unit, time
        Columns of the value, the units and the years.
    classes
        Number of quantile classes; given cut-offs make their own number.
    cuts
        ``pooled``: quantiles of all years together. ``yearly``: quantiles of each year, so that moves are changes of
        rank. ``relative``: pooled quantiles of the value divided by its year's mean, which takes a common trend away.
        Or rising cut-offs. A value on a cut-off belongs to the class below it.
    relative
        Divide by the mean of each year before given cut-offs are used (e.g. 0.75, 1, 1.25).
    horizon
        Years from start to end of a move.

    Returns
    -------
    MarkovChain

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a unit has a year twice.
    SpecError
        No such word; cut-offs that do not rise; fewer than two classes.
    MethodError
        All values equal; ties leave a class empty; no two years `horizon` apart; a year's mean that is not above zero.

    References
    ----------
    Quah (1993), doi:10.1016/0014-2921(93)90031-5. Shorrocks (1978),
    https://www.econometricsociety.org/publications/econometrica/1978/09/01/measurement-mobility.

    Examples
    --------
    >>> table = {"unit": list("aabb"), "year": [2020, 2021] * 2, "x": [1.0, 4.0, 3.0, 2.0]}
    >>> markov(table, "x", unit="unit", time="year", classes=2).transitions["probability"].to_list()
    [0.0, 1.0, 1.0, 0.0]
    """
    relative = relative or asked_cuts(cuts)
    moved = moving(data, value, unit, time, horizon=horizon, relative=relative)
    given = given_cuts(cuts, "cuts")
    k = whole("classes", classes, 2) if given is None else given.shape[1] + 1
    ends = cut(moved.values, k, cuts == "yearly", moved.keyed.years, value) if given is None else given
    of = classify(moved.values, ends)
    counts = count(of[: len(moved.start)], of[horizon:], k)[0]
    p = probabilities(counts)
    status = status_of(p)
    notes = general_notes(moved, ends, of) + row_notes(counts, of) + chain_notes(p, status)
    options = {
        "classes": k, "cuts": cuts if isinstance(cuts, str) else ends[0].tolist(), "relative": relative,
        "horizon": horizon,
    }  # fmt: skip
    return MarkovChain(
        transition_frame(counts[None]),
        _class_frame(counts, p, status, ends, of),
        _passage_frame(p, status),
        mobility_frame(counts),
        status,
        Method("regions.markov", options),
        tuple(notes),
        backend_of(data),
    )


def status_of(p: Floats) -> Status:
    """Return what kind of chain ``float64[K, K]`` is."""
    if np.isnan(p).any():
        return "row_absent"
    if not irreducible(p):
        return "reducible"
    return "periodic" if periodic(p) else "irreducible"


def settles(status: Status) -> bool:
    """Return whether a chain has one distribution that it keeps and every class is reached."""
    return status in ("irreducible", "periodic")


def chain_notes(p: Floats, status: Status) -> list[Note]:
    """Return the remark on a chain without a long run, or with one that it only keeps on average."""
    if status == "periodic":
        return [Note("distribution_periodic", "warning")]
    if status != "reducible":
        return []
    sets = listing("{" + ", ".join(str(c + 1) for c in s) + "}" for s in closed_sets(p))
    return [Note("distribution_reducible", "warning", {"sets": sets})]


def ergodic(p: Floats, status: Status) -> Floats:
    """Return the shares of the classes in the long run ``float64[K]``, NaN where there are none."""
    return stationary(p) if settles(status) else np.full(len(p), np.nan)


def transition_frame(counts: Floats) -> pl.DataFrame:
    """Return counts ``float64[M, K, K]`` as M·K² rows of from, to, count, probability and n."""
    m, k = counts.shape[:2]
    every = np.arange(1, k + 1)
    columns = {
        "from": np.tile(np.repeat(every, k), m),
        "to": np.tile(every, m * k),
        "count": counts.ravel().astype(np.int64),
        "probability": probabilities(counts).ravel(),
        "n": np.repeat(counts.sum(axis=2), k).astype(np.int64),
    }
    return pl.DataFrame(columns, nan_to_null=True)


def bounds(ends: Floats) -> tuple[list[float | None], list[float | None]]:
    """Return the lower and the upper cut-off of each class, None at the ends and where they differ by year."""
    inner = ends[0].tolist() if len(ends) == 1 else [None] * ends.shape[1]
    return [None, *inner], [*inner, None]


def _class_frame(counts: Floats, p: Floats, status: Status, ends: Floats, of: Integers) -> pl.DataFrame:
    k = len(counts)
    lower, upper = bounds(ends)
    with np.errstate(divide="ignore"):
        sojourn = 1 / (1 - np.diag(p))
    return pl.DataFrame(
        {
            "class": np.arange(1, k + 1),
            "lower": pl.Series(lower, dtype=pl.Float64),
            "upper": pl.Series(upper, dtype=pl.Float64),
            "n": np.bincount(of[of >= 0], minlength=k),
            "origins": counts.sum(axis=1).astype(np.int64),
            "ergodic": ergodic(p, status),
            "sojourn": sojourn,
        },
        nan_to_null=True,
    )


def _passage_frame(p: Floats, status: Status) -> pl.DataFrame:
    k = len(p)
    steps = first_passage(p) if settles(status) else np.full((k, k), np.nan)
    every = np.arange(1, k + 1)
    columns = {"from": np.repeat(every, k), "to": np.tile(every, k), "steps": steps.ravel()}
    return pl.DataFrame(columns, nan_to_null=True)


def mobility_frame(counts: Floats) -> pl.DataFrame:
    """Return the indices of mobility of ``float64[K, K]`` counts as rows of index and value."""
    k, total = len(counts), counts.sum()
    p = probabilities(counts)
    stay = np.diag(p)
    step = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    known = bool(np.isfinite(p).all())
    second = np.sort(np.abs(np.linalg.eigvals(p)))[-2] if known else np.nan
    with np.errstate(divide="ignore"):
        half_life = np.log(2) / -np.log(second) if not second > 1 - 1e-12 else np.inf
    found = {
        "up": np.triu(counts, 1).sum() / total,
        "stay": np.trace(counts) / total,
        "down": np.tril(counts, -1).sum() / total,
        "shorrocks": (k - stay.sum()) / (k - 1),
        "determinant": 1 - abs(np.linalg.det(p)) if known else np.nan,
        "second_eigenvalue": 1 - second,
        "half_life": half_life,
        "bartholomew": (counts * step).sum() / total / (k - 1),
    }
    found |= {f"prais_{c + 1}": 1 - stay[c] for c in range(k)}
    return pl.DataFrame({"index": list(found), "value": np.array(list(found.values()))}, nan_to_null=True)
