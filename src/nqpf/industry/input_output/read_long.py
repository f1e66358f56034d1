"""Tables from one row a delivery: supplier, user, amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, Where, hint, listing
from nqpf.frames import require
from nqpf.industry.input_output.build import build
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.industry.options import names_of, pairs_of
from nqpf.results import Note

Label = tuple[str, str]
"""Region (or an empty text) and name."""
SUPPLIER, USER = ["from", "supplier"], ["to", "user"]
"""Columns of the rows as they are worked on, region and name; beside them ``amount``."""


def from_long(
    data: Any,
    value: str,
    *,
    supplier: str,
    user: str,
    final: Sequence[str],
    supplier_region: str | None = None,
    user_region: str | None = None,
    added: Sequence[str] = (),
    output: str | None = None,
    imports: Sequence[str] = (),
    uses: Mapping[str, str] | None = None,
    **options: Any,
) -> IOTable:
    """Return an input–output table of a long table, one row a delivery; pairs that have no row deliver nothing.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, of one year.
    value
        Column of money.
    supplier, user
        Columns of who delivers and who takes.
    final
        Names in the column `user` that are final use: ``consumption``, ``exports``, ….
    supplier_region, user_region
        Columns of their regions. Without `user_region` the table has one region, and `supplier_region` only tells
        domestic from imported.
    added
        Names in the column `supplier` that are value added or another primary input.
    output
        Name in the column `user` (or in `supplier`) under which total output stands. Default: sums of the rows.
    imports
        Names in the column `supplier_region` that are not regions of the table but origins of imports.
    uses
        What final categories are, by name: ``consumption``, ``capital``, ``inventories``, ``exports``, ``imports``,
        ``other``.
    **options
        As in `build`: balance, negative, tolerance, unit, year, source.

    Raises
    ------
    DataError
        A column, a name of `final`, `added`, `output` or `imports` is absent; a label or number is missing; a pair has
        two rows; a sector delivers but never takes, or takes but never delivers.
    MethodError
        As in `build`.

    Examples
    --------
    >>> rows = {"from": ["a", "a", "b", "b", "a", "b"], "to": ["a", "b", "a", "b", "home", "home"],
    ...         "usd": [150, 500, 200, 100, 350, 1700]}
    >>> from_long(rows, "usd", supplier="from", user="to", final=["home"]).output.tolist()
    [1000.0, 2000.0]
    """
    final, added, imports = (
        names_of(key, given) for key, given in (("final", final), ("added", added), ("imports", imports))
    )
    kinds, output = pairs_of("uses", uses or {}), None if output is None else str(output)
    frame, found = numbers(data, [value])
    columns = [c for c in (supplier_region, supplier, user_region, user) if c]
    require(frame, *columns)
    _refuse_gaps(frame, columns, found[:, 0], value)
    rows = _rows(frame, found[:, 0], (supplier_region, supplier), (user_region, user), imports)
    _require_names(supplier, added, rows["supplier"])
    _require_names(user, final, rows["user"])
    _require_names(supplier_region or "supplier_region", imports, rows["from"])
    _refuse_twins(rows)
    foreign, primary, end = (
        pl.col(c).is_in(list(v)) for c, v in (("from", imports), ("supplier", added), ("user", final))
    )
    total_row, total_column = (pl.col(c).eq(output) if output else pl.lit(False) for c in ("supplier", "user"))
    makers = _labels(rows.filter(~foreign & ~primary & ~total_row), SUPPLIER)
    takers = _labels(rows.filter(~end & ~total_column), USER)
    _require_square(makers, takers)
    outside = _labels(rows.filter(foreign), SUPPLIER)
    categories = _labels(rows.filter(end & ~primary), USER)
    # Value added has a region only by its user: what stands as its supplier's is one with it.
    values = rows.filter(primary).with_columns(pl.lit("").alias("from"))
    flows, there = _block(rows, makers, makers)
    absent = there.size - int(there.sum())
    return build(
        flows,
        _block(rows, makers, categories)[0],
        _output(rows, makers, output),
        sectors=[name for _, name in makers],
        regions=[region for region, _ in makers],
        finals=[_shown(label) for label in categories],
        uses=[kinds.get(name, "") for _, name in categories] if kinds else None,
        imports=_block(rows, outside, makers)[0],
        import_sectors=[name for _, name in outside],
        import_origins=[region for region, _ in outside],
        final_imports=_block(rows, outside, categories)[0] if outside else None,
        added=_block(values, [("", name) for name in added], makers)[0] if added else None,
        addeds=list(added) or None,
        notes=[Note("io_pairs_absent", "info", {"count": absent, "share": absent / there.size})] if absent else [],
        **options,
    )


def _refuse_gaps(frame: pl.DataFrame, columns: Sequence[str], amounts: Floats, value: str) -> None:
    for column in columns:
        if frame[column].has_nulls():
            row = int(frame[column].is_null().arg_true()[0]) + 1
            raise DataError("io_no_label", where=Where(row=row), column=column)
    if np.isnan(amounts).any():
        row = int(np.isnan(amounts).argmax())
        raise DataError("io_no_number", where=Where(row=row + 1), column=value, count=int(np.isnan(amounts).sum()))


def _rows(
    frame: pl.DataFrame,
    amounts: Floats,
    supplier: tuple[str | None, str],
    user: tuple[str | None, str],
    foreign: Sequence[str],
) -> pl.DataFrame:
    """Return the rows as texts; where users have no regions, a supplier has one only if it is foreign."""

    def text(column: str | None) -> pl.Series:
        return frame[column].cast(pl.String) if column else pl.Series([""] * frame.height, dtype=pl.String)

    rows = pl.DataFrame(
        {"from": text(supplier[0]), "supplier": text(supplier[1]), "to": text(user[0]), "user": text(user[1]),
         "amount": amounts}
    )  # fmt: skip
    if user[0]:
        return rows
    return rows.with_columns(pl.when(pl.col("from").is_in(list(foreign))).then("from").otherwise(pl.lit("")))


def _refuse_twins(rows: pl.DataFrame) -> None:
    twice = rows.select(pl.struct(*SUPPLIER, *USER).is_first_distinct().not_())["from"].arg_true()
    if len(twice):
        row = int(twice[0])
        o, s, e, u, _ = rows.row(row)
        same = rows.select(pl.struct(*SUPPLIER, *USER).eq(pl.struct(*SUPPLIER, *USER).get(row)))["from"]
        raise DataError(
            "io_twin_rows",
            where=Where(row=row + 1),
            count=len(twice),
            first=int(same.arg_true()[0]) + 1,
            supplier=_shown((o, s)),
            user=_shown((e, u)),
        )


def _shown(label: Label) -> str:
    return f"{label[0]}|{label[1]}" if label[0] else label[1]


def _labels(rows: pl.DataFrame, columns: list[str]) -> list[Label]:
    """Return the different labels in rising order, whole numbers by size."""
    labels = rows.select(columns).unique().rows()
    return sorted(labels, key=lambda label: [(int(t) if t.isdecimal() else -1, t) for t in label])


def _require_names(column: str, names: Sequence[str], there: pl.Series) -> None:
    known = set(there.to_list()) if names else set()
    for name in names:
        if name not in known:
            options = sorted(known)
            raise DataError("io_name", name=name, column=column, options=listing(options, 30), hint=hint(name, options))


def _require_square(makers: list[Label], takers: list[Label]) -> None:
    """Refuse sectors that only deliver or only take: most often a final category that was not named."""
    only_makers, only_takers = (
        [_shown(x) for x in a if x not in set(b)] for a, b in ((makers, takers), (takers, makers))
    )
    if only_makers or only_takers:
        raise DataError(
            "io_not_square", makers=listing(only_makers or ["—"], 12), takers=listing(only_takers or ["—"], 12)
        )


def _output(rows: pl.DataFrame, makers: Sequence[Label], output: str | None) -> list[float] | None:
    """Return total output of each sector as the table states it, by row or by column."""
    if output is None:
        return None
    by_row = rows.filter(pl.col("user") == output).select(*SUPPLIER, "amount").rows()
    by_column = rows.filter(pl.col("supplier") == output).select(*USER, "amount").rows()
    stated = {(region, name): amount for region, name, amount in (*by_row, *by_column)}
    for label in makers:
        if label not in stated:
            raise DataError("io_no_total", where=Where(industry=_shown(label)), output=output)
    return [stated[label] for label in makers]


def _block(rows: pl.DataFrame, suppliers: Sequence[Label], users: Sequence[Label]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the deliveries of some suppliers to some users, and which of them have a row."""
    found, there = np.zeros((len(suppliers), len(users))), np.zeros((len(suppliers), len(users)), dtype=bool)
    if suppliers and users:
        some = rows.join(_places(suppliers, SUPPLIER, "i"), on=SUPPLIER).join(_places(users, USER, "j"), on=USER)
        i, j = some["i"].to_numpy(), some["j"].to_numpy()
        np.add.at(found, (i, j), some["amount"].to_numpy())
        there[i, j] = True
    return found, there


def _places(labels: Sequence[Label], columns: list[str], place: str) -> pl.DataFrame:
    return pl.DataFrame(labels, schema=columns, orient="row").with_row_index(place)
