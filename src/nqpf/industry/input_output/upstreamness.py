"""Upstreamness and downstreamness: how many steps from final use, and from primary inputs (Antràs et al. 2012)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.industry.input_output.inverse import inverse
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.results import Method, Note


@dataclass(frozen=True, slots=True, eq=False)
class Upstreamness(BySector):
    """Places in the chain; null where a sector has no output.

    Attributes
    ----------
    frame
        Keys; upstreamness (1 = all goes to final use), downstreamness (1 = all inputs are primary), final_share (final
        use / output) and added_share (what is left of output after inputs / output).
    exports
        Mean upstreamness of exports, weighted by them; None where the table has no exports.
    """

    exports: float | None


def upstreamness(table: IOTable, *, correction: Literal["none", "open", "open_inventories"] = "none") -> Upstreamness:
    """Return the distance of each sector from final use and from primary inputs.

    U = 1 + Σ_j δ_ij U_j with δ_ij = z_ij / x_i, and D = 1 + Σ_i a_ij D_i. In a table of one country exports count as
    final use although they may be used as inputs abroad; with ``open`` they are taken to be used as domestic
    deliveries are: δ_ij = z_ij / (x_i − exports_i + imports_i), the imports only where they are inside the flows; with
    ``open_inventories`` changes in inventories are left out of the denominator as well.

    Parameters
    ----------
    table
        The table.
    correction
        ``none``, ``open`` or ``open_inventories``, as said.

    Returns
    -------
    Upstreamness
        One row a sector, and the mean over exports.

    Raises
    ------
    SpecError
        No such word for `correction`.
    MethodError
        The table does not say which final categories are exports or inventories; a sector's domestic use is not above
        0; ``leontief_singular``, naming the sectors.

    References
    ----------
    Antràs, Chor, Fally and Hillberry (2012), Measuring the upstreamness of production and trade flows, American
    Economic Review 102(3), 412–416, doi:10.1257/aer.102.3.412. Antràs and Chor (2018), On the measurement of
    upstreamness and downstreamness in global value chains, NBER Working Paper 24185, doi:10.3386/w24185.

    Examples
    --------
    >>> table = IOTable.of([[0, 50, 0], [0, 0, 80], [0, 0, 0]], [50, 20, 90], sectors=["ore", "steel", "cars"])
    >>> upstreamness(table).frame.select("sector", "upstreamness").rows()
    [('ore', 1.9), ('steel', 1.8), ('cars', 1.0)]
    """
    choose("correction", correction, ("none", "open", "open_inventories"))
    x, there = table.output, table.active
    up = table.ghosh_inverse.sum(axis=1) if correction == "none" else _corrected(table, correction)
    down = table.inverse.sum(axis=0)
    rest = x - table.flows.sum(axis=0) - table.imports.sum(axis=0)
    numbers = {
        "upstreamness": up,
        "downstreamness": down,
        "final_share": np.divide(table.final.sum(axis=1), x, out=np.zeros_like(x), where=there),
        "added_share": np.divide(rest, x, out=np.zeros_like(x), where=there),
    }
    frame = table.keys.with_columns(
        *(pl.Series(name, np.where(there, v, np.nan), nan_to_null=True) for name, v in numbers.items())
    )
    sold = table.used_as("exports")
    mean = float((sold * up)[there].sum() / sold[there].sum()) if sold[there].sum() > 0 else None
    notes = [Note("upstreamness_exports", "info")] if correction == "none" and mean is not None else []
    return Upstreamness(frame, Method("industry.upstreamness", {"correction": correction}), tuple(notes), mean)


def _corrected(table: IOTable, correction: str) -> Floats:
    """Return upstreamness with deliveries over domestic use."""
    needed = ("exports", "inventories") if correction == "open_inventories" else ("exports",)
    for kind in needed:
        if kind not in table.uses:
            raise MethodError("io_no_use", kind=kind)
    left_out = (*needed, "imports")
    used = table.flows.sum(axis=1) + table.final.sum(axis=1) - table.used_as(*left_out)
    delivering = table.flows.sum(axis=1) > 0
    if (used[delivering] <= 0).any():
        i = int((delivering & (used <= 0)).argmax())
        raise MethodError("io_no_domestic_use", where=Where(industry=table.labels[i]), value=float(used[i]))
    per = used[:, None]
    shares = np.divide(table.flows, per, out=np.zeros_like(table.flows), where=(table.flows != 0) & (per > 0))
    return np.asarray(inverse(shares, table.labels).sum(axis=1))
