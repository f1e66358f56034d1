"""How far weights move from year to year, and how many indicators they leave in play.

The effective number of indicators is 1 / Σ_j w_j² (Laakso and Taagepera 1979, doi:10.1177/001041407901200101): K under
equal weights, 1 where one indicator carries everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.columns import checked, choose, numbers
from nqpf.errors import DataError, Where, listing
from nqpf.frames import require
from nqpf.index.options.weight import DATA_DRIVEN, LEVEL_BOUND, Weight
from nqpf.index.weights.among import weigh
from nqpf.index.weights.driven import Driven, driven_weights
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WeightDrift(Result):
    """Weights of each year, and how they move.

    Attributes
    ----------
    names, periods
        Of the K indicators and T years.
    weights
        ``float64[T, K]``, each year summing to 1.
    driven
        Whose weights one or two units decide; None where only weights were given.
    units
        Names of the units, for `driven`.
    """

    names: tuple[str, ...]
    periods: tuple[Any, ...]
    weights: Floats
    method: Method
    notes: tuple[Note, ...] = ()
    driven: Driven | None = None
    units: tuple[str | Text, ...] = ()

    @property
    def effective(self) -> Floats:
        """``float64[T]`` effective number of indicators 1 / Σ w²."""
        return np.asarray(1.0 / (self.weights**2).sum(axis=1))

    @property
    def agreement(self) -> Floats:
        """``float64[T]`` rank correlation (Spearman) of each year's weights with the first year's; NaN if all tie."""
        ranks = rankdata(self.weights, axis=1)
        centred = ranks - ranks.mean(axis=1, keepdims=True)
        length = np.sqrt((centred**2).sum(axis=1))
        product = (centred * centred[0]).sum(axis=1)
        both = length * length[0]
        return np.asarray(np.divide(product, both, out=np.full(len(ranks), np.nan), where=both > 0))

    def to_frame(self) -> pl.DataFrame:
        """Return a row an indicator.

        Columns indicator, first, last, low, high, range, largest_move (in size, from one year to the next) and move_to
        (the year it led to); with `driven` also without_one, without_two, furthest, second (units) and driven.
        """
        moves = np.diff(self.weights, axis=0)
        shown: dict[str, Any] = {
            "indicator": self.names,
            "first": self.weights[0],
            "last": self.weights[-1],
            "low": self.weights.min(axis=0),
            "high": self.weights.max(axis=0),
            "range": np.ptp(self.weights, axis=0),
        }
        if len(moves):
            at = np.abs(moves).argmax(axis=0)
            shown |= {"largest_move": moves[at, np.arange(len(at))], "move_to": [self.periods[int(t) + 1] for t in at]}
        if self.driven is not None:
            one, two = ([str(self.units[int(n)]) for n in row] for row in self.driven.units)
            shown |= {"without_one": self.driven.without[0], "without_two": self.driven.without[1]}
            shown |= {"furthest": one, "second": two, "driven": self.driven.flags}
        return pl.DataFrame(shown, nan_to_null=True)

    def by_year(self) -> pl.DataFrame:
        """Return a row a year: period, effective number of indicators, heaviest indicator, its weight, agreement."""
        heaviest = self.weights.argmax(axis=1)
        shown = {
            "period": self.periods,
            "effective": self.effective,
            "heaviest": [self.names[int(k)] for k in heaviest],
            "weight": self.weights.max(axis=1),
            "agreement": self.agreement,
        }
        return pl.DataFrame(shown, nan_to_null=True)


def drift(weights: Floats, *, names: Sequence[str], periods: Sequence[Any]) -> WeightDrift:
    """Return how yearly weights ``float64[T, K]`` move, whoever made them."""
    return WeightDrift(tuple(names), tuple(periods), weights, Method("weight_drift"))


def drift_of_scores(
    scores: Floats,
    how: Weight,
    *,
    names: Sequence[str],
    periods: Sequence[int],
    units: Sequence[str | Text],
    yearly_scores: bool = False,
) -> WeightDrift:
    """Return how weights would move if every year had its own, and whose weights one or two units decide.

    Parameters
    ----------
    scores
        ``float64[T, N, K]``, higher better, NaN where missing.
    how
        A data-driven method; unless its scope is ``yearly`` or ``rolling``, the drift shown is that of ``yearly``.
    names, periods, units
        Of the K columns, T years and N units.
    yearly_scores
        Whether scores were normalised each year alone.

    Raises
    ------
    MethodError
        The method refuses the scores of some year, named.
    """
    each = how if how.yearly else how.model_copy(update={"scope": "yearly", "base": None})
    weights = weigh(scores, each, names=names, periods=periods, yearly_scores=yearly_scores, units=units)
    driven = driven_weights(scores, how, names=names, periods=periods, yearly_scores=yearly_scores)
    notes = []
    if driven.flags.any():
        shown = listing([names[int(k)] for k in np.flatnonzero(driven.flags)])
        notes.append(Note("weights_driven", values={"indicators": shown}))
    method = Method("weight_drift", each.model_dump(mode="json", exclude_defaults=True))
    return WeightDrift(tuple(names), tuple(periods), weights, method, tuple(notes), driven, tuple(units))


def weight_drift(
    data: Any,
    columns: Sequence[str],
    *,
    by: str,
    unit: str,
    method: Literal[
        "entropy", "critic", "cv", "sd", "gini", "independence", "merec", "pca", "scatter", "correlation"
    ] = "entropy",
    **options: Any,
) -> WeightDrift:
    """Return how the weights of columns move from year to year, and whose weights one or two units decide.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit and year, columns normalised, higher better.
    columns
        Indicators.
    by, unit
        Columns of years and of units; each pair stands once.
    method
        Method of weighting.
    **options
        Its options, in the words of a recipe: ``shift``, ``correlation``, ``scope="rolling"`` with ``window`` …; with
        ``basis="unit"`` scores are brought to 0–1 over all years first (the default for ``critic`` only).

    Returns
    -------
    WeightDrift
        With ``to_frame()`` a row an indicator and ``by_year()`` a row a year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year or is a second one of its unit and year.
    SpecError
        No such method or option.
    MethodError
        The method refuses the scores of some year, named.

    References
    ----------
    Laakso and Taagepera (1979), doi:10.1177/001041407901200101

    Examples
    --------
    >>> table = {"u": ["x", "y", "z"] * 2, "t": [1, 1, 1, 2, 2, 2], "a": [0, 1, 2, 0, 1, 1], "b": [2, 1, 1, 2, 2, 0]}
    >>> weight_drift(table, ["a", "b"], by="t", unit="u").by_year()["effective"].round(3).to_list()
    [1.251, 2.0]
    """
    choose("method", method, DATA_DRIVEN)
    as_given = {"basis": "scores"} if method in LEVEL_BOUND and method != "critic" else {}
    how = checked(Weight, method=method, **as_given | options)
    frame, values = numbers(data, columns, by)
    require(frame, unit)
    second = ~frame.select(first=pl.struct(by, unit).is_first_distinct())["first"]
    if second.any():
        row = int(second.arg_true()[0])
        raise DataError(
            "unit_twice_in_year", where=Where(row=row + 1, unit=str(frame[unit][row]), period=frame[by][row])
        )
    periods, units = (frame[name].unique().sort() for name in (by, unit))
    seats = [column.search_sorted(frame[name]).to_numpy() for column, name in ((periods, by), (units, unit))]
    scores = np.full((len(periods), len(units), len(columns)), np.nan)
    scores[seats[0], seats[1]] = values
    shown = [str(name) for name in units]
    return drift_of_scores(scores, how, names=list(columns), periods=periods.to_list(), units=shown)
