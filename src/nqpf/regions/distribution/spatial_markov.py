"""Spatial Markov chain: whether units move differently among rich neighbours than among poor ones.

Rey (2001), doi:10.1111/j.1538-4632.2001.tb00444.x: one chain for each class of the neighbours' mean at the start of a
move. Tests that all are one chain by Bickenbach and Bode (2003), doi:10.1177/0160017603253789.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.numerics.transitions import Homogeneity, Moves, classify, count, homogeneity, probabilities
from nqpf.regions.distribution.classes import (
    FEW_MOVES,
    Cuts,
    Moving,
    asked_cuts,
    cut,
    general_notes,
    given_cuts,
    moving,
    row_notes,
    whole,
)
from nqpf.regions.distribution.markov import Status, bounds, ergodic, status_of, transition_frame
from nqpf.regions.distribution.neighbours import lagged
from nqpf.regions.distribution.spatial_tests import SMALL, TRUSTED, small_share, tested
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Test = Literal["chi2", "permutation", "auto"]
Degrees = Literal["observed", "full"]
LagCuts = Literal["own", "same"]


@dataclass(frozen=True, slots=True, eq=False)
class SpatialMarkovChain(Result):
    """Chains of K classes under M classes of the neighbours' value; class 1 is the lowest.

    Attributes
    ----------
    transitions
        M·K² rows: lag_class, from, to, count, probability (null for a row without moves), n (moves in the row),
        expected (count if neighbours made no difference).
    pooled
        K² rows: from, to, count, probability, n, whatever the neighbours.
    tests
        Rows of test (Q: Pearson's χ², LR: likelihood ratio), lag_class (null: all chains are one; m: chain m against
        the moves of all other lag classes), statistic, df, p (upper tail of χ²), p_permutation (null unless drawn),
        contribution (what lag class m adds to the overall statistic).
    classes
        Rows of kind (value, lag), class, lower and upper cut-off (null at the ends and where they differ by year), n.
    ergodic
        M·K rows: lag_class, class, share in the long run (null unless irreducible), and status of the chain.
    small_expected
        Share of the cells with an expected count above 0 in which it is below 5.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    transitions: pl.DataFrame
    pooled: pl.DataFrame
    tests: pl.DataFrame
    classes: pl.DataFrame
    ergodic: pl.DataFrame
    small_expected: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the transitions as the kind of dataframe that was given."""
        return as_backend(self.transitions, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Cut-offs of values ``float64[1 or T, K − 1]``, and of the lag; None for its own quantiles."""

    value: Floats
    lag_given: Floats | None
    lag: Floats
    yearly: bool


def spatial_markov(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    weights: Weights,
    classes: int = 4,
    lag_classes: int | None = None,
    cuts: Cuts | Sequence[float] = "pooled",
    lag_cuts: LagCuts | Sequence[float] = "own",
    relative: bool = False,
    horizon: int = 1,
    test: Test = "auto",
    degrees: Degrees = "observed",
    draws: int = 999,
    seed: int = 0,
) -> SpatialMarkovChain:
    """Count the moves of units between classes, apart by the class of their neighbours at the start, and test it.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: one row for each unit and year. A move is counted where the unit has a value
        at both ends and all its neighbours have one at the start.
    value, unit, time
        Columns of the value, the units and the years.
    weights
        Weights of the units, best standardised by row, so that the lag is the neighbours' mean.
    classes, cuts, relative, horizon
        As in `markov`. The lag is taken of the values that are cut (relative ones where so asked).
    lag_classes
        Number of classes of the lag; default as many as of the value. Not used with given cut-offs of the lag.
    lag_cuts
        ``own``: quantiles of the lag, pooled or yearly like those of the value. ``same``: the cut-offs of the value.
        Or rising cut-offs.
    test
        ``chi2``: p-values from χ². ``permutation``: also from panels whose units, each with all its years, have changed
        places, which holds for small counts and for units that keep to their level; χ² rejects too often there.
        ``auto``: permutation if more than a fifth of the expected counts are below 5 (Cochran's rule).
    degrees
        ``observed``: degrees of freedom from the cells and rows that occur (Bickenbach and Bode). ``full``:
        K (K − 1)(M − 1), as if all could.
    draws, seed
        Number of permutations, and where random numbers start.

    Returns
    -------
    SpatialMarkovChain

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a unit has a year twice or no weights.
    SpecError
        No such word; cut-offs that do not rise; fewer than two classes; ``same`` with another number of lag classes.
    MethodError
        As in `markov`, also for the lag; a unit without a neighbour.

    References
    ----------
    Rey (2001), doi:10.1111/j.1538-4632.2001.tb00444.x. Bickenbach and Bode (2003), doi:10.1177/0160017603253789.

    Examples
    --------
    >>> pairs = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    >>> table = {
    ...     "unit": list("abcd") * 3,
    ...     "year": [2020] * 4 + [2021] * 4 + [2022] * 4,
    ...     "x": [1.0, 5.0, 2.0, 6.0, 2.0, 5.5, 6.5, 1.5, 6.0, 7.0, 1.0, 2.5],
    ... }
    >>> found = spatial_markov(table, "x", unit="unit", time="year", weights=pairs, classes=2)
    >>> found.transitions["count"].to_list()
    [0, 0, 2, 2, 2, 2, 0, 0]
    """
    choose("test", test, get_args(Test))
    choose("degrees", degrees, get_args(Degrees))
    draws, seed = whole("draws", draws, 19), whole("seed", seed, 0)
    relative = relative or asked_cuts(cuts)
    moved = moving(data, value, unit, time, horizon=horizon, relative=relative)
    near, lag, notes = lagged(moved.values, moved.keyed.units, weights)
    ends = _cuts(moved, lag, classes, lag_classes, cuts, lag_cuts)
    k, m = ends.value.shape[1] + 1, ends.lag.shape[1] + 1
    of, lag_of = classify(moved.values, ends.value), classify(lag, ends.lag)
    origin, target = of[: len(moved.start)], of[horizon:]
    counts = count(origin, target, k, lag_of[: len(origin)], m)
    if not counts.any():
        raise MethodError("distribution_no_lag", where=Where(indicator=value))
    every = homogeneity(counts)
    small = small_share(every)
    drawn = test == "permutation" or (test == "auto" and small > TRUSTED)
    moves = _moves(moved, origin, target, near, ends) if drawn else None
    options = {
        "classes": k, "lag_classes": m, "cuts": _said(cuts), "lag_cuts": _said(lag_cuts), "relative": relative,
        "horizon": horizon, "test": test, "degrees": degrees, "weights": dict(near.method.options),
        **({"draws": draws, "seed": seed} if drawn else {}),
    }  # fmt: skip
    notes += general_notes(moved, ends.value, of) + row_notes(counts.sum(axis=0), of)
    notes += _notes(counts, small, drawn)
    return SpatialMarkovChain(
        _transitions(counts, every),
        transition_frame(counts.sum(axis=0, keepdims=True)),
        tested(counts, every, moves, draws, seed, degrees == "full"),
        pl.concat([_classes("value", ends.value, of), _classes("lag", ends.lag, lag_of)]),
        _ergodic(counts),
        small,
        Method("regions.spatial_markov", options),
        tuple(notes),
        backend_of(data),
    )


def _said(cuts: object) -> object:
    return cuts if isinstance(cuts, str) else np.asarray(cuts, dtype=np.float64).ravel().tolist()


def _cuts(
    moved: Moving,
    lag: Floats,
    classes: int,
    lag_classes: int | None,
    cuts: Cuts | Sequence[float],
    lag_cuts: LagCuts | Sequence[float],
) -> _Asked:
    """Return the cut-offs of values and lags, given or from quantiles."""
    if isinstance(lag_cuts, str):
        choose("lag_cuts", lag_cuts, get_args(LagCuts))
    yearly, years, column = cuts == "yearly", moved.keyed.years, moved.column
    given, lag_given = given_cuts(cuts, "cuts"), given_cuts(lag_cuts, "lag_cuts")
    k = whole("classes", classes, 2) if given is None else given.shape[1] + 1
    own = cut(moved.values, k, yearly, years, column) if given is None else given
    m = k if lag_classes is None else whole("lag_classes", lag_classes, 2)
    if isinstance(lag_cuts, str) and lag_cuts == "same":
        if m != k:
            raise SpecError("distribution_same_cuts", where=Where(key="lag_classes"), lag_classes=m, classes=k)
        lag_given = own
    found = cut(lag, m, yearly, years, column) if lag_given is None else lag_given
    return _Asked(own, lag_given, found, yearly)


def _moves(moved: Moving, origin: Integers, target: Integers, near: Weights, ends: _Asked) -> Moves:
    """Return what is permuted, units by name: draws must not depend on the order of the rows."""
    order = np.argsort(np.array(moved.keyed.units))
    matrix = near.matrix[order][:, order]
    matrix.sort_indices()
    k, m = ends.value.shape[1] + 1, ends.lag.shape[1] + 1
    return Moves(moved.values[:, order], origin[:, order], target[:, order], matrix, k, m, ends.lag_given, ends.yearly)


def _transitions(counts: Floats, every: Homogeneity) -> pl.DataFrame:
    m, k = counts.shape[:2]
    frame = transition_frame(counts).insert_column(0, pl.Series("lag_class", np.repeat(np.arange(1, m + 1), k * k)))
    return frame.with_columns(pl.Series("expected", every.expected.ravel()))


def _classes(kind: str, ends: Floats, of: Integers) -> pl.DataFrame:
    k = ends.shape[1] + 1
    lower, upper = bounds(ends)
    return pl.DataFrame(
        {
            "kind": [kind] * k,
            "class": np.arange(1, k + 1),
            "lower": pl.Series(lower, dtype=pl.Float64),
            "upper": pl.Series(upper, dtype=pl.Float64),
            "n": np.bincount(of[of >= 0], minlength=k),
        }
    )


def _ergodic(counts: Floats) -> pl.DataFrame:
    m, k = counts.shape[:2]
    chains = probabilities(counts)
    status: list[Status] = [status_of(p) for p in chains]
    return pl.DataFrame(
        {
            "lag_class": np.repeat(np.arange(1, m + 1), k),
            "class": np.tile(np.arange(1, k + 1), m),
            "share": np.concatenate([ergodic(p, s) for p, s in zip(chains, status, strict=True)]),
            "status": [s for s in status for _ in range(k)],
        },
        nan_to_null=True,
    )


def _notes(counts: Floats, small: float, drawn: bool) -> list[Note]:
    """Return the remarks on rows and cells of the single chains."""
    rows = counts.sum(axis=2)
    notes = []
    for code, marked in {
        "distribution_lag_rows_absent": (rows == 0) & (rows.sum(axis=0) > 0),
        "distribution_lag_rows_few": (rows > 0) & (rows < FEW_MOVES),
    }.items():
        if marked.any():
            names = [f"{m + 1}/{c + 1}" for m, c in np.argwhere(marked).tolist()]
            values = {"count": len(names), "rows": listing(names), "of": marked.size, "least": FEW_MOVES}
            notes.append(Note(code, "warning", values))
    if not drawn:
        notes.append(Note("distribution_chi2_only", "info"))
    if small > 0:
        code = "distribution_small_drawn" if drawn else "distribution_small_expected"
        notes.append(Note(code, "info" if drawn else "warning", {"share": small, "least": SMALL}))
    return notes
