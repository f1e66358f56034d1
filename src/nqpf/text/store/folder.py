"""The folder of a corpus: which tables lie in it, and how they are read, added to and replaced as a whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.errors import DataError, OutputError, Where
from nqpf.text.reading.files import REFUSALS

FORMAT = 1
STATE = "corpus.json"
INDEX = "index.sqlite"
GROUP = 8192
"""Rows that are written, and read again, together."""

SMALL = pl.List(pl.Int32)
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "articles": {
        "id": pl.String,
        "file": pl.String,
        "title": pl.String,
        "title_confidence": pl.Float64,
        "title_reason_zh": pl.String,
        "title_reason_en": pl.String,
        "authors": pl.List(pl.String),
        "affiliations": pl.List(pl.String),
        "date": pl.String,
        "outlet": pl.String,
        "blocks": pl.Int64,
        "chars": pl.Int64,
        "lines": pl.String,
        "flags": pl.List(pl.String),
        "record": pl.String,
    },
    "blocks": {
        "article": pl.String,
        "file": pl.String,
        "block": pl.Int64,
        "kind": pl.String,
        "level": pl.Int64,
        "run_in": pl.Int64,
        "paragraph": pl.Int64,
        "diagram": pl.Int64,
        "text": pl.String,
        "at": SMALL,
        "raw": SMALL,
        "line": SMALL,
        "column": SMALL,
        "page": SMALL,
        "box": pl.List(pl.Float32),
    },
    "edits": {
        "file": pl.String,
        "rule": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "line": pl.Int64,
        "column": pl.Int64,
        "before": pl.String,
        "after": pl.String,
    },
    "sources": {
        "file": pl.String,
        "path": pl.String,
        "sha256": pl.String,
        "fingerprint": pl.String,
        "stem": pl.String,
        "kind": pl.String,
        "encoding": pl.String,
        "chars": pl.Int64,
        "lines": pl.Int64,
        "articles": pl.Int64,
    },
    "remarks": {"file": pl.String, "code": pl.String, "severity": pl.String, "zh": pl.String, "en": pl.String},
    "refusals": REFUSALS,
    "metadata": {
        "by": pl.String,
        "key": pl.String,
        "region": pl.String,
        "date": pl.String,
        "level": pl.String,
        "outlet": pl.String,
        "doc_type": pl.String,
    },
}
"""Columns of each table; `record` and the places in `blocks` are for `Corpus.article` and `Corpus.place`."""


def table(folder: Path, name: str) -> pl.DataFrame:
    """Return a table of a corpus; an empty one if there is none yet."""
    path = _path(folder, name)
    return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=dict(SCHEMAS[name]))


def scan(folder: Path, name: str) -> pl.LazyFrame:
    """Return a table of a corpus without reading it."""
    path = _path(folder, name)
    return pl.scan_parquet(path) if path.exists() else pl.LazyFrame(schema=dict(SCHEMAS[name]))


def batches(folder: Path, name: str, columns: Sequence[str], rows: int = GROUP) -> Iterator[pl.DataFrame]:
    """Yield a table part by part, so that it need not be held whole."""
    whole = scan(folder, name).select(columns)
    height = whole.select(pl.len()).collect().item()
    for start in range(0, height, rows):
        yield whole.slice(start, rows).collect()


def write_part(room: Path, name: str, number: int, rows: pl.DataFrame) -> None:
    """Write rows that are to be added to a table."""
    rows.write_parquet(room / f"{name}-{number:06d}.parquet", row_group_size=GROUP)


def renewed(folder: Path, room: Path, name: str, gone: Iterable[str]) -> Path:
    """Write the rows of a table that stay, and the parts written to `room`, to a new file there; return it."""
    path = room / f"{name}.parquet"
    frames = [scan(folder, name).filter(~pl.col("file").is_in(list(gone)))]
    frames += [pl.scan_parquet(part) for part in sorted(room.glob(f"{name}-*.parquet"))]
    pl.concat(frames, how="vertical").sink_parquet(path, row_group_size=GROUP)
    return path


def put(folder: Path, news: Sequence[Path]) -> None:
    """Put new files in the place of the old ones: all of them, also where Ctrl-C comes in between."""
    left = list(news)
    stopped: KeyboardInterrupt | None = None
    while left:
        try:
            if left[0].exists():
                os.replace(left[0], folder / left[0].name)
            del left[0]
        except KeyboardInterrupt as error:
            stopped = error
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError("cannot_write", where=Where(file=str(folder / left[0].name)), reason=reason) from error
    if stopped is not None:
        raise stopped


def state(folder: Path) -> dict[str, Any]:
    """Return what a corpus says of itself.

    Raises
    ------
    DataError
        The folder holds no corpus, a damaged one, or one of a later version.
    """
    path = folder / STATE
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = found["format"]
    except FileNotFoundError:
        raise DataError("text_no_corpus", where=Where(file=str(folder))) from None
    except (ValueError, KeyError, TypeError, OSError):
        raise DataError("text_corpus_damaged", where=Where(file=str(path))) from None
    if version != FORMAT:
        raise DataError("text_corpus_version", where=Where(file=str(path)), found=version, wanted=FORMAT)
    return found


def is_corpus(folder: Path) -> bool:
    """Say whether a folder holds a corpus."""
    return (folder / STATE).exists()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"
