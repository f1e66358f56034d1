"""The report as a PDF: set by typst from the fonts of the system, with figures as vectors and links to every number.

typst reads the files of a folder made for it and no others, and loads nothing from a network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nqpf.chapters.blocks import Chapter
from nqpf.data.write import save
from nqpf.errors import OutputError, Where
from nqpf.messages import Lang, Text
from nqpf.report.fonts import MONO, Faces, faces, has_chinese
from nqpf.report.table_layout import MARGIN
from nqpf.report.typst_source import Document, in_fonts, typst_document

EXTRA = "report"
MOST_ROWS = 60
"""Rows of a table that are printed; the files beside the report hold them all."""
TEMPLATE = "report.typ"
MAIN = "main.typ"


def write_pdf(
    path: Path,
    *,
    title: Text,
    subtitle: Text,
    chapters: Sequence[Chapter],
    facts: Sequence[tuple[Text, Text]],
    lang: Lang,
    most_rows: int = MOST_ROWS,
) -> Path:
    """Write the report as a PDF.

    Parameters
    ----------
    path
        The file.
    title, subtitle
        Of the title page.
    chapters
        Chapters in reading order.
    facts
        Name and value of what a reader must know first: study, data, version, hash of the specification.
    lang
        Language of the PDF.
    most_rows
        Rows of a table that are printed; a remark below a longer one says where the others are.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        typst is not installed (``pip install "nqpf[report]"``), the report holds Chinese and the system has no Chinese
        font, or the file cannot be written, for instance because a reader has it open.
    ValueError
        Two blocks have the same id.

    Notes
    -----
    The same report set with the same fonts has the same bytes on any day.
    """
    typst = _typst(path)
    document = typst_document(
        title=title, subtitle=subtitle, chapters=chapters, facts=facts, lang=lang, most_rows=most_rows
    )
    fonts = typst.Fonts()
    found = faces(fonts.families())
    if found.serif is None and any(map(has_chinese, (document.source, *document.pictures.values()))):
        raise OutputError("no_chinese_font", where=Where(file=str(path)))
    try:
        content = _set(typst, document, found, fonts, lang)
    except typst.TypstError as error:
        raise OutputError("pdf_not_set", where=Where(file=str(path)), reason=str(error).rstrip(".")) from error
    return save(path, content)


def _typst(path: Path) -> Any:
    try:
        import typst  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ModuleNotFoundError:
        raise OutputError("pdf_extra", where=Where(file=str(path)), package="typst", extra=EXTRA) from None
    return typst


def _set(typst: Any, document: Document, found: Faces, fonts: Any, lang: Lang) -> bytes:
    """Return the PDF of a document."""
    setting = {"lang": lang, "margin": MARGIN, "text": found.text, "heading": found.heading, "mono": MONO}
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = {MAIN: document.source, TEMPLATE: _template()}
        files |= {file: in_fonts(svg, found.pictures) for file, svg in document.pictures.items()}
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        compiler = typst.Compiler(
            str(folder / MAIN), root=str(folder), font_paths=fonts, sys_inputs={"setting": json.dumps(setting)}
        )
        content: bytes = compiler.compile(format="pdf")
    return content


def _template() -> str:
    return resources.files("nqpf.report").joinpath("templates", TEMPLATE).read_text(encoding="utf-8")
