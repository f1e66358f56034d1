"""An index over tables that do not fit in memory: entropy or given weights and a linear score, read from Parquet.

Three passes over the files: bounds; Σ x and Σ x ln x, from which entropy is e = (ln S − Σ x ln x / S) / ln m with
S = Σ x over m rows (Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x); and the score, written as it is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, column_weights
from nqpf.errors import MethodError, OutputError, SpecError, Where
from nqpf.index.stream_passes import Bounds, Key, bounds, sums
from nqpf.index.stream_source import Files, open_files
from nqpf.numerics.ranks import noise
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Weights = Literal["entropy", "equal"] | Mapping[str, float]

SCORE = "score"


@dataclass(frozen=True, slots=True)
class StreamResult(Result):
    """What was found in a table that was streamed; the scores lie in a file.

    Attributes
    ----------
    out
        Parquet file with the columns `unit` and `time` that were named, and ``score``; rows in the order of the
        source.
    rows
        Rows read.
    frame
        Columns (year,) indicator, low, high, count, entropy, divergence, weight: bounds in the indicator's own unit
        and direction (``low`` scores 0), values present, and the weights used; entropy is empty for other weights.
    method, notes
        How it came about, and remarks.
    """

    out: Path
    rows: int
    frame: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return bounds, entropies and weights."""
        return self.frame


def stream_index(
    source: str | Path | Sequence[str | Path],
    columns: Sequence[str],
    *,
    out: str | Path,
    direction: str | Mapping[str, str] = "benefit",
    unit: str | None = None,
    time: str | None = None,
    weights: Weights = "entropy",
    normalise: Literal["minmax", "none"] = "minmax",
    scope: Literal["pooled", "yearly"] = "pooled",
    availability: float | None = None,
    workers: int | None = None,
) -> StreamResult:
    """Build a linear index on Parquet files of any length, in little memory.

    Parameters
    ----------
    source
        A Parquet file, a pattern such as ``"panel/*.parquet"``, or several files; a row a unit and year.
    columns
        Indicators.
    out
        Parquet file to write; it appears when it is whole.
    direction
        ``benefit`` or ``cost`` for all, or by column; columns it does not name are ``benefit``.
    unit, time
        Columns carried into `out`; messages name a row by them. `time` holds years as whole numbers.
    weights
        ``entropy``, ``equal``, or weights by column that sum to 1.
    normalise
        ``minmax`` to 0–1, or ``none`` where the columns are scores already, higher better.
    scope
        Bounds and entropy from all rows (``pooled``) or from each year alone (``yearly``).
    availability
        Least share of weight that must be present for a score; weights are then shared out among what is present.
        Default None: a missing cell stops the run.
    workers
        Threads of the first two passes; default: one for each processor, four at most. Results do not depend on it.

    Returns
    -------
    StreamResult
        Equal, up to rounding, to `normalise`, `entropy_weights` and `aggregate` on the same rows in memory.

    Raises
    ------
    DataError
        No such file or column; a column that holds no numbers; a cell that is not finite; a row without a year.
    MethodError
        A missing cell, a constant column, a negative score under ``none``; with file, row, unit and year.
    SpecError
        An option is not one of the choices, or does not go with another.
    OutputError
        `out` cannot be written.

    References
    ----------
    Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x; OECD/JRC (2008), doi:10.1787/9789264043466-en, steps 5–6.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     table = pl.DataFrame({"firm": ["a", "b", "c"], "rd": [0.0, 0.5, 1.0], "debt": [0.9, 0.1, 0.2]})
    ...     table.write_parquet(f"{folder}/panel.parquet")
    ...     done = stream_index(
    ...         f"{folder}/panel.parquet", ["rd", "debt"], direction={"debt": "cost"}, unit="firm",
    ...         weights="equal", out=f"{folder}/scores.parquet",
    ...     )
    ...     pl.read_parquet(done.out)["score"].round(4).to_list()
    [0.0, 0.75, 0.9375]
    """
    for key, value, options in (("normalise", normalise, ("minmax", "none")), ("scope", scope, ("pooled", "yearly"))):
        choose(key, value, options)
    if not isinstance(weights, Mapping):
        choose("weights", weights, ("entropy", "equal"))
    files = open_files(source, tuple(columns), direction, unit, time, scope == "yearly")
    target = _target(out, files, normalise, availability)
    threads = workers or min(os.cpu_count() or 1, 4)
    found = bounds(files, holes=availability is not None, workers=threads)
    low, high = _scale(files, found, normalise)
    entropy, weight = _weigh(files, found, low, high, weights, threads)
    _write(files, found.keys, low, high - low, weight, availability, target)
    notes = (
        (Note("yearly_bounds"), *([Note("yearly_weights")] if weights == "entropy" else [])) if files.grouped else ()
    )
    stated = {"direction": list(files.signs), "normalise": normalise, "scope": scope, "availability": availability}
    used = Method("stream.index", stated | {"weights": weights if isinstance(weights, str) else dict(weights)})
    return StreamResult(target, found.rows, _frame(files, found, entropy, weight), used, notes)


def _target(out: str | Path, files: Files, normalise: str, availability: float | None) -> Path:
    """Return the file to write, after checking what can be checked before any work is done."""
    target = Path(out)
    if normalise == "none" and -1.0 in files.signs:
        raise SpecError("stream_cost_without_scale", where=Where(key="direction"))
    if availability is not None and not 0 <= availability <= 1:
        raise SpecError("stream_availability", where=Where(key="availability"), value=availability)
    if SCORE in (files.unit, files.time):
        raise SpecError("stream_score_taken", where=Where(key="unit" if files.unit == SCORE else "time"))
    if any(target.resolve() == path.resolve() for path in files.paths):
        raise OutputError("stream_over_source", where=Where(file=str(target)))
    if not target.parent.is_dir():
        raise OutputError("stream_no_folder", where=Where(file=str(target)))
    return target


def _scale(files: Files, found: Bounds, normalise: str) -> tuple[Floats, Floats]:
    """Return the directed values that score 0 and 1, ``float64[G, K]`` each."""
    none = np.argwhere(found.count == 0)
    if len(none):
        raise MethodError("stream_all_missing", where=_place(files, found.keys, none[0]))
    if normalise == "none":
        return np.zeros_like(found.low), np.ones_like(found.high)
    flat = np.argwhere(found.high - found.low <= noise(np.stack([found.low, found.high], axis=-1)))
    if len(flat):
        value = found.low[tuple(flat[0])] * files.signs[int(flat[0][1])]
        raise MethodError("stream_constant", where=_place(files, found.keys, flat[0]), value=value)
    return found.low, found.high


def _place(files: Files, keys: Sequence[Key], at: NDArray[np.intp]) -> Where:
    return Where(indicator=files.columns[int(at[1])], period=keys[int(at[0])])


def _weigh(
    files: Files, found: Bounds, low: Floats, high: Floats, weights: Weights, threads: int
) -> tuple[Floats | None, Floats]:
    """Return entropies and weights, ``float64[G, K]`` each."""
    if weights != "entropy":
        given = column_weights(files.columns, None if isinstance(weights, str) else weights)
        return None, np.broadcast_to(given, low.shape)
    _refuse_negative(files, found, low)
    short = np.argwhere(found.count < 2)
    if len(short):
        raise MethodError("entropy_empty", where=_place(files, found.keys, short[0]))
    by_key = [dict(zip(found.keys, part, strict=True)) for part in (low, high - low)]
    done = sums(files, *by_key, workers=threads)
    zeros = np.argwhere(done.total <= 0)
    if len(zeros):
        raise MethodError("entropy_empty", where=_place(files, found.keys, zeros[0]))
    entropy = np.minimum((np.log(done.total) - done.logs / done.total) / np.log(found.count), 1.0)
    divergence = 1.0 - entropy
    flat = np.flatnonzero((found.high - found.low <= 0).all(axis=1))
    if flat.size:
        raise MethodError("entropy_all_constant", where=Where(period=found.keys[int(flat[0])]))
    return entropy, divergence / divergence.sum(axis=1, keepdims=True)


def _refuse_negative(files: Files, found: Bounds, low: Floats) -> None:
    """Name the first row with a score below zero, which entropy cannot take."""
    below = np.argwhere(found.low < low)
    if len(below):
        column = files.columns[int(below[0][1])]
        for path in files.paths:
            rows = pl.scan_parquet(path).select(column).with_row_index("·").filter(pl.col(column) < 0).head(1).collect()
            if rows.height:
                place = files.where(path, int(rows["·"][0]) + 1, column)
                raise MethodError("stream_negative", where=place, value=float(rows[column][0]))


def _write(
    files: Files,
    keys: Sequence[Key],
    low: Floats,
    span: Floats,
    weight: Floats,
    availability: float | None,
    target: Path,
) -> None:
    """Write the scores: under a temporary name, then in the place of `target`."""
    names = [name for name in (files.unit, files.time) if name is not None]
    lazy = pl.scan_parquet(list(files.paths)).select(*dict.fromkeys([*names, *files.columns]))
    terms = [_literals(part) for part in zip(low[0], span[0], weight[0], strict=True)]
    if files.grouped and files.time is not None:
        kind = lazy.collect_schema()[files.time]
        table = {
            f"·{name}{k}": part[:, k]
            for name, part in zip("lsw", (low, span, weight), strict=True)
            for k in range(len(files.columns))
        }
        scales = pl.DataFrame({files.time: pl.Series(keys, dtype=kind), **table}).lazy()
        lazy = lazy.join(scales, on=files.time, how="left", maintain_order="left")
        terms = [(pl.col(f"·l{k}"), pl.col(f"·s{k}"), pl.col(f"·w{k}")) for k in range(len(files.columns))]
    draft = target.with_name(f".{target.name}.draft-{os.getpid()}")
    try:
        lazy.select(*names, _score(files, terms, availability).alias(SCORE)).sink_parquet(draft)
        draft.replace(target)
    except (OSError, pl.exceptions.PolarsError) as error:
        problem = str(error).splitlines()[0]
        raise OutputError("stream_not_written", where=Where(file=str(target)), problem=problem) from None
    finally:
        draft.unlink(missing_ok=True)


def _literals(numbers: Sequence[float]) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    low, span, weight = (pl.lit(float(number)) for number in numbers)
    return low, span, weight


def _score(files: Files, terms: Sequence[tuple[pl.Expr, pl.Expr, pl.Expr]], availability: float | None) -> pl.Expr:
    """Return Σ w (z − low) / span, weights shared out among what is present where `availability` lets cells miss."""
    parts, present = [], []
    for column, sign, (low, span, weight) in zip(files.columns, files.signs, terms, strict=True):
        value = pl.col(column).cast(pl.Float64).fill_nan(None)
        parts.append(weight * ((value * sign - low) / span))
        present.append(pl.when(value.is_not_null()).then(weight).otherwise(0.0))
    total = pl.sum_horizontal(parts)
    if availability is None:
        return total
    share = pl.sum_horizontal(present)
    return pl.when((share >= availability - 1e-12) & (share > 0)).then(total / share)


def _frame(files: Files, found: Bounds, entropy: Floats | None, weight: Floats) -> pl.DataFrame:
    """Return a row for each group and column; bounds in the column's own direction."""
    count = len(found.keys)
    signs = np.array(files.signs)
    blank = np.full(weight.size, np.nan)
    rows: dict[str, Any] = {
        "indicator": list(files.columns) * count,
        "low": (found.low * signs).reshape(-1),
        "high": (found.high * signs).reshape(-1),
        "count": found.count.astype(np.int64).reshape(-1),
        "entropy": blank if entropy is None else entropy.reshape(-1),
        "divergence": blank if entropy is None else 1 - entropy.reshape(-1),
        "weight": weight.reshape(-1),
    }
    years = {files.time: np.repeat(np.array(found.keys), len(files.columns))} if files.grouped and files.time else {}
    return pl.DataFrame(years | rows).with_columns(pl.col("entropy", "divergence").fill_nan(None))
