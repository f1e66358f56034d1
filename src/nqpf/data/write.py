"""``write``: a panel, a reading, any result or table to parquet, csv, xlsx or dta, long or wide.

The file's ending decides. A file is whole or not there, is never one that the data were read from, and holds no text
that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.data.export import Export, Layout, export, notes_frame
from nqpf.data.ledger import Ledger
from nqpf.data.stata import dta_bytes
from nqpf.data.workbook import workbook_bytes
from nqpf.errors import OutputError, SpecError, Where, listing
from nqpf.messages import Lang, language

SUFFIXES = (".parquet", ".csv", ".xlsx", ".dta")
LAYOUTS = ("long", "wide")
FORMULA = r"^'*[=+\-@＝＋－＠\t\r\n]"
"""How a text begins that spreadsheets take for a formula, in full-width signs too; or an apostrophe of ours."""
NUMBER = r"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?[%％]?$"
METADATA = "nqpf"
"""Key of a parquet file's own metadata under which series and remarks stand, as JSON."""


def write(
    data: Any,
    path: Path | str,
    layout: Layout = "long",
    *,
    ledger: Ledger | None = None,
    lang: Lang | None = None,
    replace: bool = True,
) -> Path:
    r"""Write data to a file.

    Parameters
    ----------
    data
        A `Panel`, a `Reading`, any result, or any dataframe that narwhals knows.
    path
        The file; ``.parquet``, ``.csv``, ``.xlsx`` or ``.dta``.
    layout
        ``long``: a row a unit, year and series (other results: their table as it is). ``wide``: a row a unit and
        year, a column a series.
    ledger
        Changes to the data, for a sheet of their own; only a workbook has room for it.
    lang
        Language of labels and sheets; default: the reader's.
    replace
        Whether a file that is already there may be replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    SpecError
        Unknown ending or layout; a ledger for a file without sheets.
    OutputError
        The file exists and may not be replaced, is one the data were read from, cannot be written, or is of a kind
        that cannot hold the data.
    DataError
        ``wide`` without columns unit, period, indicator and value, or with two rows for one cell.

    Notes
    -----
    csv is UTF-8 with the mark by which Excel knows it; text that a spreadsheet would take for a formula gets an
    apostrophe in front, as OWASP advises [1]_; numbers do not, and `nqpf.read` takes it away again. In xlsx such text
    is stored as text, unchanged. What a reading keeps apart (totals, rows without a known place, marks) goes on sheets
    of its own in xlsx and is left out elsewhere. dta is of format 118; codes of units (``unit_id``) and states carry
    value labels, and empty text and absent text are the same there.

    References
    ----------
    .. [1] OWASP, CSV Injection. https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write({"unit": ["甲"], "value": [1.0]}, Path(folder) / "a.csv").read_text("utf-8-sig")
    'unit,value\n甲,1.0\n'
    """
    path, lang = Path(path), lang or language()
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SpecError("unknown_output_kind", where=Where(file=str(path)), kinds=listing(SUFFIXES))
    if layout not in LAYOUTS:
        raise SpecError("bad_choice", where=Where(key="layout"), value=layout, options=listing(LAYOUTS), hint="")
    if ledger is not None and suffix != ".xlsx":
        raise SpecError("ledger_needs_workbook", where=Where(file=str(path)))
    content = export(data, layout, lang)
    _refuse_overwriting(path, content, replace)
    if suffix == ".parquet":
        return save(path, _parquet(content))
    if suffix == ".csv":
        return save(path, csv_bytes(content.frame))
    if suffix == ".dta":
        return save(path, _stata(content, lang))
    return save(path, workbook_bytes(content, ledger, lang, Where(file=str(path))))


def save(path: Path, content: str | bytes) -> Path:
    """Write `content` to `path` so that the file is whole or not there, and return `path`.

    Text is written as UTF-8 with line feeds on every system.

    Raises
    ------
    OutputError
        The file cannot be written, for instance because another program has it open.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(unfinished, path)
    except OSError as error:
        raise OutputError("cannot_write", where=Where(file=str(path)), reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return path


def csv_bytes(frame: pl.DataFrame) -> bytes:
    r"""Return a table as csv: full precision, UTF-8 with Excel's mark, no text that runs as a formula.

    A negative number in a column of text stays as it is: it does nothing but be a number.

    Examples
    --------
    >>> csv_bytes(pl.DataFrame({"a": ["=1+1", "-2.5", "北京"]})).decode("utf-8-sig")
    "a\n'=1+1\n-2.5\n北京\n"
    """
    flat = frame.with_columns(
        pl.col(name).map_elements(_flat, return_dtype=pl.String)
        for name, kind in frame.schema.items()
        if kind.is_nested()
    )
    text = pl.col(pl.String)
    runs = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    flat = flat.with_columns(pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep())
    flat = flat.with_columns(pl.col(pl.Float32, pl.Float64).fill_nan(None))
    header = pl.Series(flat.columns)
    runs_there = (header.str.contains(FORMULA) & ~header.str.contains(NUMBER)).to_list()
    flat.columns = [f"'{name}" if does else name for name, does in zip(flat.columns, runs_there, strict=True)]
    buffer = io.BytesIO()
    flat.write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def _flat(value: Any) -> str:
    items = value.values() if isinstance(value, dict) else value
    return "; ".join("" if item is None else str(item) for item in items)


def _refuse_overwriting(path: Path, content: Export, replace: bool) -> None:
    """Refuse to write over a file that must stay: any where that is not wanted, and always one that was read."""
    if not path.exists():
        return
    if not replace:
        raise OutputError("file_exists", where=Where(file=str(path)))
    if path.name in content.sources:
        raise OutputError("would_replace_source", where=Where(file=str(path)))


def _parquet(content: Export) -> bytes:
    about = {
        "series": content.series.to_dicts() if content.series is not None else [],
        "notes": notes_frame(content.notes).to_dicts(),
    }
    buffer = io.BytesIO()
    content.frame.write_parquet(buffer, metadata={METADATA: json.dumps(about, ensure_ascii=False, default=str)})
    return buffer.getvalue()


def _stata(content: Export, lang: Lang) -> bytes:
    """Return a Stata file in which words that stand for numbers are those numbers, labelled."""
    frame, labels = content.frame, {name: text[lang] for name, text in content.labels.items()}
    words: dict[str, dict[int, str]] = {}
    for column, codes in content.codes.items():
        # Units keep their code beside the number, for merging with other files.
        name = f"{column}_id" if column == "unit" else column
        number = pl.col(column).replace_strict({w: n for w, (n, _) in codes.items()}, return_dtype=pl.Int32)
        frame = frame.with_columns(number.alias(name))
        words[name] = {n: text[lang] for n, text in codes.values()}
        labels[name] = labels.get(column, column)
    return dta_bytes(frame, labels=labels, value_labels=words)
