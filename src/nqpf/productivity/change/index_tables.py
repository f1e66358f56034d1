"""Tables of index numbers: changes, levels, prices that quantities are aggregated at, chains and means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.productivity.change.aggregates import BEFORE, NOW, Vectors
from nqpf.productivity.change.compared import Compared
from nqpf.productivity.change.distances import DISTANCE_STATUS, UNDEFINED
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.change.tables import Changes, cumulative_table, mean_table, names
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Floats, Integers

WORDS = np.array(["defined", *DISTANCE_STATUS[1:]], dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was found of C comparisons.

    Attributes
    ----------
    values
        By name ``float64[C, 2]``, of the one before and of now.
    status
        ``int8[C]`` codes of `DISTANCE_STATUS`.
    tied
        ``bool[C]`` shadow prices that are not unique; None where there are none.
    """

    values: Mapping[str, Floats]
    status: NDArray[np.int8]
    tied: Bools | None

    @classmethod
    def of(cls, values: Mapping[str, Floats], status: NDArray[np.int8], tied: Bools | None) -> Measured:
        """Return numbers that have a ratio, the others NaN and their status ``undefined`` if no program failed."""
        sound = {name: np.where((v > 0) & np.isfinite(v), v, np.nan) for name, v in values.items()}
        lost = np.logical_or.reduce([np.isnan(v).any(axis=1) for v in sound.values()])
        return cls(sound, np.where((status == 0) & lost, UNDEFINED, status).astype(np.int8), tied)

    def change(self, name: str) -> Floats:
        """Return now over before ``float64[C]``."""
        values = self.values[name]
        ratio: Floats = values[:, NOW] / values[:, BEFORE]
        return ratio


def level_table(observed: Observed, compared: Compared, measured: Measured) -> pl.DataFrame:
    """Return a row for each observation: unit, time, from (year of the one it shares prices with), numbers, status."""
    unit, time = observed.keys.columns
    years = np.array(observed.periods)
    return pl.DataFrame(
        {
            unit: names(observed)[observed.n[compared.now]],
            time: years[observed.t[compared.now]],
            "from": pl.Series(years[observed.t[compared.before]]).set(pl.Series(~compared.paired), None),
            **{name: values[:, NOW] for name, values in measured.values.items()},
            **({} if measured.tied is None else {"tied": measured.tied}),
            "status": WORDS[measured.status].tolist(),
        }
    ).with_columns(pl.col(*measured.values).fill_nan(None))


def change_table(observed: Observed, compared: Compared, measured: Measured, against: bool) -> pl.DataFrame:
    """Return a row for each unit and year: unit, from, to, numbers, status; with a base unit also its name."""
    first = compared.first
    other, row = compared.other[:, first:], compared.row[:, first:]
    years = np.array(observed.periods)
    place = _places(observed, compared)[row]
    there = (row >= 0) & (other >= 0)
    n, step = (part.ravel() for part in np.indices(row.shape))
    units = names(observed)

    def spread_out(values: Floats) -> Floats:
        return np.where(there, values[place], np.nan).ravel()

    absent = pl.Series(other.ravel() < 0)
    earlier = pl.Series(years[observed.t[other.ravel()]]).set(absent, None)
    if first:
        earlier = pl.Series(years[step])
    none = pl.Series(~there.ravel())
    tied = {} if measured.tied is None else {"tied": pl.Series(measured.tied[place].ravel()).set(none, None)}
    status = np.where(there, WORDS[measured.status[place]], "no_pair")
    return pl.DataFrame(
        {
            observed.keys.columns[0]: units[n],
            **({"against": units[observed.n[other.ravel()]].set(absent, None)} if against else {}),
            "from": earlier,
            "to": years[step + first],
            **{name: spread_out(measured.change(name)) for name in measured.values},
            **tied,
            "status": status.ravel().tolist(),
        }
    ).with_columns(pl.col(*measured.values).fill_nan(None))


def _places(observed: Observed, compared: Compared) -> Integers:
    """Return the comparison of each row, one more for −1."""
    place = np.zeros(len(observed.t) + 1, np.intp)
    place[compared.now] = np.arange(compared.now.size)
    return place


def chain_tables(observed: Observed, compared: Compared, measured: Measured) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return changes between neighbouring years chained over the years, and their means."""
    pairs = Pairs.of(observed)
    place = _places(observed, compared)[pairs.row[:, 1:]]
    with np.errstate(invalid="ignore"):
        logs = {name: np.where(pairs.both, np.log(measured.change(name))[place], np.nan) for name in measured.values}
    change = Changes(logs, True)
    return cumulative_table(observed, pairs, change), mean_table(observed, pairs, change)


def price_table(
    observed: Observed, compared: Compared, vectors: Vectors | None, own: tuple[Integers, Floats, Bools] | None
) -> pl.DataFrame:
    """Return prices that quantities are aggregated at, a row for each observation and set, and its own shadow prices.

    Columns: unit, time, at (``mean``: the same for all, without unit and time; ``before``, ``now``; ``shadow``), the
    quantities and tied (shadow prices that are not unique, empty of market prices).
    """
    unit, time = observed.keys.columns
    units, years = names(observed), np.array(observed.periods)
    quantities = [*observed.names[0], *observed.names[1]]

    def rows(at: Integers | None, word: str, prices: Floats, tied: Bools | None) -> pl.DataFrame:
        size = len(prices)
        table = {
            unit: pl.Series([None] * size, dtype=units.dtype) if at is None else units[observed.n[at]],
            time: pl.Series([None] * size, dtype=pl.Int64) if at is None else years[observed.t[at]],
            "at": pl.Series([word] * size, dtype=pl.String),
        }
        ties = pl.Series([None] * size if tied is None else tied, dtype=pl.Boolean)
        return pl.DataFrame(table | dict(zip(quantities, prices.T, strict=True)) | {"tied": ties})

    parts = [rows(None, "", np.zeros((0, len(quantities))), None)]
    if vectors is not None and vectors.words == ("mean",):
        parts.append(rows(None, "mean", vectors.prices, vectors.tied))
    elif vectors is not None:
        for word, sets in zip(vectors.words, vectors.sets.T, strict=True):
            tied = None if vectors.tied is None else vectors.tied[sets]
            parts.append(rows(compared.now, word, vectors.prices[sets], tied))
    if own is not None:
        parts.append(rows(own[0], "shadow", *own[1:]))
    return pl.concat(parts).with_columns(pl.col(*quantities).fill_nan(None))
