"""What kind of text a file is, told by its first bytes; its name decides only between kinds of plain text."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import get_args

from nqpf.errors import DataError, listing
from nqpf.text.reading.faults import guarded, where
from nqpf.text.source import Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
SUFFIXES: dict[str, Kind] = {
    "": "txt",
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
MACROS = frozenset((".docm", ".dotm"))
OLD = frozenset((".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt"))
"""Files of word processors that are no docx."""
HEAD = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<!doctype html", b"<html")
DOCUMENT = "word/document.xml"


def kind_of(path: Path) -> Kind:
    """Return the kind of a file.

    Raises
    ------
    DataError
        It is empty, needs a password, holds macros, or is of a kind that is not read.
    """
    with guarded(path), path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise DataError("text_empty", where=where(path))
    suffix = path.suffix.lower()
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path, suffix)
    if head.startswith(OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise DataError("encrypted" if encrypted else "text_old_word", where=where(path))
    if suffix in OLD | MACROS or head.startswith(b"{\\rtf"):
        raise DataError("text_old_word", where=where(path))
    if suffix in (".docx", ".pdf"):
        raise DataError("text_damaged", where=where(path))
    if suffix not in SUFFIXES:
        raise DataError("text_kind_unknown", where=where(path), options=listing(sorted(filter(None, SUFFIXES)), 12))
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return "html" if start.startswith(MARKUP) else SUFFIXES[suffix]


def _zipped(path: Path, suffix: str) -> Kind:
    with guarded(path), zipfile.ZipFile(path) as archive:
        names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        types = names.get("[content_types].xml")
        stated = archive.open(types).read(1 << 20) if types else b""
    if suffix in MACROS or "word/vbaproject.bin" in names or (DOCUMENT in names and b"macroEnabled" in stated):
        raise DataError("text_macros", where=where(path))
    if DOCUMENT in names:
        return "docx"
    if suffix in OLD:
        raise DataError("text_old_word", where=where(path))
    raise DataError("text_kind_unknown", where=where(path), options=listing(sorted(filter(None, SUFFIXES)), 12))
