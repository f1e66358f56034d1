"""The index by which a corpus is searched: pairs of characters in SQLite's full-text search (FTS5).

A phrase of pairs finds exactly the blocks whose key holds the query, from two characters up; nothing is cut into words.
The index goes by the files in the corpus: those that changed are taken out and put in again.

References
----------
SQLite FTS5 Extension, https://www.sqlite.org/fts5.html (sections 4.6 and 6.2: contentless tables).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.text.cleaning.search_key import PARTED, key_of
from nqpf.text.store.folder import INDEX, batches, scan, state, table
from nqpf.text.store.grams import entries
from nqpf.text.store.metadata import with_metadata
from nqpf.text.store.rows import runs_of

FORM = "2"
"""Changes with what is indexed, and how it is folded."""
TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE file (name TEXT PRIMARY KEY, fingerprint TEXT)",
    "CREATE TABLE article (id TEXT PRIMARY KEY, title TEXT, authors TEXT, date TEXT, year INTEGER, outlet TEXT,"
    " region TEXT, level TEXT, doc_type TEXT) WITHOUT ROWID",
    "CREATE TABLE block (id INTEGER PRIMARY KEY, article TEXT, file TEXT, block INTEGER, kind TEXT, paragraph INTEGER,"
    " text TEXT, runs BLOB, pages BLOB, boxes BLOB)",
    "CREATE TABLE piece (id INTEGER PRIMARY KEY, block INTEGER)",
    "CREATE INDEX block_of_file ON block (file)",
    "CREATE INDEX piece_of_block ON piece (block)",
    "CREATE VIRTUAL TABLE grams USING fts5 (words, content='', columnsize=0, tokenize='ascii')",
)
ARTICLE = ("id", "title", "authors", "date", "year", "outlet", "region", "level", "doc_type")
BLOCK = ("article", "file", "block", "kind", "paragraph", "text", "at", "raw", "line", "column", "page", "box")
BATCH = 1024
"""Blocks that are folded and written together."""


def available() -> bool:
    """Say whether this SQLite has full-text search."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute(TABLES[-1])
        except sqlite3.OperationalError:
            return False
    return True


def is_current(folder: Path) -> bool:
    """Say whether the index of a corpus is there and goes with its tables."""
    path = folder / INDEX
    if not path.exists() or not available():
        return False
    try:
        with opened(folder) as base:
            found = dict(base.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError:
        return False
    return found == {"form": FORM, "state": state(folder)["state"]}


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the index for reading."""
    with closing(sqlite3.connect(f"{(folder / INDEX).resolve().as_uri()}?mode=ro", uri=True)) as base:
        yield base


def bring_up(folder: Path) -> None:
    """Make the index go with the tables of its corpus; an index made in another way is made anew."""
    path = folder / INDEX
    if path.exists() and _form_of(path) == FORM:
        _write(folder, path)
        return
    new = path.with_name(f".{INDEX}.part")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new)) as base:
            base.execute("PRAGMA page_size = 16384")
            for statement in TABLES:
                base.execute(statement)
            base.commit()
        _write(folder, new)
        os.replace(new, path)
    finally:
        with suppress(OSError):
            new.unlink()


def _form_of(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(path)) as base:
            found = base.execute("SELECT value FROM meta WHERE key = 'form'").fetchone()
    except sqlite3.DatabaseError:
        return None
    return str(found[0]) if found else None


def _write(folder: Path, path: Path) -> None:
    """Write what differs between index and tables, all of it or nothing."""
    wanted = dict(table(folder, "sources").select("file", "fingerprint").iter_rows())
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("PRAGMA cache_size = -65536")
        known = dict(base.execute("SELECT name, fingerprint FROM file"))
        for file in (f for f, print_ in known.items() if wanted.get(f) != print_):
            _remove(base, file)
        new = [f for f, print_ in wanted.items() if known.get(f) != print_]
        if new:
            _add(base, folder, new)
            base.executemany("INSERT INTO file VALUES (?, ?)", [(f, wanted[f]) for f in new])
            base.execute("INSERT INTO grams (grams) VALUES ('optimize')")
        _articles(base, folder)
        base.execute("DELETE FROM meta")
        base.executemany("INSERT INTO meta VALUES (?, ?)", [("form", FORM), ("state", state(folder)["state"])])


def _articles(base: sqlite3.Connection, folder: Path) -> None:
    told = with_metadata(table(folder, "articles"), table(folder, "metadata"))
    rows = told.with_columns(pl.col("authors").list.join("、")).select(ARTICLE).iter_rows()
    base.execute("DELETE FROM article")
    base.executemany(f"INSERT INTO article VALUES ({', '.join('?' * len(ARTICLE))})", rows)


def _remove(base: sqlite3.Connection, file: str) -> None:
    rows = base.execute("SELECT id, text FROM block WHERE file = ?", (file,)).fetchall()
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        for (id, _), found in zip(part, _entries([text for _, text in part]), strict=True):
            pieces = [piece for (piece,) in base.execute("SELECT id FROM piece WHERE block = ? ORDER BY id", (id,))]
            gone = [("delete", piece, words) for piece, words in zip(pieces, found, strict=True)]
            base.executemany("INSERT INTO grams (grams, rowid, words) VALUES (?, ?, ?)", gone)
            base.execute("DELETE FROM piece WHERE block = ?", (id,))
    base.execute("DELETE FROM block WHERE file = ?", (file,))
    base.execute("DELETE FROM file WHERE name = ?", (file,))


def _add(base: sqlite3.Connection, folder: Path, files: Sequence[str]) -> None:
    block = base.execute("SELECT coalesce(max(id), 0) FROM block").fetchone()[0]
    piece = base.execute("SELECT coalesce(max(id), 0) FROM piece").fetchone()[0]
    wanted = set(files)
    everything = scan(folder, "blocks").select(pl.len()).collect().item()
    chosen = None if len(wanted) == table(folder, "sources").height else list(wanted)
    for part in batches(folder, "blocks", BLOCK, BATCH) if everything else ():
        rows = part if chosen is None else part.filter(pl.col("file").is_in(chosen))
        for row, found in zip(rows.iter_rows(named=True), _entries(rows["text"].to_list()), strict=True):
            block += 1
            _insert(base, block, row)
            for words in found:
                piece += 1
                base.execute("INSERT INTO piece VALUES (?, ?)", (piece, block))
                base.execute("INSERT INTO grams (rowid, words) VALUES (?, ?)", (piece, words))


def _insert(base: sqlite3.Connection, id: int, row: dict[str, Any]) -> None:
    values = (id, *(row[c] for c in BLOCK[:6]), *runs_of(row).packed())
    base.execute(f"INSERT INTO block VALUES ({', '.join('?' * len(values))})", values)


def _entries(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield what is indexed of each block; blocks are folded together, which is quicker."""
    key = key_of(PARTED.join(t.replace(PARTED, " ") for t in texts), "loose")
    ends = (key.codes == ord(PARTED)).nonzero()[0].tolist()
    first = 0
    for end in [*ends, len(key.codes)] if texts else []:
        yield list(entries(key.codes[first:end]))
        first = end + 1
