"""What a table beside the files says of them: region, date, level, outlet and type of document, by file or article."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from nqpf.data.files.encoding import decode
from nqpf.errors import DataError, Where, listing
from nqpf.frames import to_polars
from nqpf.text.reading.faults import as_data_file, guarded, where
from nqpf.text.store.folder import SCHEMAS

KEYS = {"file": ("file", "文件", "文件名"), "article": ("article", "id", "篇目", "文章")}
FIELDS = {
    "region": ("region", "地区", "省份", "城市"),
    "date": ("date", "日期", "发布日期"),
    "level": ("level", "级别", "层级"),
    "outlet": ("outlet", "报刊", "来源"),
    "doc_type": ("doc_type", "文种", "类型"),
}
"""Names that columns may have."""
DATE = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)?|\s*年?)")


def read_metadata(table: Any) -> pl.DataFrame:
    """Return a table of what is known of files and articles.

    Parameters
    ----------
    table
        A csv file or any dataframe, with a column ``file`` (its name, with or without folders and suffix) or
        ``article`` (its id), and any of ``region``, ``date``, ``level``, ``outlet``, ``doc_type``; Chinese names
        (文件, 篇目, 地区, 日期, 级别, 报刊, 文种) are known. Dates: 2024-03-04, 2024年3月4日, 2024/3, 2024.

    Returns
    -------
    frame
        by (``file`` or ``article``), key, and the five fields; dates as ISO text.

    Raises
    ------
    DataError
        There is no such column, a date is none, or a file or article stands twice.
    """
    origin = table if isinstance(table, str | os.PathLike) else None
    frame = to_polars(table) if origin is None else _csv(Path(origin))
    named = {field: _column(frame, names) for field, names in (KEYS | FIELDS).items()}
    if not (named["file"] or named["article"]):
        raise DataError("text_metadata_key", where=_where(origin), columns=listing(frame.columns))
    rows = [_row(row, named, number, origin) for number, row in enumerate(frame.iter_rows(named=True), start=1)]
    found = pl.DataFrame([row for row in rows if row["key"]], schema=dict(SCHEMAS["metadata"]))
    twice = found.filter(pl.struct("by", "key").is_duplicated())
    if twice.height:
        raise DataError(
            "text_metadata_twice", where=_where(origin), keys=listing(twice["key"].unique(maintain_order=True))
        )
    return found


def _csv(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise DataError("file_not_found", where=where(path))
    with guarded(path):
        text, _ = decode(path.read_bytes(), as_data_file(path))
        return pl.read_csv(text.removeprefix("\ufeff").encode("utf-8"), infer_schema=False)


def _where(origin: Any, row: int | None = None) -> Where:
    return Where(file=None if origin is None else str(origin), row=row)


def _column(frame: pl.DataFrame, names: tuple[str, ...]) -> str | None:
    return next((c for c in frame.columns if c.strip().lower() in names), None)


def _row(row: dict[str, Any], named: dict[str, str | None], number: int, origin: Any) -> dict[str, str | None]:
    def cell(field: str) -> str | None:
        column = named[field]
        value = None if column is None else row[column]
        return None if value is None or not str(value).strip() else str(value).strip()

    by = "article" if cell("article") else "file"
    fields = {field: cell(field) for field in FIELDS}
    if fields["date"] is not None:
        fields["date"] = iso_date(fields["date"], _where(origin, number))
    return {"by": by, "key": cell(by), **fields}


def iso_date(written: str, place: Where) -> str:
    """Return a date as ISO text, as exact as it was given.

    Examples
    --------
    >>> iso_date("2024年3月4日", Where()), iso_date("2024/3", Where()), iso_date("2024", Where())
    ('2024-03-04', '2024-03', '2024')
    """
    found = DATE.match(written)
    rest = "" if found is None else written[found.end() :].strip()
    if found is None or (rest and not re.fullmatch(r"[T\s]?00:00(:00(\.0+)?)?", rest)):
        raise DataError("text_metadata_date", where=place, value=written)
    year, month, day = (int(part) if part else None for part in found.groups())
    if not (1 <= (month or 1) <= 12 and 1 <= (day or 1) <= 31):
        raise DataError("text_metadata_date", where=place, value=written)
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])


def with_metadata(articles: pl.DataFrame, metadata: pl.DataFrame) -> pl.DataFrame:
    """Return articles with what the table says of them; it goes before what the file says, a row by article first."""
    by_article = {row["key"]: row for row in metadata.filter(by="article").iter_rows(named=True)}
    by_file = {row["key"]: row for row in metadata.filter(by="file").iter_rows(named=True)}
    found = [
        [by_article.get(id, {}), *(by_file.get(name, {}) for name in names_of(file))]
        for id, file in articles.select("id", "file").iter_rows()
    ]
    known = pl.DataFrame(
        [{field: next((row[field] for row in rows if row.get(field)), None) for field in FIELDS} for rows in found],
        schema=dict.fromkeys(FIELDS, pl.String),
    )
    own = {"date", "outlet"}
    told = articles.with_columns(
        (pl.coalesce(known[field], pl.col(field)) if field in own else known[field]).alias(field) for field in FIELDS
    )
    return told.with_columns(pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False).alias("year"))


def unmatched(articles: pl.DataFrame, metadata: pl.DataFrame) -> list[str]:
    """Return the keys of the table that are of no file or article."""
    known = set(articles["id"]) | {name for file in articles["file"].unique() for name in names_of(file)}
    return [key for key in metadata["key"] if key not in known]


def names_of(file: str) -> tuple[str, str, str]:
    """Return the names by which a table may call a file: as cited, without folders, without its suffix."""
    path = PurePosixPath(file)
    return file, path.name, path.stem
