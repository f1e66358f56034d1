"""What a file is, told by its first bytes; its name is only a hint."""

from __future__ import annotations

import zipfile
from pathlib import Path

KINDS = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".xlsb": "xlsb",
    ".ods": "ods",
    ".et": "xls",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
    ".xml": "xml",
    ".dta": "dta",
    ".parquet": "parquet",
    ".feather": "arrow",
    ".arrow": "arrow",
}
"""The kind of file that a suffix promises."""

UNREADABLE = frozenset(("archive", "encrypted", "unknown"))
"""Kinds of file that are recognised and cannot be read."""

HEAD = 65_536
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RAW_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
SIGNATURES = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"<stata_dta>": "dta",
    b"\x1f\x8b": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"%PDF": "unknown",
    **dict.fromkeys(RAW_BIFF, "xls"),
}
MARKUP = (b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta", b"<style", b"<div")
SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(path: Path) -> str:
    """Return what a file is.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    str
        A value of `KINDS`, or one of `UNREADABLE`.

    Raises
    ------
    zipfile.BadZipFile
        It begins as an archive (as xlsx does) but is damaged or cut short.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    promised = KINDS.get(path.suffix.lower(), "unknown" if path.suffix else "text")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if head.startswith(OLE):
        return _compound(path, promised)
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if 105 <= head[0] <= 115 and head[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        return "dta"
    if promised in ("parquet", "arrow", "dta"):
        return "unknown"
    return _written(head, promised)


def _zipped(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = {name.replace("\\", "/").lower() for name in archive.namelist()}
        if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
            return "ods"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "archive" if path.suffix.lower() in (".zip", *KINDS) else "unknown"


def _compound(path: Path, promised: str) -> str:
    raw = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return "encrypted"
    has_book = any(name.encode("utf-16-le") in raw for name in ("Workbook", "Book"))
    return "xls" if has_book or promised == "xls" else "unknown"


def _written(head: bytes, promised: str) -> str:
    """Return the kind of a file of text, in whatever encoding: without NULs UTF-16 reads like ASCII."""
    start = head[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith(b"mime-version:") or b"content-type: multipart/related" in start:
        return "mhtml"
    if start.startswith(b"<"):
        if SPREADSHEET_XML in start and (b"<workbook" in start or b":workbook" in start):
            return "xml"
        if promised == "html" or any(tag in start for tag in MARKUP):
            return "html"
        return "unknown" if start.startswith(b"<?xml") else "text"
    if b"<table" in start and b"<tr" in start:
        return "html"
    return "unknown" if promised == "unknown" else "text"
