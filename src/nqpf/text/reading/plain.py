"""Plain text and Markdown: bytes to characters, line by line, in whatever encoding Chinese text comes."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from nqpf.data.files.encoding import decode, is_binary
from nqpf.errors import DataError, SpecError, Where, hint
from nqpf.results import Note
from nqpf.text.reading.faults import as_data_file, guarded, where
from nqpf.text.reading.lines import starts_of
from nqpf.text.source import Kind, Source

WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "utf-8": "utf-8-sig"}
"""Encodings that hold everything of the one that is named."""
USUAL = ("utf-8", "utf-16", "gb18030", "big5")
LOST = re.compile("\ufffd|锟斤拷")
"""What is left of characters that were once read in the wrong encoding."""
TITLE = re.compile(r"(#{1,6})[ \t]")
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])[ \t]")


def read_plain(path: Path, file: str, kind: Kind, encoding: str | None) -> Source:
    """Return a file of plain text or Markdown as a source; line ends of every system become line feeds."""
    with guarded(path):
        raw = path.read_bytes()
    text, used, notes = decoded(raw, path, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("text_empty", where=where(path))
    starts = starts_of(text)
    styles = tuple(_markdown(line) for line in text.split("\n")) if kind == "md" else ()
    notes += _lost(file, text)
    return Source(file, kind, text, starts, None, None, styles, used, tuple(notes))


def decoded(raw: bytes, path: Path, encoding: str | None) -> tuple[str, str, list[Note]]:
    """Return what bytes hold, in which encoding, and a remark where the encoding asked for is doubtful.

    Raises
    ------
    DataError
        They are no text, or not of the encoding; line and byte are named.
    SpecError
        There is no such encoding.
    """
    source = as_data_file(path)
    notes: list[Note] = []
    if encoding is None:
        with guarded(path):
            text, used = decode(raw, source)
    else:
        text, used = _asked(raw, path, encoding)
        notes = _doubt(raw, path, text, used)
    if is_binary(text):
        raise DataError("text_not_text", where=where(path))
    return text.removeprefix("\ufeff"), used, notes


def _asked(raw: bytes, path: Path, encoding: str) -> tuple[str, str]:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        near = hint(encoding, USUAL)
        raise SpecError("text_encoding_name", where=Where(key="encoding"), value=encoding, hint=near) from None
    try:
        return raw.decode(WIDER.get(name, name)), name
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError("text_wrong_encoding", where=where(path, line), encoding=encoding, offset=error.start) from None


def _doubt(raw: bytes, path: Path, text: str, used: str) -> list[Note]:
    """Return a remark if the bytes look like another encoding than the one that was asked for."""
    try:
        likely, name = decode(raw, as_data_file(path))
    except DataError:
        return []
    if likely.removeprefix("\ufeff") == text.removeprefix("\ufeff"):
        return []
    return [Note("text_encoding_doubtful", "warning", {"file": path.name, "asked": used, "likely": name})]


def _lost(file: str, text: str) -> list[Note]:
    found = list(LOST.finditer(text))
    if not found:
        return []
    line = text.count("\n", 0, found[0].start()) + 1
    return [Note("text_lost_characters", "warning", {"file": file, "count": len(found), "line": line})]


def _markdown(line: str) -> str:
    if title := TITLE.match(line):
        return f"h{len(title[1])}"
    bare = line.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == "|":
        return "cell"
    return "list" if ITEM.match(line) else ""
