"""Zipped workbooks (xlsx, xlsm, xlsb, ods): values by python-calamine, everything else from the parts themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from python_calamine import CalamineWorkbook, PasswordError, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from nqpf.data.files import biff12, ods, ooxml
from nqpf.data.files.archive import Archive, opened
from nqpf.data.files.facts import Facts
from nqpf.data.files.sheet import Grid, require_room, tidied
from nqpf.data.files.source import Source
from nqpf.errors import DataError
from nqpf.results import Note


def read_xlsx(source: Source) -> Iterator[Grid]:
    """Yield the worksheets of an xlsx or xlsm workbook.

    Raises
    ------
    DataError
        The workbook is damaged or unpacks to too much; there is no sheet of the name asked for.
    """
    yield from _read(source, ooxml.facts_of)


def read_xlsb(source: Source) -> Iterator[Grid]:
    """Yield the worksheets of a binary xlsb workbook; errors as `read_xlsx`."""
    yield from _read(source, biff12.facts_of)


def read_ods(source: Source) -> Iterator[Grid]:
    """Yield the worksheets of an OpenDocument workbook; errors as `read_xlsx`, and where it has a password."""
    with opened(source) as archive, source.guarded():
        archive.verify("content.xml")
        if ods.is_encrypted(archive):
            raise DataError("encrypted", where=source.where())
        facts = ods.facts_of(archive)
    for name, found in facts.items():  # all sheets are unpacked when the file is opened
        require_room(source.where(name), found.rows, found.columns)
    yield from _sheets(source, lambda name: facts.get(name, Facts()))


def _read(source: Source, facts_of: Callable[[Archive, str], Facts]) -> Iterator[Grid]:
    with opened(source) as archive, source.guarded():
        ooxml.verify(archive)
        binary = facts_of is biff12.facts_of
        parts = biff12.sheet_parts(archive) if binary else ooxml.sheet_parts(archive)

        def facts(name: str) -> Facts:
            with source.guarded(name):
                return facts_of(archive, parts[name]) if name in parts else Facts()

        yield from _sheets(source, facts)


def _sheets(source: Source, facts_of: Callable[[str], Facts]) -> Iterator[Grid]:
    with source.guarded(), source.path.open("rb") as file:
        try:
            book = CalamineWorkbook.from_filelike(file)
        except PasswordError:
            raise DataError("encrypted", where=source.where()) from None
    kinds = {sheet.name: sheet for sheet in book.sheets_metadata}
    for name in source.wanted(book.sheet_names):
        if _is_sheet(kinds[name], source):
            facts = facts_of(name)
            require_room(source.where(name), facts.rows, facts.columns)
            source.remark_pictures(name, facts.pictures)
            source.remark_uncomputed(name, facts.uncomputed)
            yield _grid(source, book, name, facts)


def _is_sheet(sheet: SheetMetadata, source: Source) -> bool:
    """Say whether a sheet has cells; note those that have none, and those that are hidden."""
    table = source.called(sheet.name)
    if sheet.typ != SheetTypeEnum.WorkSheet:
        source.notes.append(Note("sheet_without_cells", "info", {"table": table}))
        return False
    if sheet.visible != SheetVisibleEnum.Visible:
        source.notes.append(Note("sheet_hidden", "info", {"table": table}))
    return True


def _grid(source: Source, book: CalamineWorkbook, name: str, facts: Facts) -> Grid:
    with source.guarded(name):
        sheet = book.get_sheet_by_name(name)
        rows = tidied(sheet.to_python(skip_empty_area=False))
        merged = facts.merged or tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Grid(source.name, name, rows, merged=merged, errors=facts.errors)
