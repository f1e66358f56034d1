"""Files of text to sources: one, or a folder of them of which none stops the others."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from nqpf.columns import choose
from nqpf.errors import DataError
from nqpf.text.reading.docx import read_docx
from nqpf.text.reading.faults import where
from nqpf.text.reading.html import read_html
from nqpf.text.reading.kind import KINDS, kind_of
from nqpf.text.reading.pdf import read_pdf
from nqpf.text.reading.plain import read_plain
from nqpf.text.source import Kind, Source

PathLike = str | os.PathLike[str]
PASSING = ("~$", ".")
"""How names begin of files that programs leave behind for a while, and of hidden ones."""
REFUSALS = {"file": pl.String, "path": pl.String, "code": pl.String, "reason_zh": pl.String, "reason_en": pl.String}
"""Columns of the table of files that were not read."""


def read_source(
    path: PathLike,
    *,
    encoding: str | None = None,
    kind: Kind | None = None,
    main: bool = False,
    name: str | None = None,
) -> Source:
    r"""Return a file of text with the place of every character.

    Parameters
    ----------
    path
        A file: txt, md, docx, html, or pdf with a text layer.
    encoding
        Encoding of txt, md and html where it should not be told by the bytes, e.g. ``"gb18030"``.
    kind
        Kind of the file where it should not be told by its content and name.
    main
        Of a web page, keep its main text only (as trafilatura finds it).
    name
        How the file is cited; its name by default.

    Returns
    -------
    Source
        Raw characters, and line and column of each in the file; in docx "line" is the number of the paragraph or table
        row, in pdf the line on its page, with page and box.

    Raises
    ------
    DataError
        There is no such file, or it cannot be read as a text: ``text_empty``, ``text_scan`` (no text layer),
        ``encrypted``, ``text_wrong_encoding``, ``text_unknown_encoding``, ``text_macros``, ``text_old_word``,
        ``text_kind_unknown``, ``text_damaged``, ``text_zip_bomb``; or a package of the extra ``text`` is absent.
    SpecError
        An option is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.txt")
    ...     _ = page.write_bytes("新质生产力\r\n起点是“新”".encode("gb18030"))
    ...     source = read_source(page)
    >>> source.encoding, source.text.splitlines()[1], source.place(6).line
    ('gb18030', '起点是“新”', 2)
    """
    path = Path(path)
    if kind is not None:
        choose("kind", kind, KINDS)
    if not path.is_file():
        raise DataError("file_not_found", where=where(path))
    file = path.name if name is None else name
    told = kind_of(path)
    used = told if kind is None else kind
    if used == "pdf":
        return read_pdf(path, file)
    if used == "docx":
        return read_docx(path, file)
    if used == "html":
        return read_html(path, file, encoding, main)
    return read_plain(path, file, used, encoding)


def read_sources(
    paths: PathLike | Iterable[PathLike], *, encoding: str | None = None, kind: Kind | None = None, main: bool = False
) -> tuple[tuple[Source, ...], pl.DataFrame]:
    """Return every file that can be read, and a table of those that cannot.

    Parameters
    ----------
    paths
        Files and folders; folders with everything below them but hidden files.
    encoding, kind, main
        As for `read_source`, of every file.

    Returns
    -------
    tuple of sources, frame
        Sources in order of their names, and the files that were refused: file, path, code of the error, reason_zh,
        reason_en (which name the line, but the file in its own column only).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_text("新质生产力", encoding="utf-8")
    ...     _ = Path(folder, "b.txt").write_bytes(b"")
    ...     sources, refusals = read_sources(folder)
    >>> [s.file for s in sources], refusals["code"].to_list()
    (['a.txt'], ['text_empty'])
    """
    sources, refused = [], [refusal(*one) for one in faults_in(paths)]
    for file, path in files_in(paths):
        try:
            sources.append(read_source(path, encoding=encoding, kind=kind, main=main, name=file))
        except DataError as error:
            refused.append(refusal(file, path, error))
    return tuple(sources), pl.DataFrame(refused, schema=REFUSALS).sort("file", maintain_order=True)


def refusal(file: str, path: Path, error: DataError) -> dict[str, str]:
    """Return the row of a file that could not be read."""
    reason = type(error)(error.code, where=replace(error.where, file=None), **error.values).text()
    return {"file": file, "path": str(path), "code": error.code, "reason_zh": reason.zh, "reason_en": reason.en}


def files_in(paths: PathLike | Iterable[PathLike]) -> list[tuple[str, Path]]:
    """Return the files that paths lead to, with the name by which each is cited: the shortest that tells them apart.

    Raises
    ------
    DataError
        A path leads nowhere.
    """
    found: list[tuple[str, Path]] = []
    for path in _given(paths):
        if path.is_dir():
            found += [(p.relative_to(path).as_posix(), p) for p in _below(path) if p.is_file()]
        elif path.is_file():
            found.append((path.name, path))
        else:
            raise DataError("file_not_found", where=where(path))
    unique = list({path.resolve(): (name, path) for name, path in reversed(found)}.values())
    return sorted(_told_apart(unique))


def faults_in(paths: PathLike | Iterable[PathLike]) -> list[tuple[str, Path, DataError]]:
    """Return what stands in folders and cannot be opened, with the reason: closed folders, links that lead nowhere.

    Devices and pipes are among them: to read from one could take for ever.
    """
    found: list[tuple[str, Path, DataError]] = []
    for folder in filter(Path.is_dir, _given(paths)):
        closed: list[OSError] = []
        for path in _below(folder, closed):
            if not path.is_file():
                error = DataError("text_no_file", where=where(path))
                found.append((path.relative_to(folder).as_posix(), path.absolute(), error))
        for fault in closed:
            path = Path(fault.filename)
            error = DataError("text_unreadable", where=where(path), problem=fault.strerror or str(fault))
            found.append((path.relative_to(folder).as_posix(), path.absolute(), error))
    return found


def _given(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    return [Path(p) for p in ([paths] if isinstance(paths, str | os.PathLike) else paths)]


def _below(folder: Path, closed: list[OSError] | None = None) -> Iterator[Path]:
    """Yield all that is no folder; folders that are links are gone into, once, and those that are closed are told."""
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, onerror=None if closed is None else closed.append, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(PASSING))
        yield from (Path(root, name) for name in sorted(names) if not name.startswith(PASSING))


def _told_apart(files: Sequence[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Return files with folders before names that several have."""
    count = Counter(name for name, _ in files)
    return [(name if count[name] == 1 else path.resolve().as_posix().lstrip("/"), path) for name, path in files]
