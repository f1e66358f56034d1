"""What somebody published: weights of indicators, scores and ranks of units, as printed, with their digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.data.files import grids
from nqpf.errors import DataError, Where, listing
from nqpf.frames import to_polars

HEADERS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicators", "variable", "code", "id", "指标", "指标名称", "指标代码", "变量"),
    "weight": ("weight", "weights", "w", "权重", "指标权重", "综合权重"),
    "unit": (
        *("unit", "province", "region", "city", "country", "firm"),
        *("省份", "地区", "城市", "单位", "国家", "企业", "省市"),
    ),
    "period": ("period", "year", "time", "年份", "年度", "年"),
    "score": ("score", "scores", "index", "value", "得分", "指数", "综合得分", "综合指数", "水平"),
    "rank": ("rank", "ranking", "排名", "名次", "位次", "排序"),
}
"""Column headings by what they say; the first that is there is taken."""
KINDS = (("weights", "indicator", "weight"), ("scores", "unit", "score"), ("scores", "unit", "rank"))
"""What a table is, by two columns that it has."""


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Published results.

    Attributes
    ----------
    weights
        indicator, weight and, where weights are of single years, period; None if there are none.
    scores
        unit, period (null if none is given), score, rank; score or rank may be null. None if there are none.
    weight_digits, score_digits
        Decimals as printed: half a unit of the last is the rounding allowed for.
    """

    weights: pl.DataFrame | None
    scores: pl.DataFrame | None
    weight_digits: int
    score_digits: int


def published(source: Any) -> Published:
    """Read published results from files, dataframes, or several of them.

    A table with an indicator and a weight in each row gives weights; one with a unit and a score (or rank) gives
    scores. Headings may be Chinese or English.

    Raises
    ------
    DataError
        Nothing that is either; a weight or score that is no number; an indicator twice.
    """
    found: dict[str, pl.DataFrame] = {}
    seen: list[str] = []
    for name, frame in _tables(source):
        columns = _columns(frame)
        seen += [c for c in frame.columns if c not in seen]
        for kind, key, value in KINDS:
            if kind not in found and key in columns and value in columns:
                found[kind] = _taken(frame, columns, kind, name)
    if not found:
        raise DataError("audit_nothing", where=Where(file=_name(source)), columns=listing(seen, 30))
    weights, scores = found.get("weights"), found.get("scores")
    return Published(weights, scores, _digits(weights, "weight"), _digits(scores, "score"))


def decimals(written: Iterable[str]) -> int:
    """Return the most decimals with which numbers are written.

    Examples
    --------
    >>> decimals(["0.25", "0.1", "3"])
    2
    """
    return max((len(text.partition(".")[2]) for text in written if "e" not in text.lower()), default=0)


def _tables(source: Any) -> Iterable[tuple[str | None, pl.DataFrame]]:
    """Yield every table with its headings: the first row of each sheet that holds two known ones."""
    for one in source if isinstance(source, list | tuple) else [source]:
        if isinstance(one, str | Path):
            for grid in grids(one):
                rows = [[_text(cell) for cell in row] for row in grid.rows]
                at = next((i for i, row in enumerate(rows) if len(_columns_of(row)) >= 2), None)
                if at is not None:
                    yield str(one), _framed(rows[at], rows[at + 1 :])
        else:
            frame = to_polars(one)
            yield None, frame.select(pl.all().cast(pl.String))


def _framed(head: list[str], rows: list[list[str]]) -> pl.DataFrame:
    named = {name: i for i, name in reversed(list(enumerate(head))) if name}
    kept = [row for row in rows if any(row)]
    columns = {name: [row[i] or None for row in kept] for name, i in named.items()}
    return pl.DataFrame(columns, schema=dict.fromkeys(named, pl.String))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _columns(frame: pl.DataFrame) -> dict[str, str]:
    return _columns_of(frame.columns)


def _columns_of(names: Iterable[str]) -> dict[str, str]:
    by_text = {name.strip().lower(): name for name in names if name}
    return {kind: by_text[word] for kind, words in HEADERS.items() for word in reversed(words) if word in by_text}


def _taken(frame: pl.DataFrame, columns: dict[str, str], kind: str, file: str | None) -> pl.DataFrame:
    """Return the columns of one kind under their own names, numbers as numbers and as written."""
    key, wanted = ("indicator", ("weight",)) if kind == "weights" else ("unit", ("score", "rank"))
    kept = {key: columns[key]} | {c: columns[c] for c in ("period", *wanted) if c in columns}
    rows = frame.select(**{name: pl.col(column) for name, column in kept.items()}).drop_nulls(key)
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in ("period", *wanted) if c not in rows.columns)
    for column in ("period", *wanted):
        text = rows[column].str.strip_chars()
        percent = text.str.ends_with("%").fill_null(False)
        number = text.str.strip_chars_end("%年").cast(pl.Float64, strict=False)
        wrong = (number.is_null() & text.is_not_null() & (text != "")).arg_true()
        if len(wrong):
            row = int(wrong[0])
            where = Where(file=file, row=row + 1, indicator=kept[column])
            raise DataError("text_in_number", where=where, value=rows[column][row])
        as_share = pl.format("0.00{}", text.str.extract(r"\.(\d+)").fill_null(""))  # 12.3% has three decimals
        rows = rows.with_columns(
            pl.when(percent).then(number / 100).otherwise(number).alias(column),
            pl.when(percent).then(as_share).otherwise(text).alias(f"{column}_written"),
        )
    keys = [key, "period"]
    twice = rows.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        raise DataError("audit_twice", where=Where(file=file), name=twice[key][0], count=twice.height)
    return rows.with_columns(pl.col("period").cast(pl.Int64))


def _digits(frame: pl.DataFrame | None, column: str) -> int:
    return 0 if frame is None else decimals(frame[f"{column}_written"].drop_nulls())


def _name(source: Any) -> str | None:
    return str(source) if isinstance(source, str | Path) else None
