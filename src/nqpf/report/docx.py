"""The report as a Word document: headings, captions and references that Word counts, equations that can be edited.

Written with python-docx, which comes with the extra ``report``; the parts of the writer lie in ``nqpf.report.word``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nqpf.chapters.blocks import Chapter
from nqpf.data.write import save
from nqpf.errors import OutputError, Where
from nqpf.messages import Lang, Text

EXTRA = "report"
MOST_ROWS = 60
"""Rows of a table that a page for reading lists; the files hold them all."""


def write_docx(
    path: Path,
    *,
    title: Text,
    subtitle: Text,
    chapters: Sequence[Chapter],
    facts: Sequence[tuple[Text, Text]],
    lang: Lang,
    template: Path | None = None,
    most_rows: int | None = MOST_ROWS,
    tell: Callable[[Text], None] | None = None,
) -> Path:
    """Write the report as a docx file.

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
        Language of the document.
    template
        A docx file of the user's: its styles, pages, headers and footers are kept. ``{{report}}``, ``{{contents}}``
        and ``{{facts}}``, each alone in a paragraph, are where the chapters (else at the end), the table of contents
        and the facts go; ``{{pages}}`` alone in a paragraph becomes "page X of Y"; ``{{title}}``, ``{{subtitle}}``
        and ``{{name of a fact}}`` are filled in wherever they stand.
    most_rows
        Rows of a table that are listed; None lists all.
    tell
        Is told which fields of the template are not known; they are left as they are, the rest is written.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        python-docx is not installed; there is no such template, it cannot be read, or it is no docx; the file cannot
        be written, for instance because Word has it open.
    ValueError
        Two blocks have the same id.

    Notes
    -----
    The same input gives the same bytes. Numbers of pages, and of figures and tables after changes by hand, are
    Word's: it asks on opening whether it may count them.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_docx(
    ...         Path(folder) / "a.docx", title=Text("报告", "Report"), subtitle=Text("", ""), chapters=[], facts=[],
    ...         lang="zh",
    ...     )
    ...     path.read_bytes()[:2]
    b'PK'
    """
    try:
        import docx  # noqa: F401
    except ModuleNotFoundError:
        raise OutputError("word_extra", where=Where(file=str(path)), package="python-docx", extra=EXTRA) from None
    from nqpf.report.word.document import docx_bytes

    content = docx_bytes(
        title=title,
        subtitle=subtitle,
        chapters=chapters,
        facts=facts,
        lang=lang,
        template=template,
        most_rows=most_rows,
        tell=tell or (lambda _: None),
    )
    return save(path, content)
