"""What falls away when an origin stops delivering to some users: a low-rank change of the inverse, not a new one.

Coefficients of the deliveries are set to 0 (or to a part) and the system is solved again without inverting it again
(Woodbury; Henderson and Searle 1981, doi:10.1137/1023004; see `removal.cut_off`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, listing
from nqpf.industry.input_output.extraction import hit, model_notes, refuse_share
from nqpf.industry.input_output.removal import System, cut_off, demand_driven, supply_driven
from nqpf.industry.input_output.selecting import Integers, Names, partition, places
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.options import pairs_of
from nqpf.results import Method, Note, Result, TableResult

Floats = NDArray[np.float64]

Model = Literal["leontief", "ghosh"]


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Result):
    """What is lost when an origin stops delivering.

    Attributes
    ----------
    frame
        Who is hit: region (where the table has several), sector, output, loss, share (loss in the sector's output;
        null without output).
    summary
        One row: ``delivered`` value of the deliveries that stop; ``loss`` of all sectors, and of it ``loss_supplier``,
        ``loss_users``, ``loss_others``; ``share`` of the loss in all output; ``users_share`` of the users' loss in
        their output; ``per_unit`` loss over what is no longer delivered (null where nothing was).
    method, notes
        How the numbers came about, and how they must be read.
    """

    frame: pl.DataFrame
    summary: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return who is hit."""
        return self.frame


def cut(table: IOTable, *, supplier: Names, users: Names, share: float = 1.0, model: Model = "leontief") -> Cut:
    """Cut the deliveries of an origin to some users, with nothing in their place.

    Parameters
    ----------
    table
        The table, with the rows of the origin in it (a table of several regions for a foreign origin).
    supplier
        Who no longer delivers: labels, regions (all their sectors) or sectors (in every region).
    users
        Who no longer receives, named the same way; ``all``. Only intermediate deliveries are cut.
    share
        Share of the deliveries that stops, in (0, 1].
    model
        ``leontief``: the input coefficients become smaller and final demand stays, so what is lost is the output that
        stood behind the deliveries: it measures how the origin and its own suppliers hang on these users.
        ``ghosh``: the allocation coefficients become smaller and primary inputs stay, so output downstream of the
        deliveries shrinks with them: how the users and theirs hang on the origin, if output followed supply.

    Returns
    -------
    Cut
        Who is hit, and the loss in all.

    Raises
    ------
    SpecError
        No name is given, `share` is not in (0, 1], or no such model.
    DataError
        A name is not in the table, or an origin is among the users.
    MethodError
        What is left is singular.

    Notes
    -----
    No input is replaced by another, no other origin steps in, and users do not stop for want of a part: neither model
    is a forecast of a blockade. How long recovery takes, an input–output table does not say.

    References
    ----------
    Henderson and Searle (1981), On deriving the inverse of a sum of matrices, doi:10.1137/1023004. Miller and Blair
    (2009), Input–Output Analysis, chapter 12, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    >>> table = IOTable(("farm", "works"), flows, np.array([[50.0], [150.0]]), np.array([100.0, 200.0]),
    ...                 ("", ""), ("final",), np.zeros((0, 2)))
    >>> cut(table, supplier="farm", users="works").frame.select("sector", pl.col("loss").round(3)).rows()
    [('farm', 44.444), ('works', 14.815)]
    """
    choose("model", model, ("leontief", "ghosh"))
    refuse_share(share)
    rows, columns = places(table, supplier, "supplier"), places(table, users, "users")
    system = demand_driven(table) if model == "leontief" else supply_driven(table)
    loss = _loss(system, rows, columns, share, model)
    if not np.isfinite(loss).all():
        raise MethodError("singular_remainder", names=listing([table.labels[i] for i in rows]), count=1)
    summary = pl.DataFrame([_summary(table, rows, columns, share, loss)])
    options = {"supplier": supplier, "users": users, "share": share, "model": model}
    notes = (*model_notes(table, model), Note("cut_reading", "info"))
    return Cut(hit(table, loss), summary, Method("industry.cut", options), notes)


def cuts(
    table: IOTable,
    *,
    users: Names,
    suppliers: Literal["region", "sector"] | Mapping[str, Names] = "region",
    share: float = 1.0,
    model: Model = "leontief",
) -> TableResult:
    """Cut the deliveries of every origin to some users, one origin at a time, and compare.

    Parameters
    ----------
    table, users, share, model
        As for `cut`.
    suppliers
        ``region``: every region but those of the users; ``sector``: every sector, in all regions; or sets of rows by
        name.

    Returns
    -------
    TableResult
        A row for each origin: ``supplier``, the columns of the summary of `Cut`, and ``rank`` by loss.

    Raises
    ------
    SpecError, DataError, MethodError
        As for `cut`; a DataError also if the table has one region and `suppliers` is ``region``.

    References
    ----------
    As for `cut`.

    Examples
    --------
    >>> flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    >>> table = IOTable(("farm", "works"), flows, np.array([[50.0], [150.0]]), np.array([100.0, 200.0]),
    ...                 ("", ""), ("final",), np.zeros((0, 2)))
    >>> cuts(table, users="all", suppliers="sector").frame.select("supplier", "delivered", "rank").rows()
    [('farm', 50.0, 1), ('works', 50.0, 2)]
    """
    choose("model", model, ("leontief", "ghosh"))
    refuse_share(share)
    columns = places(table, users, "users")
    if isinstance(suppliers, str):
        choose("suppliers", suppliers, ("region", "sector"))
        own = {table.regions[i] for i in columns} if suppliers == "region" else set()
        origins = {name: rows for name, rows in partition(table, suppliers).items() if name not in own}
    else:
        origins = {
            name: places(table, rows, f"suppliers.{name}") for name, rows in pairs_of("suppliers", suppliers).items()
        }
    if not origins:
        raise DataError("no_origin")
    system = demand_driven(table) if model == "leontief" else supply_driven(table)
    found = {name: _loss(system, rows, columns, share, model) for name, rows in origins.items()}
    bad = [name for name, loss in found.items() if not np.isfinite(loss).all()]
    if bad:
        raise MethodError("singular_remainder", names=listing(bad), count=len(bad))
    lines = [{"supplier": name, **_summary(table, rows, columns, share, found[name])} for name, rows in origins.items()]
    frame = pl.DataFrame(lines).with_columns(pl.col("loss").rank("min", descending=True).cast(pl.Int64).alias("rank"))
    options = {"users": users, "suppliers": suppliers, "share": share, "model": model}
    notes = (*model_notes(table, model), Note("cut_reading", "info"))
    return TableResult(frame, Method("industry.cut", options), notes)


def _loss(system: System, rows: Integers, columns: Integers, share: float, model: Model) -> Floats:
    """Return the loss ``float64[n]``, NaN where there is none for sure; Ghosh's system is turned over."""
    return cut_off(system, *((rows, columns) if model == "leontief" else (columns, rows)), share)[0]


def _summary(table: IOTable, rows: Integers, columns: Integers, share: float, loss: Floats) -> dict[str, Any]:
    delivered = share * float(table.flows[np.ix_(rows, columns)].sum())
    total = float(loss.sum())
    users, everything = float(loss[columns].sum()), float(table.output.sum())
    supplier = float(loss[np.setdiff1d(rows, columns)].sum())  # who is both counts as a user
    received = float(table.output[columns].sum())
    return {
        "delivered": delivered,
        "loss": total,
        "loss_supplier": supplier,
        "loss_users": users,
        "loss_others": total - supplier - users,
        "share": total / everything if everything > 0 else None,
        "users_share": users / received if received > 0 else None,
        "per_unit": total / delivered if delivered > 0 else None,
    }
