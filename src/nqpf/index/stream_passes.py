"""Two passes over Parquet files, block by block: bounds of each column, then the sums that entropy is made of.

Blocks have a fixed number of rows, each block is summed pairwise and the blocks' sums are added exactly
(`math.fsum`), so results depend neither on the number of threads nor on the order in which blocks are done.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError
from nqpf.index.stream_source import Files

Floats = NDArray[np.float64]
Key = int | None
"""Year of a group; None where all rows are one group."""

BLOCK = 1 << 18
"""Rows of a block: 23 MB of eleven columns."""
TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Lowest and highest directed value and number of values of each group and column, ``float64[G, K]`` each."""

    keys: tuple[Key, ...]
    low: Floats
    high: Floats
    count: Floats
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Σ x and Σ x ln x of normalised values of each group and column, ``float64[G, K]`` each."""

    total: Floats
    logs: Floats


@dataclass(frozen=True, slots=True)
class _Block:
    path: Path
    start: int
    length: int


def bounds(files: Files, *, holes: bool, workers: int) -> Bounds:
    """Return the bounds of every group and column.

    Parameters
    ----------
    files
        What to read.
    holes
        Whether cells may be missing.
    workers
        Threads.

    Raises
    ------
    DataError
        A row without a year; a cell that holds no finite number. With file, row, unit and year.
    MethodError
        A missing cell, where `holes` is false.
    """

    def task(block: _Block) -> list[tuple[Key, Floats, Floats, Floats]]:
        return _bounds_of(files, block, holes)

    found: dict[Key, tuple[Floats, Floats, Floats]] = {}
    blocks = list(_blocks(files))
    for part in _each(task, blocks, workers):
        for key, low, high, count in part:
            if key in found:
                known = found[key]
                found[key] = np.fmin(known[0], low), np.fmax(known[1], high), known[2] + count
            else:
                found[key] = low, high, count
    if not found:
        raise DataError("empty_table")
    keys = tuple(sorted(found, key=lambda k: -1 if k is None else k))
    low, high, count = (np.stack([found[k][i] for k in keys]) for i in range(3))
    return Bounds(keys, low, high, count, sum(b.length for b in blocks))


def sums(files: Files, low: Mapping[Key, Floats], span: Mapping[Key, Floats], *, workers: int) -> Sums:
    """Return Σ x and Σ x ln x of x = (z − low) / span, with 0 ln 0 = 0 and z the directed value.

    Parameters
    ----------
    files
        What to read.
    low, span
        ``float64[K]`` by group, in the order of the groups that come out.
    workers
        Threads.
    """

    def task(block: _Block) -> list[tuple[Key, Floats, Floats]]:
        return _sums_of(files, block, low, span)

    total: dict[Key, list[Floats]] = {key: [] for key in low}
    logs: dict[Key, list[Floats]] = {key: [] for key in low}
    for part in _each(task, list(_blocks(files)), workers):
        for key, one, other in part:
            total[key].append(one)
            logs[key].append(other)
    return Sums(_exact(total), _exact(logs))


def _exact(parts: Mapping[Key, Sequence[Floats]]) -> Floats:
    """Return the exact sums over the blocks, ``float64[G, K]``."""
    return np.array([[math.fsum(column) for column in zip(*rows, strict=True)] for rows in parts.values()])


def _each(task: Callable[[_Block], Any], blocks: Sequence[_Block], workers: int) -> Iterator[Any]:
    """Yield what the task makes of each block, in the order of the blocks; the first fault stops the rest."""
    with ThreadPoolExecutor(workers) as pool:
        try:
            yield from pool.map(task, blocks)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _blocks(files: Files) -> Iterator[_Block]:
    for path in files.paths:
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
        for start in range(0, rows, BLOCK):
            yield _Block(path, start, min(BLOCK, rows - start))


def _read(files: Files, block: _Block) -> tuple[Floats, NDArray[np.int64] | None]:
    """Return a block's directed values, ``float64[K, rows]`` with NaN where missing, and the rows' years."""
    names = [*files.columns, *([files.time] if files.grouped and files.time else [])]
    frame = pl.scan_parquet(block.path).select(names).slice(block.start, block.length).collect()
    values = np.empty((len(files.columns), frame.height))
    for k, column in enumerate(files.columns):
        np.multiply(frame[column].cast(pl.Float64).to_numpy(), files.signs[k], out=values[k])
    if not files.grouped or files.time is None:
        return values, None
    years = frame[files.time]
    if years.has_nulls():
        row = block.start + int(years.is_null().arg_true()[0]) + 1
        raise DataError("not_a_year", where=files.where(block.path, row), value=None)
    return values, years.cast(pl.Int64).to_numpy()


def _groups(values: Floats, years: NDArray[np.int64] | None) -> Iterator[tuple[Key, Floats]]:
    """Yield the part of a block that belongs to each year, rows in their order."""
    if years is None:
        yield None, values
        return
    order = np.argsort(years, kind="stable")
    ordered = years[order]
    ends = np.flatnonzero(np.diff(ordered)) + 1
    for part in np.split(order, ends):
        yield int(years[part[0]]), values[:, part]


def _bounds_of(files: Files, block: _Block, holes: bool) -> list[tuple[Key, Floats, Floats, Floats]]:
    values, years = _read(files, block)
    found = []
    for key, part in _groups(values, years):
        low, high = np.fmin.reduce(part, axis=1), np.fmax.reduce(part, axis=1)
        with np.errstate(invalid="ignore"):  # NaN and infinities show in a plain sum: cheaper than every cell
            whole = np.isfinite(part.sum(axis=1)).all()
        if not whole:
            _refuse_cells(files, block, values, holes)
        gaps = np.isnan(part).sum(axis=1) if holes else np.zeros(len(part))
        found.append((key, low, high, part.shape[1] - gaps.astype(float)))
    return found


def _refuse_cells(files: Files, block: _Block, values: Floats, holes: bool) -> None:
    """Name the first cell that is infinite or, where none may be, missing."""
    for code, bad in (("stream_infinite", np.isinf(values)), ("stream_missing", np.isnan(values) & (not holes))):
        if bad.any():
            row = int(bad.any(axis=0).argmax())
            column = files.columns[int(bad[:, row].argmax())]
            where = files.where(block.path, block.start + row + 1, column)
            raise (DataError if code == "stream_infinite" else MethodError)(code, where=where)


def _sums_of(
    files: Files, block: _Block, low: Mapping[Key, Floats], span: Mapping[Key, Floats]
) -> list[tuple[Key, Floats, Floats]]:
    values, years = _read(files, block)
    found = []
    for key, part in _groups(values, years):
        total, logs = np.empty(len(part)), np.empty(len(part))
        for k, column in enumerate(part):
            x = (column - low[key][k]) / span[key][k]
            if np.isnan(x.sum()):
                x = x[~np.isnan(x)]
            total[k] = x.sum()
            logs[k] = (x * np.log(np.maximum(x, TINY))).sum()  # 0 ln 0 = 0: the log of TINY is multiplied by 0
        found.append((key, total, logs))
    return found
