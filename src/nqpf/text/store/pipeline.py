"""One file on its way into a corpus: read, cleaned, cut into articles, as rows of its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.errors import DataError
from nqpf.results import Note
from nqpf.text.article import Article
from nqpf.text.cleaning.clean import clean
from nqpf.text.reading.files import read_source, refusal
from nqpf.text.segmenting.segment import Repair, segment
from nqpf.text.source import Cleaned, Kind, Source
from nqpf.text.store.folder import SCHEMAS
from nqpf.text.store.rows import article_rows, block_rows, edit_rows, renamed

BITE = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: what `read_source` is told, and what `segment` is told."""

    encoding: str | None = None
    kind: Kind | None = None
    main: bool = False
    repair: Repair = "apply"
    corrections: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A file that is to be taken in.

    Attributes
    ----------
    path, file
        Where it lies, and how it is cited.
    stem
        What the ids of its articles begin with.
    sha256, fingerprint
        Of its bytes; and of these with all that decides what is made of them.
    reading
        How it is read.
    """

    path: Path
    file: str
    stem: str
    sha256: str
    fingerprint: str
    reading: Reading


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What became of a file: rows by name of table; only of ``refusals`` if it was refused."""

    tables: Mapping[str, pl.DataFrame]


def take(job: Job) -> Taken:
    """Read, clean and segment a file; one that cannot be read becomes a row that says why."""
    how = job.reading
    try:
        source = read_source(job.path, encoding=how.encoding, kind=how.kind, main=how.main, name=job.file)
        cleaned, articles = articles_of(source, how)
    except DataError as error:
        rows = [refusal(job.file, job.path, error)]
        return Taken({"refusals": pl.DataFrame(rows, schema=dict(SCHEMAS["refusals"]))})
    articles = renamed(articles, job.stem)
    tables = {
        "articles": article_rows(articles, source),
        "blocks": block_rows(articles, source),
        "edits": edit_rows(cleaned),
        "sources": _source_row(job, source, len(articles)),
        "remarks": _remarks(job.file, (*source.notes, *cleaned.notes)),
    }
    return Taken(tables)


def articles_of(source: Source, how: Reading) -> tuple[Cleaned, tuple[Article, ...]]:
    """Return the clean text of a source and the articles in it."""
    cleaned = clean(source)
    return cleaned, segment(cleaned, repair=how.repair, corrections=how.corrections)


def _source_row(job: Job, source: Source, articles: int) -> pl.DataFrame:
    row: dict[str, Any] = {
        "file": job.file,
        "path": str(job.path),
        "sha256": job.sha256,
        "fingerprint": job.fingerprint,
        "stem": job.stem,
        "kind": source.kind,
        "encoding": source.encoding,
        "chars": len(source.text),
        "lines": len(source.starts),
        "articles": articles,
    }
    return pl.DataFrame([row], schema=dict(SCHEMAS["sources"]))


def _remarks(file: str, notes: tuple[Note, ...]) -> pl.DataFrame:
    rows = [
        {"file": file, "code": note.code, "severity": note.severity, "zh": note.text().zh, "en": note.text().en}
        for note in notes
    ]
    return pl.DataFrame(rows, schema=dict(SCHEMAS["remarks"]))


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    DataError
        It cannot be opened.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(BITE):
            digest.update(part)
    return digest.hexdigest()
