"""Spatial weights from and to what others have: tables of pairs, square tables in files, libpysal's W and Graph.

libpysal (https://pysal.org/libpysal/) is loaded only where it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.columns import choose
from nqpf.data.grid import grids
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars

Floats = NDArray[np.float64]
Named = tuple[Sequence[str], Any]
"""Names and a matrix."""


def pairs_of(
    table: Any, unit: str, neighbour: str, weight: str | None, units: Sequence[str] | None, both_ways: bool
) -> Named:
    """Return names and matrix of a table of pairs; see `Weights.from_pairs`."""
    frame = to_polars(table)
    require(frame, unit, neighbour, *([weight] if weight else []))
    ends = [frame[column].cast(pl.String) for column in (unit, neighbour)]
    for column, end in zip((unit, neighbour), ends, strict=True):
        if end.has_nulls():
            raise DataError("no_unit", where=Where(row=int(end.is_null().arg_true()[0]) + 1, indicator=column))
    names = list(dict.fromkeys([*ends[0], *ends[1]] if units is None else map(str, units)))
    place = {name: i for i, name in enumerate(names)}
    for name in (n for end in ends for n in end if n not in place):
        raise DataError("weights_pair_unknown", where=Where(unit=name), hint=hint(name, names))
    at = [np.array([place[n] for n in end], dtype=np.intp) for end in ends]
    value = _numbers(frame, weight) if weight else np.ones(frame.height)
    _refuse_twins(at[0] * len(names) + at[1], names)
    matrix = sparse.csr_array((value, (at[0], at[1])), shape=(len(names), len(names)))
    return names, _mirrored(matrix, names) if both_ways else matrix


def _numbers(frame: pl.DataFrame, column: str) -> Floats:
    number = frame[column].cast(pl.Float64, strict=False).fill_null(np.nan)
    wrong = np.flatnonzero(~np.isfinite(number.to_numpy()))
    if wrong.size:
        row = int(wrong[0])
        raise DataError("text_in_number", where=Where(row=row + 1, indicator=column), value=frame[column][row])
    return number.to_numpy()


def _refuse_twins(keys: NDArray[np.intp], names: Sequence[str]) -> None:
    once, counts = np.unique(keys, return_counts=True)
    if (counts > 1).any():
        one, other = divmod(int(once[counts > 1][0]), len(names))
        raise DataError("weights_pair_twice", where=Where(unit=names[one]), other=names[other])


def _mirrored(matrix: sparse.csr_array, names: Sequence[str]) -> sparse.csr_array:
    """Return the matrix with each pair in both directions; where both are given they must agree."""
    back = matrix.T.tocsr()
    both = matrix.astype(bool).multiply(back.astype(bool))
    gap = abs(matrix - back).multiply(both).tocoo()
    if gap.nnz and gap.data.max() > 0:
        worst = int(gap.data.argmax())
        raise DataError("weights_pair_differs", where=Where(unit=names[gap.row[worst]]), other=names[gap.col[worst]])
    return matrix + back - matrix.multiply(both)


def table_of(source: Any, units: Sequence[str] | None, sheet: str | None) -> Named:
    """Return names and matrix of a square table; see `Weights.from_table`."""
    grid = next(grids(source, sheet=sheet), None)
    if grid is None:
        raise DataError("empty_table")
    rows = [row for row in grid.rows if any(cell is not None for cell in row)]
    header, body = rows[0], rows[1:]
    if len(rows) == len(header) and not _named(rows):
        header, body = (), rows
    if len(body) == len(header) - 1 and _named(rows):
        across, down = _names(header[1:]), _names([row[0] for row in body])
        matrix = _cells([row[1:] for row in body], down)
        return down, matrix[:, _matching(across, down)]
    width = max(len(row) for row in body) if body else 0
    if len(body) != width:
        raise DataError("weights_shape", where=Where(file=grid.file), rows=len(body), columns=width, units=len(body))
    if units is None:
        shown = listing(header, 5) if header else listing(["…"])
        raise DataError("weights_table_unlabelled", where=Where(file=grid.file), header=shown, units=width)
    names = [str(unit) for unit in units]
    if len(names) != width:
        raise DataError("weights_shape", where=Where(file=grid.file), rows=width, columns=width, units=len(names))
    return names, _cells(body, names)


def _named(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether the first column holds names: its first cell, the corner, is no number."""
    return len(rows) == len(rows[0]) and not _is_number(rows[0][0])


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def _names(cells: Sequence[Any]) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in cells]


def _matching(across: list[str], down: list[str]) -> NDArray[np.intp]:
    """Return which column belongs to each row."""
    place = {name: j for j, name in enumerate(across)}
    strangers = [name for name in down if name not in place]
    if strangers or len(place) < len(across):
        raise DataError("weights_table_names", rows=listing(strangers or down, 5), columns=listing(across, 5))
    return np.array([place[name] for name in down], dtype=np.intp)


def _cells(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> Floats:
    found = np.zeros((len(rows), len(names)))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if not _is_number(cell):
                raise DataError("weights_cell", where=Where(unit=names[i]), other=names[j], value=cell)
            found[i, j] = float(cell)
    return found


def of_libpysal(weights: Any) -> Named:
    """Return names and matrix of libpysal's W (which has an ``id_order``) or Graph (``unique_ids``)."""
    for ids in ("id_order", "unique_ids"):
        if hasattr(weights, ids) and sparse.issparse(getattr(weights, "sparse", None)):
            return [str(name) for name in getattr(weights, ids)], weights.sparse
    raise SpecError("weights_not_libpysal", kind=type(weights).__name__)


def as_libpysal(labels: Sequence[str], matrix: sparse.csr_array, kind: str) -> Any:
    """Return libpysal's W or Graph; see `Weights.to_libpysal`."""
    choose("kind", kind, ("W", "Graph"))
    try:
        from libpysal import graph, weights  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise SpecError("weights_libpysal_needed") from None
    if kind == "Graph":
        return graph.Graph.from_sparse(matrix.tocoo(), ids=list(labels))
    cuts = matrix.indptr[1:-1]
    near = [[labels[j] for j in part] for part in np.split(matrix.indices, cuts)]
    own = [part.tolist() for part in np.split(matrix.data, cuts)]
    pairs, values = dict(zip(labels, near, strict=True)), dict(zip(labels, own, strict=True))
    return weights.W(pairs, values, id_order=list(labels), silence_warnings=True)
