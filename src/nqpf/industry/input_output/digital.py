"""Digital–real integration: how much digital input an industry's product holds, directly and along its whole chain.

Direct and complete consumption coefficients (直接消耗系数、完全消耗系数) are the sums over the digital suppliers of the
columns of A and of (I − A)⁻¹ − I (Miller and Blair 2009, chapter 2); which sectors are digital is the user's choice,
e.g. by the 2021 classification of the National Bureau of Statistics. Any other set does as well: services in
manufacturing measure the fusion of the two (两业融合).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, listing
from nqpf.industry.input_output.inverse import inverse
from nqpf.industry.input_output.selecting import Integers, Names, imported_coefficients, places
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Integration(Result):
    """Digital inputs by industry, in all, and the digital industry's own weight.

    Attributes
    ----------
    frame
        A row for each user: region (where the table has several), sector, ``digital`` (is it digital itself),
        ``output``; ``direct`` and ``complete`` coefficient, ``direct_share`` and ``complete_share``, their part in the
        coefficients of all inputs; ``imported_direct``, imported digital inputs per unit of output (null where imports
        do not stand apart). Null without output or inputs.
    overall
        One row for ``all`` users and one for ``others``, those not digital: the same coefficients weighted by output,
        and ``users``, how many there are.
    industry
        Digital industrialisation, by region: ``output_share`` of the digital sectors in output, ``added_share`` in
        value added (null where the table has no value added).
    method, notes
        How the numbers came about, and remarks.
    """

    frame: pl.DataFrame
    overall: pl.DataFrame
    industry: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return digital inputs by industry."""
        return self.frame


def digital_integration(
    table: IOTable,
    digital: Names,
    *,
    of: Names = "all",
    imports: Literal["apart", "together"] = "apart",
) -> Integration:
    """Measure how much of some inputs (digital ones) goes into other industries.

    Parameters
    ----------
    table
        The table.
    digital
        Supplying sectors: labels, regions or sectors; at least one.
    of
        Industries that use them, named the same way.
    imports
        ``apart``: coefficients count what is delivered by the rows of the table (domestic, where imports stand apart).
        ``together``: imported inputs are added to the rows of their sector, as if they were made the same way; for
        tables with imports by sector.

    Returns
    -------
    Integration
        By industry, in all, and the digital industry's share in output and value added.

    Raises
    ------
    SpecError
        No sector is named; no such word for `imports`.
    DataError
        A name is not in the table; ``together`` and imports do not stand apart by sector of the table.
    MethodError
        The inverse does not exist.

    Notes
    -----
    A coefficient counts what is bought, not what it is used for, and sectors are wide: a high share of electronics in
    the input of electronics is assembly. Serves theory items G06 and G07, and G13 with services as suppliers.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, chapter 2, doi:10.1017/CBO9780511626982. 国家统计局 (2021),
    数字经济及其核心产业统计分类（2021）. 武晓婷、张恪渝 (2021), 数字经济产业与制造业融合测度, 中国流通经济,
    https://www.fx361.com/page/2021/0119/9647879.shtml

    Examples
    --------
    >>> flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    >>> table = IOTable(("chips", "cars"), flows, np.array([[50.0], [150.0]]), np.array([100.0, 200.0]),
    ...                 ("", ""), ("final",), np.zeros((0, 2)))
    >>> digital_integration(table, "chips", of="cars").frame.select("direct", "complete", "direct_share").rows()
    [(0.2, 0.26666666666666666, 0.6666666666666666)]
    """
    choose("imports", imports, ("apart", "together"))
    suppliers, users = places(table, digital, "digital"), places(table, of, "of")
    imported = imported_coefficients(table)
    if imports == "together":
        if imported is None:
            raise DataError("imports_not_apart")
        a = table.coefficients + imported
        complete = inverse(a, table.labels) - np.eye(len(a))
    else:
        a, complete = table.coefficients, table.inverse - np.eye(table.output.size)
    x = table.output[users]
    is_digital = np.isin(users, suppliers)
    cells = {
        "output": x,
        **_coefficients(a, complete, suppliers, users, table.active),
        "imported_direct": np.full(x.size, np.nan)
        if imported is None
        else np.where(table.active[users], imported[np.ix_(suppliers, users)].sum(axis=0), np.nan),
    }
    frame = table.keys[users.tolist()].hstack(pl.DataFrame({"digital": is_digital, **cells}))
    sets = {"all": users, "others": users[~is_digital]}
    lines = [
        {"users": name, "count": int(table.active[at].sum()), **_weighted(a, complete, suppliers, at, table.output)}
        for name, at in sets.items()
    ]
    names = [table.labels[i] for i in suppliers]
    options = {"digital": names, "of": of, "imports": imports}
    notes = [Note("integration_reading", "info", {"count": len(names), "names": listing(names)})]
    if table.added is None:
        notes.append(Note("value_added_absent", "warning"))
    return Integration(
        frame.with_columns(pl.col(pl.Float64).fill_nan(None)),
        pl.DataFrame(lines).with_columns(pl.col(pl.Float64).fill_nan(None)),
        _industry(table, suppliers),
        Method("industry.digital_integration", options),
        tuple(notes),
    )


def _coefficients(
    a: Floats, complete: Floats, suppliers: Integers, users: Integers, active: NDArray[np.bool_]
) -> dict[str, Floats]:
    cells = {}
    for name, matrix in (("direct", a), ("complete", complete)):
        part, whole = matrix[np.ix_(suppliers, users)].sum(axis=0), matrix[:, users].sum(axis=0)
        cells[name] = np.where(active[users], part, np.nan)
        cells[f"{name}_share"] = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return cells


def _weighted(a: Floats, complete: Floats, suppliers: Integers, users: Integers, output: Floats) -> dict[str, float]:
    """Return coefficients of a set of users as a whole: inputs over output, digital inputs over inputs."""
    x = output[users]
    cells = {}
    for name, matrix in (("direct", a), ("complete", complete)):
        part = float(matrix[np.ix_(suppliers, users)].sum(axis=0) @ x)
        whole = float(matrix[:, users].sum(axis=0) @ x)
        cells[name] = part / float(x.sum()) if x.sum() > 0 else np.nan
        cells[f"{name}_share"] = part / whole if whole > 0 else np.nan
    return cells


def _industry(table: IOTable, suppliers: Integers) -> pl.DataFrame:
    digital = np.zeros(table.output.size)
    digital[suppliers] = 1.0
    added = np.full(table.output.size, np.nan) if table.added is None else table.added.sum(axis=0)
    lines = []
    for region in dict.fromkeys(table.regions):
        own = np.array([one == region for one in table.regions])
        shares = {
            f"{name}_share": float(values[own] @ digital[own]) / float(values[own].sum())
            if values[own].sum() > 0
            else np.nan
            for name, values in (("output", table.output), ("added", added))
        }
        lines.append({"region": region, **shares})
    frame = pl.DataFrame(lines).with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame if any(table.regions) else frame.drop("region")
