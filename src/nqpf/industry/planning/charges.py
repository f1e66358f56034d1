"""What every pair pays for the limits it uses, and is paid for what it serves, at the prices of the relaxation.

The prices are the dual values of the linear relaxation of the same program: the plan's whole numbers are let go, as a
plan in whole numbers has no prices of its own (Gomory and Baumol 1960, doi:10.2307/1910130).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.model import described
from nqpf.industry.planning.solving import Answer
from nqpf.industry.planning.worth import summed

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

NOTHING = 1e-7
"""Share of the largest expected value below which a price is none."""

OF_REGION = ("count", "funds", "layer")
"""Limits that a region's pairs compete for among themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Charges:
    """Charges of pairs by rows; rewards are negative.

    Attributes
    ----------
    pair, row
        ``int[E]`` pair and row of each charge.
    charge
        ``float64[E]`` price of the row times what the pair uses of it, in units of value.
    price
        ``float64[m]`` prices of the rows.
    least
        What counts as nothing.
    """

    pair: Integers
    row: Integers
    charge: Floats
    price: Floats
    least: float


def charges(case: Case, found: Answer) -> Charges:
    """Return the charges of all pairs that may be chosen."""
    made = found.model
    entries = made.program.rows[:, np.arange(made.pairs.size)].tocoo()
    price = np.nan_to_num(found.relaxed.prices)
    charge = price[entries.row] * entries.data
    least = NOTHING * float(np.abs(case.q.worth).max(initial=0.0))
    kept = np.abs(charge) > least
    return Charges(made.pairs[entries.col[kept]], entries.row[kept].astype(np.intp), charge[kept], price, least)


def prices(case: Case, found: Answer, all_charges: Charges) -> pl.DataFrame:
    """Return the limits that have a price: what one more unit of each would be worth."""
    rows = described(case, found.model).with_columns(pl.Series("price", np.abs(all_charges.price)))
    return rows.filter(pl.col("price") > all_charges.least)


def bindings(case: Case, found: Answer, all_charges: Charges) -> pl.DataFrame:
    """Return of every target which limits it pays for and which needs it is paid for."""
    on = found.worth.chosen[all_charges.pair]
    pair, row = all_charges.pair[on], all_charges.row[on]
    order = np.lexsort((row, pair))
    pair, row, charge = pair[order], row[order], all_charges.charge[on][order]
    about = described(case, found.model)[row].select("constraint", "name")
    return pl.concat([case.q.keys(pair), about, pl.DataFrame({"charge": charge})], how="horizontal")


def largest(all_charges: Charges, code: NDArray[np.str_], pairs: int) -> tuple[Floats, Floats, Integers]:
    """Return of every pair what the limits of its region charge, what rewards it has, and its dearest other row.

    Returns
    -------
    tuple
        ``float64[C]``, ``float64[C]``, ``int[C]`` (−1 for none).
    """
    of_region = np.isin(code[all_charges.row], OF_REGION)
    rewarded = all_charges.charge < 0
    inside = summed(all_charges.pair[of_region], all_charges.charge[of_region], pairs)
    reward = -summed(all_charges.pair[rewarded], all_charges.charge[rewarded], pairs)
    other = np.flatnonzero(~of_region & ~rewarded)
    order = other[np.lexsort((-all_charges.row[other], all_charges.charge[other], all_charges.pair[other]))]
    dearest = np.full(pairs, -1)
    dearest[all_charges.pair[order]] = all_charges.row[order]  # the last of a pair is its dearest
    return inside, reward, dearest
