"""Policy tools: what two coders found in a coding sheet, how far they agree, and the table of tools.

Rothwell and Zegveld (1981), Industrial Innovation and Public Policy; Cohen (1960), doi:10.1177/001316446002000104.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.agreement import kappa_of
from nqpf.text.measuring.coding_scheme import NONE, SHIPPED, Scheme, scheme_of

FEW = 50
"""Units below which the interval of kappa is flagged (convention)."""
_KEY = ("id", "number")


@dataclass(frozen=True, slots=True, eq=False)
class PolicyTools(Result):
    """Tools in policies, and the agreement of their coders.

    Attributes
    ----------
    frame
        A row a tool, and one for ``none``: dimension, tool, count (units with that code, agreed or decided), share.
    dimensions
        The same by dimension, shares of units that name a tool.
    documents
        A row a document and dimension: id, dimension, count.
    agreement
        For codes as they are (``tool``) and for their dimensions (``dimension``): n, observed, expected, kappa, se,
        low, high; empty where all units have one code.
    disagreements
        Units coded differently: id, number, first, second, decided (null where nobody decided).
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    frame: pl.DataFrame
    dimensions: pl.DataFrame
    documents: pl.DataFrame
    agreement: pl.DataFrame
    disagreements: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def policy_tools(
    first: Any,
    second: Any,
    *,
    decided: Any = None,
    id: str = "id",
    number: str = "number",
    code: str = "code",
    scheme: str | Path = SHIPPED,
    level: float = 0.95,
) -> PolicyTools:
    """Tabulate policy tools from the sheets of two coders.

    Parameters
    ----------
    first, second
        Sheets of `coding_sheet`, filled in: tables, or paths of ``.xlsx`` or ``.csv`` files. Every unit has a code of
        the scheme, or ``none``.
    decided
        The same for units on which they differ, as settled afterwards. Units that are not settled are not tabulated.
    id, number, code
        Columns.
    scheme
        As of `coding_sheet`.
    level
        Of the interval of kappa.

    Returns
    -------
    PolicyTools

    Raises
    ------
    DataError
        The sheets do not hold the same units, a unit stands twice or has no code, or a code is not in the scheme.
    SpecError
        The scheme is none, or `level` is not between 0 and 1.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104. Fleiss, Cohen and Everitt (1969), doi:10.1037/h0028106.

    Examples
    --------
    >>> one = {"id": ["a", "a", "b"], "number": [1, 2, 1], "code": ["tax", "finance", "procurement"]}
    >>> other = {**one, "code": ["tax", "tax", "procurement"]}
    >>> found = policy_tools(one, other)
    >>> found.agreement["kappa"].round(3).to_list(), found.disagreements.rows()
    ([0.5, 1.0], [('a', 2, 'finance', 'tax', None)])
    """
    if not 0 < level < 1:
        raise SpecError("measure_level", where=Where(key="level"), value=level)
    codes = scheme_of(scheme)
    columns = (id, number, code)
    one, other = (_sheet(table, columns, codes, name) for table, name in ((first, "first"), (second, "second")))
    both = _joined(one, other)
    settled = None if decided is None else _sheet(decided, columns, codes, "decided")
    both = both.with_columns(decided=pl.lit(None, pl.String)) if settled is None else _settled(both, settled)
    same = pl.col("first") == pl.col("second")
    both = both.with_columns(final=pl.when(same).then(pl.col("first")).otherwise(pl.col("decided")))
    final = both.drop_nulls("final")
    differing = both.filter(~same)
    open_ = differing["decided"].null_count()
    notes = []
    if both.height < FEW:
        notes.append(Note("measure_few_coded", values={"units": both.height, "least": FEW}))
    if open_:
        notes.append(Note("measure_undecided", values={"units": open_, "of": both.height}))
    agreement = _agreement(both, codes, level)
    if agreement["kappa"].has_nulls():
        notes.append(Note("measure_one_code"))
    return PolicyTools(
        _tools(final, codes), _dimensions(final, codes), _documents(final, codes, id), agreement,
        differing.select(pl.col("id").alias(id), pl.col("number").alias(number), "first", "second", "decided"),
        Method("text.policy_tools", {"scheme": codes.label, "level": level}), tuple(notes), backend_of(first),
    )  # fmt: skip


def _sheet(given: Any, columns: Sequence[str], scheme: Scheme, name: str) -> pl.DataFrame:
    """Return a sheet with columns id, number, code, checked."""
    frame = _read(Path(given)) if isinstance(given, str | Path) else to_polars(given)
    require(frame, *columns)
    if not frame.height:
        raise DataError("empty_table")
    id, number, code = columns
    sheet = frame.select(
        id=pl.col(id).cast(pl.String), number=pl.col(number).cast(pl.Float64, strict=False).cast(pl.Int64),
        code=pl.col(code).cast(pl.String).str.strip_chars(),
    )  # fmt: skip
    known = [*scheme.dimension_of, NONE]
    for row, (unit, n, written) in enumerate(sheet.iter_rows(), 1):
        where = Where(sheet=name, row=row, unit=unit)
        if unit is None or n is None:
            raise DataError("missing_in_table", where=where, row=row, column=id if unit is None else number)
        if not written:
            blank = int((sheet["code"].fill_null("") == "").sum())
            raise DataError("measure_uncoded", where=where, number=n, count=blank)
        if written not in known:
            raise DataError(
                "measure_code", where=where, code=written, hint=hint(written, known), options=listing(known, 30)
            )
    twin = sheet.filter(sheet.select(_KEY).is_duplicated())
    if twin.height:
        raise DataError("measure_twin_units", where=Where(sheet=name, unit=twin["id"][0]), number=twin["number"][0])
    return sheet


def _read(file: Path) -> pl.DataFrame:
    """Return the first sheet of a workbook, or a csv file."""
    if not file.exists():
        raise SpecError("file_not_found", where=Where(file=str(file)))
    if file.suffix.lower() == ".csv":
        return pl.read_csv(file, infer_schema=False)
    try:
        rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError) as error:
        raise SpecError("unreadable", where=Where(file=str(file)), problem=str(error)) from None
    if not rows:
        raise DataError("empty_table", where=Where(file=str(file)))
    header, *body = ([None if cell == "" else str(cell) for cell in row] for row in rows)
    return pl.DataFrame(body, schema=[str(name) for name in header], orient="row", strict=False)


def _joined(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Return units with both codes, by id and number."""
    for a, b, name in ((one, other, "second"), (other, one, "first")):
        absent = a.join(b, on=_KEY, how="anti")
        if absent.height:
            where = Where(sheet=name, unit=absent["id"][0])
            raise DataError("measure_unit_absent", where=where, number=absent["number"][0], count=absent.height)
    first, second = one.rename({"code": "first"}), other.rename({"code": "second"})
    return first.join(second, on=_KEY).sort(_KEY)


def _settled(both: pl.DataFrame, settled: pl.DataFrame) -> pl.DataFrame:
    stray = settled.join(both, on=_KEY, how="anti")
    if stray.height:
        where = Where(sheet="decided", unit=stray["id"][0])
        raise DataError("measure_unit_absent", where=where, number=stray["number"][0], count=stray.height)
    return both.join(settled.rename({"code": "decided"}), on=_KEY, how="left", maintain_order="left")


def _agreement(both: pl.DataFrame, scheme: Scheme, level: float) -> pl.DataFrame:
    rows = []
    for kind in ("tool", "dimension"):
        names = both.select("first", "second")
        if kind == "dimension":
            names = names.with_columns(pl.all().replace({**scheme.dimension_of}))
        known = sorted(set(names["first"]) | set(names["second"]))
        place = {name: k for k, name in enumerate(known)}
        table = np.zeros((len(known), len(known)), np.int64)
        for a, b in names.iter_rows():
            table[place[a], place[b]] += 1
        rows.append({"codes": kind, **asdict(kappa_of(table, level))})
    return pl.DataFrame(rows).fill_nan(None)


def _tools(final: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    count = dict(final["final"].value_counts().iter_rows())
    rows: list[tuple[str | None, str, int]] = [
        (dimension, tool, count.get(tool, 0)) for tool, dimension in scheme.dimension_of.items()
    ]
    rows.append((None, NONE, count.get(NONE, 0)))
    schema = {"dimension": pl.String, "tool": pl.String, "count": pl.Int64}
    return _with_share(pl.DataFrame(rows, schema=schema, orient="row"))


def _dimensions(final: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    tools = _tools(final, scheme).drop_nulls("dimension")
    return _with_share(tools.group_by("dimension", maintain_order=True).agg(pl.col("count").sum()))


def _with_share(frame: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("count").sum()
    return frame.with_columns(share=pl.when(total > 0).then(pl.col("count") / total))


def _documents(final: pl.DataFrame, scheme: Scheme, id: str) -> pl.DataFrame:
    """Return how many units of each document are of each dimension."""
    coded = final.with_columns(dimension=pl.col("final").replace({**scheme.dimension_of}))
    grid = (
        coded.select("id").unique().sort("id").join(pl.DataFrame({"dimension": list(scheme.dimensions)}), how="cross")
    )
    count = coded.group_by("id", "dimension").agg(count=pl.len().cast(pl.Int64))
    found = grid.join(count, on=["id", "dimension"], how="left", maintain_order="left").with_columns(
        pl.col("count").fill_null(0)
    )
    return found.rename({"id": id})
