"""Hypothetical extraction: what an economy would produce less without a sector, for all sectors at once.

Total extraction after Strassert, Schultz and Cella as ordered by Miller and Lahr (2001); backward and forward parts by
Dietzenbacher and van der Linden (1997, doi:10.1111/0022-4146.00053); partial extraction in the spirit of Dietzenbacher
and Lahr (2013, doi:10.1080/09535314.2013.774266). All come in closed form from one inverse (`removal.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.industry.input_output.removal import SURE, Removal, System, demand_driven, lost, supply_driven
from nqpf.industry.input_output.selecting import Integers, Names, partition, places
from nqpf.industry.input_output.shares import ratio
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.options import is_number, pairs_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

Mode = Literal["total", "backward", "forward"]
Model = Literal["standard", "leontief", "ghosh"]


@dataclass(frozen=True, slots=True, eq=False)
class Extraction(Result):
    """What is lost with each sector or group.

    Attributes
    ----------
    frame
        A row for each sector or group that is extracted: ``group`` (where groups were asked for) or ``region`` (where
        the table has several) and ``sector``; ``output``; ``loss`` of all sectors, ``loss_own`` of what is extracted
        and ``loss_outside`` of the others; ``per_unit`` and ``outside_per_unit``, loss over the output extracted
        (null without output); ``share``, loss in all output, and ``outside_share``, loss outside in the output of the
        others; ``rank`` by loss outside and ``rank_per_unit`` by the loss outside per unit.
    losses
        ``float64[G, n]`` loss of each of the table's n sectors with each of the G extractions, in the unit of money.
    table
        The table.
    names
        Labels of the sectors, or names of the groups, in the order of `frame`.
    method, notes
        How the numbers came about, and how they must be read.
    """

    frame: pl.DataFrame
    losses: Floats
    table: IOTable
    names: tuple[str, ...]
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return what is lost with each sector or group."""
        return self.frame

    def affected(self, name: str) -> pl.DataFrame:
        """Return who is hit when one sector or group is extracted.

        Parameters
        ----------
        name
            Label of the sector (``sector`` or ``region|sector``) or name of the group.

        Returns
        -------
        polars.DataFrame
            region (where the table has several), sector, output, loss, share (loss in the sector's output; null
            without output).

        Raises
        ------
        DataError
            Nothing of that name was extracted.
        """
        if name not in self.names:
            raise DataError("unknown_sector", name=name, options=listing(self.names, 12), hint=hint(name, self.names))
        return hit(self.table, self.losses[self.names.index(name)])


def extraction(
    table: IOTable,
    sectors: Names = "all",
    mode: Mode = "total",
    groups: Mapping[str, Names] | Literal["region", "sector"] | None = None,
    *,
    share: float = 1.0,
    model: Model = "standard",
    final: Literal["standard", "cut", "kept"] = "standard",
    own: Literal["cut", "kept"] = "cut",
) -> Extraction:
    """Extract sectors, or groups of them, from an input–output table, each on its own.

    Parameters
    ----------
    table
        The table; of domestic flows where imports stand apart.
    sectors
        Sectors that are extracted one by one: labels, or regions or sectors (each of their rows); ``all``.
    mode
        ``total``: the sector neither buys, nor delivers, nor serves final demand: rows and columns of A and its final
        demand become 0. ``backward``: it buys nothing from any sector: its column of A becomes 0 (Leontief).
        ``forward``: it delivers nothing to any sector: its row of the allocation coefficients B becomes 0 (Ghosh).
    groups
        Sets of sectors that are extracted together, by name; ``region`` or ``sector``: all rows of each region or of
        each sector. Then `sectors` must be ``all``.
    share
        Share α of all that the mode takes away, in (0, 1]; below 1 a partial extraction.
    model
        ``standard``: Leontief's for total and backward, Ghosh's for forward. ``leontief``: A for all, so that forward
        sets the row of A to 0. ``ghosh``: B for all: primary inputs stand for final demand, rows for columns.
    final
        Final demand of the sector (primary inputs in Ghosh's model): ``cut`` or ``kept``; ``standard``: cut for total,
        kept for backward and forward. Total with final demand kept is the variant of Schultz (`own` cut) and of Cella
        (`own` kept).
    own
        Deliveries inside the sector or group (a_ii): ``cut``, or ``kept``.

    Returns
    -------
    Extraction
        Loss in all, outside and per unit of output; who is hit, by `affected`.

    Raises
    ------
    SpecError
        An option is none of its words, `share` is not in (0, 1], a group is empty, or both `sectors` and `groups`.
    DataError
        A name is not in the table.
    MethodError
        What is left is singular; it is said without which sectors.

    Notes
    -----
    What the others lose is the same in total and backward extraction of single sectors (whole, by the standard):
    they lose what is bought from them for the sector's output, not its deliveries. Coefficients are fixed and
    nothing is replaced, so losses are upper bounds that rank sectors; large sectors lead by size alone, so read the
    loss per unit of output beside it. It says how much hangs on a sector, not how hard it is to replace: it is no
    measure of choke points by itself (see `nqpf.industry.chokepoints`). Ghosh's model lets output follow supply,
    which holds for small changes only (Oosterhaven 1988).

    References
    ----------
    Miller and Lahr (2001), A taxonomy of extractions, in Lahr and Miller (eds), Regional Science Perspectives in
    Economic Analysis, Elsevier, 407–441. Dietzenbacher and van der Linden (1997), doi:10.1111/0022-4146.00053.
    Dietzenbacher and Lahr (2013), doi:10.1080/09535314.2013.774266. Miller and Blair (2009), section 12.2.6,
    doi:10.1017/CBO9780511626982. Oosterhaven (1988), On the plausibility of the supply-driven input–output model,
    Journal of Regional Science 28(2), 203–217.

    Examples
    --------
    >>> flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    >>> table = IOTable(("farm", "works"), flows, np.array([[50.0], [150.0]]), np.array([100.0, 200.0]),
    ...                 ("", ""), ("final",), np.zeros((0, 2)))
    >>> found = extraction(table)
    >>> found.frame.select("sector", pl.col("loss", "loss_outside").round(3)).rows()
    [('farm', 133.333, 33.333), ('works', 244.444, 44.444)]
    >>> found.affected("works").select("sector", pl.col("loss", "share").round(3)).rows()
    [('farm', 44.444, 0.444), ('works', 200.0, 1.0)]
    """
    choose("mode", mode, ("total", "backward", "forward"))
    choose("model", model, ("standard", "leontief", "ghosh"))
    choose("final", final, ("standard", "cut", "kept"))
    choose("own", own, ("cut", "kept"))
    refuse_share(share)
    sets = _sets(table, sectors, groups)
    driven = model if model != "standard" else "ghosh" if mode == "forward" else "leontief"
    cut = final == "cut" or (final == "standard" and mode == "total")
    rows, columns = mode in ("total", "forward"), mode in ("total", "backward")
    if driven == "ghosh":
        rows, columns = columns, rows  # the system is turned over
    system = supply_driven(table) if driven == "ghosh" else demand_driven(table)
    losses = _losses(system, sets, Removal(share, rows, columns, cut, own == "cut"))
    options: dict[str, object] = {
        "mode": mode,
        "share": share,
        "model": driven,
        "final": "cut" if cut else "kept",
        "own": own,
    }
    notes = (*_notes(table, driven), Note("extraction_reading", "info"))
    frame = _frame(table, sets, losses, groups is not None)
    return Extraction(frame, losses, table, tuple(sets), Method("industry.extraction", options), notes)


def refuse_share(share: float) -> None:
    """Raise a SpecError if `share` is not in (0, 1]."""
    if not (is_number(share) and 0 < share <= 1):
        raise SpecError("share_not_in_one", where=Where(key="share"), value=share)


def hit(table: IOTable, loss: Floats) -> pl.DataFrame:
    """Return the loss ``float64[n]`` of every sector as a table: region, sector, output, loss, share."""
    share = np.divide(loss, table.output, out=np.full_like(loss, np.nan), where=table.active)
    cells = {"output": table.output, "loss": loss, "share": share}
    return table.keys.hstack(pl.DataFrame(cells).with_columns(pl.col("share").fill_nan(None)))


def model_notes(table: IOTable, driven: str) -> tuple[Note, ...]:
    """Return what must be said of the model, and of a table whose deliveries and output do not agree."""
    notes = [Note("ghosh_reading", "warning")] if driven == "ghosh" else []
    gap = np.abs(table.output - table.flows.sum(axis=1) - table.final.sum(axis=1))
    if table.final.size and driven == "leontief" and (gap > 1e-6 * np.maximum(table.output, 1e-300)).any():
        worst = int(gap.argmax())
        values = {"name": table.labels[worst], "gap": float(gap[worst]), "count": int((gap > 0).sum())}
        notes.append(Note("final_demand_by_balance", "info", values))
    return tuple(notes)


def _notes(table: IOTable, driven: str) -> tuple[Note, ...]:
    empty = [name for name, active in zip(table.labels, table.active, strict=True) if not active]
    values = {"count": len(empty), "names": listing(empty)}
    idle = (Note("sectors_without_output", "info", values),) if empty else ()
    return (*idle, *model_notes(table, driven))


def _sets(
    table: IOTable, sectors: Names, groups: Mapping[str, Names] | Literal["region", "sector"] | None
) -> dict[str, Integers]:
    """Return the rows of every extraction by its name."""
    if groups is None:
        labels = table.labels
        return {labels[i]: np.array([i]) for i in places(table, sectors, "sectors")}
    if sectors != "all":
        raise SpecError("sectors_and_groups", where=Where(key="groups"))
    if isinstance(groups, str):
        choose("groups", groups, ("region", "sector"))
        return partition(table, groups)
    sets = pairs_of("groups", groups)
    if not sets:
        raise SpecError("nothing_selected", where=Where(key="groups"))
    return {name: places(table, members, f"groups.{name}") for name, members in sets.items()}


def _losses(system: System, sets: Mapping[str, Integers], how: Removal) -> Floats:
    """Return the losses ``float64[G, n]``, sets of one size at a time."""
    members = list(sets.values())
    losses = np.empty((len(members), system.x.size))
    sizes = np.array([m.size for m in members])
    for size in np.unique(sizes):
        at = np.flatnonzero(sizes == size)
        losses[at], sure = lost(system, np.stack([members[i] for i in at]), how)
        if not (sure >= SURE).all():
            bad = at[~(sure >= SURE)]
            names = list(sets)
            raise MethodError("singular_remainder", names=listing([names[i] for i in bad]), count=len(bad))
    return losses


def _frame(table: IOTable, sets: Mapping[str, Integers], losses: Floats, grouped: bool) -> pl.DataFrame:
    owned = np.zeros(losses.shape, dtype=bool)
    for g, members in enumerate(sets.values()):
        owned[g, members] = True
    output, everything = owned @ table.output, float(table.output.sum())
    total, inside = losses.sum(axis=1), np.where(owned, losses, 0.0).sum(axis=1)
    outside = np.where(owned, 0.0, losses).sum(axis=1)
    cells = {
        "output": output,
        "loss": total,
        "loss_own": inside,
        "loss_outside": outside,
        "per_unit": ratio(total, output),
        "outside_per_unit": ratio(outside, output),
        "share": ratio(total, np.full_like(total, everything)),
        "outside_share": ratio(outside, everything - output),
    }
    keys = pl.DataFrame({"group": list(sets)}) if grouped else table.keys[[int(m[0]) for m in sets.values()]]
    ranks = [
        pl.col(of).rank("min", descending=True).cast(pl.Int64).alias(name)
        for name, of in (("rank", "loss_outside"), ("rank_per_unit", "outside_per_unit"))
    ]
    return keys.hstack(pl.DataFrame(cells).with_columns(pl.all().fill_nan(None)).with_columns(ranks))
