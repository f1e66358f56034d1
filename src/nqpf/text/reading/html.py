"""Web pages: the text of their blocks, or what trafilatura takes for their main text. Nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path

from nqpf.errors import DataError
from nqpf.results import Note
from nqpf.text.reading.faults import extra_needed, guarded, where
from nqpf.text.reading.html_page import page_lines
from nqpf.text.reading.lines import Line, assembled
from nqpf.text.reading.plain import WIDER, decoded
from nqpf.text.source import Source

STATED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
BLANKS = re.compile(r"\s+")
LONG = 10
"""Characters from which a line is told by its words wherever they stand in the main text."""


def read_html(path: Path, file: str, encoding: str | None, main: bool) -> Source:
    """Return a web page as a source.

    Raises
    ------
    DataError
        It has no text, or trafilatura is needed and absent.
    """
    with guarded(path):
        raw = path.read_bytes()
    text, used, notes = _decoded(raw, path, file, encoding)
    with guarded(path):
        lines = page_lines(text.replace("\r\n", "\n").replace("\r", "\n"))
    if main:
        lines, remark = _main_only(path, file, text, lines)
        notes = [*notes, remark]
    if not lines:
        raise DataError("text_empty", where=where(path))
    return assembled(file, "html", lines, used, notes)


def _decoded(raw: bytes, path: Path, file: str, encoding: str | None) -> tuple[str, str, list[Note]]:
    """Return the characters of a page; what it states of itself counts where its bytes bear it out."""
    stated = STATED.search(raw[:4096])
    if encoding is not None or stated is None or raw.startswith(MARKS):
        return decoded(raw, path, encoding)
    name = stated[1].decode("ascii").lower()
    try:
        return raw.decode(WIDER.get(name, name)), name, []
    except (UnicodeDecodeError, LookupError):
        text, used, notes = decoded(raw, path, None)
        values = {"file": file, "stated": name, "used": used}
        return text, used, [*notes, Note("text_stated_encoding", "warning", values)]


def _main_only(path: Path, file: str, text: str, lines: list[Line]) -> tuple[list[Line], Note]:
    """Return the lines that trafilatura takes for the main text, found again by their words; all if it finds none."""
    try:
        import trafilatura  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:  # also where a part that it needs itself is absent
        raise extra_needed("trafilatura", path) from None
    with guarded(path):
        found = trafilatura.extract(text, include_comments=False, include_tables=True) or ""
    whole = BLANKS.sub("", found)
    single = {BLANKS.sub("", line) for line in found.splitlines()}
    kept = [line for line in lines if _is_of(BLANKS.sub("", line.text), single, whole)]
    if not kept:
        return lines, Note("text_no_main", "warning", {"file": file})
    return kept, Note("text_main_only", "info", {"file": file, "kept": len(kept), "lines": len(lines)})


def _is_of(line: str, single: set[str], whole: str) -> bool:
    return line in single or (len(line) >= LONG and line in whole)
