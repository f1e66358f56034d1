"""Does a table add up? Rows and columns against output, and what else looks wrong.

Rows: deliveries to users + final use = output. Columns: inputs of domestic and foreign origin + value added = output
(Miller and Blair 2009, section 2.2). The columns of a table without value added cannot be checked; there the rest of
output after inputs is looked at, which no sector has below zero for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.table import Balanced, Floats, IOTable
from nqpf.industry.options import check_least
from nqpf.messages import Text, say
from nqpf.results import Method, Note

EXACT = 1e-9
"""A gap below this share of output is the arithmetic of floating point."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """What rows and columns miss of output.

    Attributes
    ----------
    row, column
        ``float64[n]`` sum less output; `column` is None where the table has no value added.
    allowed_row, allowed_column
        ``float64[n]`` what is admitted.
    rounding
        The part of it that rounding explains.
    """

    row: Floats
    column: Floats | None
    allowed_row: Floats
    allowed_column: Floats
    rounding: float


@dataclass(frozen=True, slots=True, eq=False)
class Balance(BySector):
    """Whether the accounts close.

    Attributes
    ----------
    frame
        Keys, output, row_sum, row_gap, row_gap_share (of output), column_sum, column_gap, column_gap_share (null where
        there is no value added), and added_share: what is left of output after inputs, as a share.
    faults
        One row a finding: code, the keys (null where it is of the table as a whole), value. Codes: row_gap, column_gap,
        no_output, no_output_but_flows, negative_flow, negative_final, negative_added, isolated, transposed.
    balanced
        No gap is larger than what is admitted.
    """

    faults: pl.DataFrame
    balanced: bool


def balance(table: IOTable, *, tolerance: float = 1e-4) -> Balance:
    """Diagnose the accounts of a table.

    Parameters
    ----------
    table
        The table.
    tolerance
        Largest gap, as a share of output. In a table of whole numbers half a unit a cell is admitted besides.

    Returns
    -------
    Balance
        Gaps of every row and column, and the list of findings.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 2.2, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], [1000, 2010], sectors=["a", "b"], balance="note")
    >>> balance(table).faults.rows()
    [('row_gap', 'b', -10.0)]
    """
    check_least("tolerance", tolerance, 0.0)
    found = gaps(table, tolerance)
    faults = _faults(table, found)
    x = table.output
    rest = x - table.flows.sum(axis=0) - table.imports.sum(axis=0)
    frame = table.keys.with_columns(
        pl.Series("output", x),
        pl.Series("row_sum", x + found.row),
        pl.Series("row_gap", found.row),
        _share("row_gap_share", found.row, x),
        _column("column_sum", None if found.column is None else x + found.column, x),
        _column("column_gap", found.column, x),
        _share("column_gap_share", np.full_like(x, np.nan) if found.column is None else found.column, x),
        _share("added_share", rest, x),
    )
    notes = [] if table.added is not None else [Note("io_no_added", "info")]
    method = Method("industry.balance", {"tolerance": tolerance})
    beyond = [code in ("row_gap", "column_gap") for code in faults["code"]]
    return Balance(frame, method, tuple(notes), faults, not any(beyond))


def gaps(table: IOTable, tolerance: float) -> Gaps:
    """Return what rows and columns miss of output, and what of it is admitted."""
    x = table.output
    users, final = table.flows.sum(axis=1), table.final.sum(axis=1)
    row = users + final - x
    inputs = table.flows.sum(axis=0) + table.imports.sum(axis=0)
    primary = None if table.added is None else table.added.sum(axis=0)
    column = None if primary is None else inputs + primary - x
    whole = all((a == np.rint(a)).all() for a in (x, table.flows, table.final))
    cells = len(x) + max(table.final.shape[1], len(table.imports) + len(table.addeds)) + 1
    rounding = max(table.rounding, cells / 2 if whole else 0.0)
    return Gaps(
        row,
        column,
        tolerance * np.maximum(x, users + final) + rounding,
        tolerance * np.maximum(x, inputs) + rounding,
        rounding,
    )


def judge(table: IOTable, found: Gaps, how: Balanced) -> list[Note]:
    """Raise, or return a remark, where a gap is larger than what is admitted; remark on those within.

    Raises
    ------
    MethodError
        ``io_unbalanced``, with the row, its sum and its output, unless `how` is ``note``.
    """
    notes = []
    for gap, allowed, wrong, within in (
        (found.row, found.allowed_row, "io_unbalanced_row", "io_gaps_row"),
        (found.column, found.allowed_column, "io_unbalanced_column", "io_gaps_column"),
    ):
        if gap is None:
            continue
        beyond = np.abs(gap) > allowed
        if beyond.any():
            values = _worst(table, gap, beyond)
            if how == "raise":
                raise MethodError(wrong, where=Where(industry=values["name"]), **values, hint=say_transposed(table))
            notes.append(Note(wrong, "warning", values))
        small = (np.abs(gap) > EXACT * np.maximum(np.abs(table.output), 1.0)) & ~beyond
        if small.any():
            notes.append(Note(within, "info", _worst(table, gap, small)))
    return notes


def say_transposed(table: IOTable) -> Text:
    """Return a sentence that the flows seem to lie on their side, where they do; else nothing."""
    return say("industry_tables.transposed") if is_transposed(table) else Text("", "")


def is_transposed(table: IOTable) -> bool:
    """Return whether the accounts would close much better with suppliers and users exchanged."""
    final = table.final.sum(axis=1) - table.output
    as_is, turned = (np.abs(table.flows.sum(axis=axis) + final).sum() for axis in (1, 0))
    return bool(turned < 0.1 * as_is)


def _worst(table: IOTable, gap: Floats, among: NDArray[np.bool_]) -> dict[str, Any]:
    """Return the largest of some gaps in words."""
    i = int(np.where(among, np.abs(gap), -1.0).argmax())
    x = float(table.output[i])
    return {
        "count": int(among.sum()),
        "name": table.labels[i],
        "gap": float(gap[i]),
        "share": float(gap[i]) / x if x else float("inf"),
        "total": x + float(gap[i]),
        "output": x,
    }


def _faults(table: IOTable, found: Gaps) -> pl.DataFrame:
    """Return the findings as a table: code, keys, value."""
    x, z = table.output, table.flows
    rest = x - z.sum(axis=0) - table.imports.sum(axis=0)
    traded = np.abs(z).sum(axis=0) + np.abs(z).sum(axis=1)
    final = np.where([use in ("inventories", "imports") for use in table.uses or [""] * len(table.finals)], 0, 1)
    empty = (x == 0) & (traded == 0)
    cases: list[tuple[str, Any, Floats]] = [
        ("row_gap", np.abs(found.row) > found.allowed_row, found.row),
        ("no_output", empty, x),
        ("no_output_but_flows", (x == 0) & ~empty, traded),
        ("negative_flow", (z < 0).any(axis=1), z.min(axis=1, initial=0.0)),
        ("negative_final", ((table.final < 0) & (final > 0)).any(axis=1), (table.final * final).min(axis=1, initial=0)),
        ("negative_added", rest < -found.allowed_column, rest),
        ("isolated", (x > 0) & (traded - 2 * np.abs(np.diag(z)) == 0), x),
    ]
    if found.column is not None:
        cases.insert(1, ("column_gap", np.abs(found.column) > found.allowed_column, found.column))
    parts = [
        table.keys.filter(pl.Series(which)).select(pl.lit(code).alias("code"), pl.all(), pl.Series("value", v[which]))
        for code, which, v in cases
        if which.any()
    ]
    if is_transposed(table):
        parts.append(pl.DataFrame({"code": ["transposed"]}))
    empty_frame = table.keys.clear().select(pl.lit("").alias("code"), pl.all(), pl.lit(0.0).alias("value"))
    return pl.concat([empty_frame.clear(), *parts], how="diagonal")


def _share(name: str, values: Floats, x: Floats) -> pl.Series:
    share = np.divide(values, x, out=np.full_like(x, np.nan), where=x > 0)
    return pl.Series(name, share, nan_to_null=True)


def _column(name: str, values: Floats | None, x: Floats) -> pl.Series:
    return pl.Series(name, np.full_like(x, np.nan) if values is None else values, nan_to_null=True)


def named(table: IOTable, which: Sequence[bool] | NDArray[np.bool_]) -> Any:
    """Return the names of some sectors as a list in both languages."""
    return listing([label for label, chosen in zip(table.labels, which, strict=True) if chosen], 12)
