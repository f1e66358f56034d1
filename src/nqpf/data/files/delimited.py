"""Tables written as text: commas, tabs, semicolons or bars between the cells, in any encoding met in practice."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from nqpf.data.files.encoding import decode, is_binary
from nqpf.data.files.sheet import Grid, tidied
from nqpf.data.files.source import Source
from nqpf.errors import DataError
from nqpf.messages import Text
from nqpf.results import Note

DELIMITERS = {"\t": 1.0, ";": 1.0, "|": 1.0, ",": 0.6}
"""What may stand between cells, and how much it counts: commas also stand inside figures."""
LINES = 300
"""Lines that are looked at to find the delimiter."""
QUOTED = re.compile(r'(?<![^\t;|,\r\n])"(?:[^"]|"")*"')
POLLUTION = re.compile(r"\t+(?=,)|(?<=,)\t+|\t+(?=[\r\n]|\Z)")
"""Tabs beside commas, which some exports put there to keep spreadsheets from changing long figures."""
EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)
"""A text in the form of a formula, which some exports write to keep leading zeros."""
GUARDED = re.compile(r"'(?='*[=+\-@＝＋－＠\t\r\n])")
"""An apostrophe before what a spreadsheet would take for a formula, as `nqpf.write` puts it there."""
END = "\x1aend\x1a"
"""A last record that can be told from any other, to see that no quote before it has been left open."""


def read_delimited(source: Source, kinds: Text) -> Iterator[Grid]:
    """Yield the one grid of a file of text.

    Parameters
    ----------
    source
        The file.
    kinds
        The kinds of file that can be read, for the message where this is none.

    Raises
    ------
    DataError
        The encoding is none or several, the file holds no text, or a quote is left open.
    """
    with source.guarded():
        raw = source.path.read_bytes()
    try:
        text, encoding = decode(raw, source)
    except DataError as error:
        if error.code == "unknown_encoding" and is_binary(raw.decode("latin-1")):
            raise DataError("unknown_file_kind", where=source.where(), kinds=kinds) from None
        raise
    if is_binary(text):
        raise DataError("unknown_file_kind", where=source.where(), kinds=kinds)
    if encoding != "utf-8":
        source.notes.append(Note("encoding", "info", {"file": source.name, "encoding": encoding.upper()}))
    text = text.rstrip("\x1a").replace("\0", "").removeprefix("\ufeff")
    hinted = EXCEL_HINT.match(text)
    delimiter = hinted[1] if hinted else delimiter_of(text)
    if hinted:
        text = text[hinted.end() - 1 :]  # its line stays, empty, so that rows keep their numbers
    yield Grid(source.name, None, tidied(_records(text, delimiter, source)))


def delimiter_of(text: str) -> str:
    r"""Return what stands between the cells: the sign that cuts most lines into the same number of cells.

    Parameters
    ----------
    text
        The file's text; its first lines may be titles.

    Returns
    -------
    str
        One of comma, tab, semicolon and bar; a comma where there is only one column.

    Examples
    --------
    >>> delimiter_of("地区;2019;2020\n北京;1,5;1,6\n")
    ';'
    """
    sample = QUOTED.sub("", "".join(io.StringIO(text, newline="").readlines(200_000)[:LINES]))
    best, most = ",", 0.0
    for delimiter, weight in DELIMITERS.items():
        cut = POLLUTION.sub("", sample) if delimiter == "\t" else sample
        counts = Counter(line.count(delimiter) for line in cut.splitlines())
        score = weight * max((lines * count**0.5 for count, lines in counts.items()), default=0.0)
        if score > most:
            best, most = delimiter, score
    return best


def _records(text: str, delimiter: str, source: Source) -> Iterator[list[str]]:
    """Yield the records; a quote that is never closed would swallow all that follows, and is refused."""
    reader = csv.reader(io.StringIO(f"{text}\r\n{END}", newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            row = next(reader)
        except csv.Error:  # a field of more than 131,072 characters
            raise DataError("open_quote", where=source.where(line=line)) from None
        if row == [END]:
            return
        if row and END in row[-1]:
            raise DataError("open_quote", where=source.where(line=line))
        yield [_bare(cell) if cell.startswith(("'", '="')) else cell for cell in row]
        line = reader.line_num + 1


def _bare(cell: str) -> str:
    """Return a cell without what was put around it for the sake of spreadsheets."""
    return EXCEL_TEXT.sub(r"\1", cell) if cell.startswith("=") else cell[bool(GUARDED.match(cell)) :]
