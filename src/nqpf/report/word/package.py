"""The package of a document: the report's own base or a user's template, opened, and written with the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from nqpf.errors import OutputError, Where

CREATED = datetime(2024, 1, 1)
"""Fixed, so that the same report has the same bytes on any day."""
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
BASE = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "docProps/core.xml": "core.xml",
    "word/document.xml": "document.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/numbering.xml": "numbering.xml",
    "word/fontTable.xml": "fontTable.xml",
    "word/header1.xml": "header.xml",
    "word/footer1.xml": "footer.xml",
}
"""Names in the package of the report's own base, and the files they come from."""


def opened(template: Path | None) -> Any:
    """Return a template, or the report's own base, as a document of python-docx.

    Raises
    ------
    OutputError
        There is no such file, it cannot be read, or it is no docx.
    """
    if template is None:
        return Document(io.BytesIO(_base()))
    where = Where(file=str(template))
    try:
        content = template.read_bytes()
    except FileNotFoundError:
        raise OutputError("file_not_found", where=where) from None
    except OSError as error:
        raise OutputError("word_template_unreadable", where=where, reason=error.strerror or str(error)) from error
    try:
        return Document(io.BytesIO(content))
    except Exception as error:  # python-docx lets through whatever zip and XML readers raise
        raise OutputError("word_template_no_docx", where=where) from error


def resource(file: str) -> bytes:
    """Return a file of the report's own base."""
    return resources.files("nqpf.report").joinpath("templates", "word", file).read_bytes().replace(b"\r\n", b"\n")


def part_bytes(document: Any) -> bytes:
    """Return a document as a docx file whose bytes depend on its content alone."""
    written = io.BytesIO()
    document.save(written)
    again = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(again, "w") as target:
        for entry in source.infolist():
            fixed = zipfile.ZipInfo(entry.filename, ZIP_DATE)
            # Pictures in bits are packed already.
            fixed.compress_type = zipfile.ZIP_STORED if entry.filename.endswith(".png") else zipfile.ZIP_DEFLATED
            fixed.create_system = 0
            target.writestr(fixed, source.read(entry))
    return again.getvalue()


def add_part(document: Any, file: str, content_type: str, relation: str, blob: bytes) -> str:
    """Add a part to the package and return the id of the document's relation to it."""
    part = Part(PackURI(f"/word/{file}"), content_type, blob, document.part.package)
    return str(document.part.relate_to(part, relation))


@cache
def _base() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, file in BASE.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), resource(file))
    return packed.getvalue()
