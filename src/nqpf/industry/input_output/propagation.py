"""Average propagation lengths: how many steps a push or a pull takes on its way (Dietzenbacher et al. 2005)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.results import Method, Note


@dataclass(frozen=True, slots=True, eq=False)
class Propagation(BySector):
    """Average propagation lengths.

    Attributes
    ----------
    frame
        Keys; forward (mean over the sector's row: steps until what it delivers arrives), backward (mean over its
        column: steps back to those it draws on); null where nothing arrives.
    lengths
        ``float64[n, n]`` from the row's sector to the column's; NaN where nothing arrives.
    """

    lengths: Floats
    table: IOTable

    @property
    def matrix(self) -> pl.DataFrame:
        """The lengths as a table, null where nothing arrives."""
        return self.table.matrix(self.lengths).fill_nan(None)


def propagation(table: IOTable, *, average: Literal["simple", "weighted"] = "simple") -> Propagation:
    """Return average propagation lengths between all pairs of sectors, and their means by sector.

    The effect of sector j's final demand on i is L_ij (less 1 for i = j, the demand itself); the part of it that takes
    k rounds is (A^k)_ij, so that the mean number of rounds is [L (L − I)]_ij / (L − I)_ij. Read from i to j along
    deliveries the Ghosh inverse gives the same lengths.

    Parameters
    ----------
    table
        The table.
    average
        Means by sector: ``simple`` over the sectors that are reached, or ``weighted`` by the effects (L − I).

    Returns
    -------
    Propagation
        Lengths, and means by row and by column.

    Raises
    ------
    SpecError
        No such word for `average`.
    MethodError
        ``leontief_singular``, naming the sectors.

    References
    ----------
    Dietzenbacher, Romero and Bosma (2005), Using average propagation lengths to identify production chains in the
    Andalusian economy, Estudios de Economía Aplicada 23(2), 405–422, ISSN 1697-5731.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> propagation(table).lengths.round(3).tolist()
    [[1.597, 1.376], [1.376, 1.836]]
    """
    choose("average", average, ("simple", "weighted"))
    whole = table.inverse
    effects = whole - np.eye(len(whole))
    rounds = whole @ effects
    reached = effects > np.finfo(float).eps * 8  # below that the effect is the rounding of the inverse
    lengths = np.divide(rounds, effects, out=np.full_like(rounds, np.nan), where=reached)
    frame = table.keys.with_columns(
        _mean("forward", rounds, effects, lengths, reached, 1, average),
        _mean("backward", rounds, effects, lengths, reached, 0, average),
    )
    apart = int((~reached).sum())
    notes = [Note("propagation_apart", "info", {"count": apart, "share": apart / reached.size})] if apart else []
    return Propagation(frame, Method("industry.propagation", {"average": average}), tuple(notes), lengths, table)


def _mean(
    name: str, rounds: Floats, effects: Floats, lengths: Floats, reached: NDArray[np.bool_], axis: int, average: str
) -> pl.Series:
    """Return the mean length of rows or columns over the pairs that are reached."""
    above = np.where(reached, rounds if average == "weighted" else lengths, 0.0).sum(axis=axis)
    below = np.where(reached, effects if average == "weighted" else 1.0, 0.0).sum(axis=axis)
    return pl.Series(name, np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0), nan_to_null=True)
