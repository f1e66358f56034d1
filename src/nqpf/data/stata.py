"""Stata files: read (formats 104 to 119) with their labels, and written as format 118, which Stata 14 and later open.

ReadStat does the work (``pyreadstat``). What is decided here is the encoding: files before Stata 14 do not state it,
and those of Chinese users are mostly in GB18030.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from nqpf.errors import DataError, OutputError, Where, listing

FORMAT_118 = 14
"""What the library calls format 118; its 15 is format 119, which only Stata/MP opens."""
LONGEST_NAME = 32
LONGEST_LABEL = 80
LARGEST = 8.98e307
"""Larger numbers are Stata's codes for missing values."""
UNICODE_SINCE = 118
LEGAL = re.compile(r"\W")
RESERVED = frozenset(
    {"_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip", "byte", "double", "float", "if", "in"}
    | {"int", "long", "strL", "using", "with"}
)
DAMAGE = (LookupError, ValueError, OverflowError)
"""What else the library raises on files whose parts contradict each other."""
STRING_TYPE = re.compile(r"str\d+")
TIMESTAMP = re.compile(rb"<timestamp>\x11.{17}</timestamp>")
FIXED_TIME = b"<timestamp>\x1101 Jan 2024 00:00</timestamp>"
"""Stands in every file, so that the same table has the same bytes on any day."""


class Dta(NamedTuple):
    """A Stata file.

    Attributes
    ----------
    frame
        The rows; missing codes (``.``, ``.a`` to ``.z``) and empty strings are null.
    labels
        Label of each variable that has one.
    value_labels
        Words of the codes of a variable, by variable.
    """

    frame: pl.DataFrame
    labels: dict[str, str]
    value_labels: dict[str, dict[float, str]]

    def named(self) -> pl.DataFrame:
        """Return the rows with words in place of codes, in variables whose every code has a word."""
        spelled = [
            pl.col(name).replace_strict(words, return_dtype=pl.String)
            for name, words in self.value_labels.items()
            if name in self.frame.columns and set(self.frame[name].drop_nulls()) <= set(words)
        ]
        return self.frame.with_columns(spelled)


def read_dta(path: Path | str) -> Dta:
    """Read a Stata file.

    Parameters
    ----------
    path
        File of format 104 to 119 (Stata 4 to 18).

    Returns
    -------
    Dta
        Rows, labels of the variables, labels of the values.

    Raises
    ------
    DataError
        No such file; no Stata file, or a damaged one.

    Notes
    -----
    Text of files before format 118 is tried as UTF-8, then as GB18030. Where hardly a character of the latter is one
    of GB 2312, the text is Western and read as Windows-1252.
    """
    import pyreadstat  # here, so that only who reads or writes dta loads it

    path = Path(path)
    if not path.is_file():
        raise DataError("file_not_found", where=Where(file=str(path)))
    problem = ""
    for encoding in ("UTF-8", "GB18030", "WINDOWS-1252"):
        try:
            found = _read(path, encoding)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, *DAMAGE) as error:
            problem = problem or str(error)
            continue
        if encoding != "GB18030" or _is_chinese(found) or _version(path) >= UNICODE_SINCE:
            return found
    raise DataError("unreadable", where=Where(file=str(path)), problem=problem)


def _read(path: Path, encoding: str) -> Dta:
    import pyreadstat

    frame, about = pyreadstat.read_dta(str(path), encoding=encoding, output_format="polars")
    labels = {name: label for name, label in about.column_names_to_labels.items() if label}
    words = {
        name: {_plain(code): word for code, word in codes.items() if isinstance(code, int | float)}
        for name, codes in about.variable_value_labels.items()
    }
    return Dta(frame.with_columns(pl.col(pl.String).replace("", None)), labels, words)


def _plain(code: float) -> float:
    return int(code) if float(code).is_integer() else code


def _version(path: Path) -> int:
    with path.open("rb") as file:
        start = file.read(80)
    stated = re.search(rb"<release>(\d+)</release>", start)
    return int(stated[1]) if stated else start[0]


def _is_chinese(found: Dta) -> bool:
    """Return whether text read as GB18030 makes sense: Western accents make rare characters, never common ones."""
    texts = [*found.frame.columns, *found.labels.values()]
    texts += [word for words in found.value_labels.values() for word in words.values()]
    texts += [text for column in found.frame.select(pl.col(pl.String)) for text in column.unique() if text]
    strange = {c for text in texts for c in text if ord(c) > 0x7F}
    return 2 * sum(_is_common(c) for c in strange) >= len(strange)


def _is_common(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def dta_bytes(
    frame: pl.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    value_labels: Mapping[str, Mapping[int, str]] | None = None,
) -> bytes:
    """Return a table as a Stata file of format 118.

    Parameters
    ----------
    frame
        The table. Names that Stata does not accept are changed (see `stata_names`), and stand in the labels.
    labels
        Label of a variable, by column; cut after 80 characters.
    value_labels
        Words of the codes of a column of integers.

    Raises
    ------
    OutputError
        A number is infinite or larger than Stata can hold.

    Examples
    --------
    >>> dta_bytes(pl.DataFrame({"gdp": [1.5]}))[:35]
    b'<stata_dta><header><release>118</re'
    """
    import pyreadstat

    names = stata_names(frame.columns)
    _refuse_too_large(frame)
    stored = frame.select(_stored(frame.schema[c], c).alias(names[c]) for c in frame.columns)
    texts = {names[c]: _label(c, names[c], (labels or {}).get(c)) for c in frame.columns}
    words: dict[str, dict[int | float, str]] = {}
    for column, codes in (value_labels or {}).items():
        words[names[column]] = {code: word for code, word in codes.items()}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.dta"
        pyreadstat.write_dta(stored, str(path), column_labels=texts, version=FORMAT_118, variable_value_labels=words)
        return TIMESTAMP.sub(FIXED_TIME, path.read_bytes(), count=1)


def stata_names(columns: Iterable[str]) -> dict[str, str]:
    """Return a name that Stata accepts for each column: letters, digits, ``_``, at most 32 characters, each once.

    Chinese letters are legal since Stata 14 and stay.

    Examples
    --------
    >>> stata_names(["gdp", "GDP (亿元)", "2020", "in"])
    {'gdp': 'gdp', 'GDP (亿元)': 'GDP_亿元', '2020': '_2020', 'in': 'in_'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        base = re.sub("_{2,}", "_", LEGAL.sub("_", column)).rstrip("_") or "v"
        base = f"_{base}" if not (base[0].isalpha() or base[0] == "_") else base
        base = f"{base}_" if base in RESERVED or STRING_TYPE.fullmatch(base) else base
        name, n = base[:LONGEST_NAME], 1
        while name in taken:
            n += 1
            name = f"{base[: LONGEST_NAME - len(str(n)) - 1]}_{n}"
        taken.add(name)
        found[column] = name
    return found


def _label(column: str, name: str, label: str | None) -> str | None:
    text = label if label is not None else (column if name != column else None)
    return " ".join(text.split())[:LONGEST_LABEL].rstrip() if text else None


def _stored(kind: pl.DataType, column: str) -> pl.Expr:
    """Return a column as one of Stata's types."""
    value = pl.col(column)
    if kind == pl.Boolean:
        return value.cast(pl.Int8)
    if kind.is_nested():
        return value.map_elements(lambda items: "; ".join(map(str, items)), return_dtype=pl.String)
    if kind.is_decimal() or kind in (pl.UInt32, pl.UInt64, pl.Int128):
        return value.cast(pl.Float64)
    if kind.is_numeric() or kind in (pl.Date, pl.String) or isinstance(kind, pl.Datetime):
        return value
    return value.cast(pl.String)


def _refuse_too_large(frame: pl.DataFrame) -> None:
    large = [
        name
        for name, kind in frame.schema.items()
        if kind.is_float() and frame.select((pl.col(name).fill_nan(None).abs() > LARGEST).any()).item()
    ]
    if large:
        raise OutputError("too_large_for_stata", columns=listing(large))
