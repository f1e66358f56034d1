"""Schemes that policies are coded by: tools under dimensions, and the sheet a coder fills in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
import xlsxwriter

from nqpf.columns import choose
from nqpf.data.write import csv_bytes, save
from nqpf.errors import SpecError, Where
from nqpf.messages import Lang, language, say
from nqpf.text.measuring.batch import Batch, documents_of
from nqpf.text.measuring.characters import LETTER
from nqpf.yamlfile import Label, Strict, load, validate

Clause = Literal["sentence", "paragraph", "article"]
NONE = "none"
"""Code of a unit that names no tool."""
SHIPPED = "rothwell_zegveld"
_CREATED = datetime(2024, 1, 1)
"""Fixed, so that the same sheet has the same bytes on any day."""


class Dimension(Strict):
    """Tools that belong together."""

    title: Label
    tools: Mapping[str, Label]


class Scheme(Strict):
    """A coding scheme.

    Attributes
    ----------
    name, version, title
        Which it is.
    dimensions
        Tools by dimension, each with its title.
    """

    name: str
    version: str
    title: Label
    dimensions: Mapping[str, Dimension]

    @cached_property
    def dimension_of(self) -> Mapping[str, str]:
        """Dimension of each tool."""
        return {tool: name for name, one in self.dimensions.items() for tool in one.tools}

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


def scheme_of(source: str | Path) -> Scheme:
    """Return a scheme from a YAML file, or the shipped one by its name.

    Raises
    ------
    SpecError
        The file is no scheme, or a tool stands in two dimensions.
    """
    if str(source) == SHIPPED:
        with resources.as_file(resources.files("nqpf.text.measuring") / "policy_tools.yaml") as file:
            return validate(Scheme, load(file))
    document = load(source)
    scheme = validate(Scheme, document)
    tools = [tool for one in scheme.dimensions.values() for tool in one.tools]
    for twin in (t for k, t in enumerate(tools) if t in tools[:k]):
        raise SpecError("twin_keys", where=document.where(("dimensions",)), name=twin)
    return scheme


def coding_sheet(
    data: Any,
    path: str | Path | None = None,
    *,
    id: str = "id",
    text: str = "text",
    clause: Clause = "paragraph",
    scheme: str | Path = SHIPPED,
    lang: Lang | None = None,
) -> pl.DataFrame:
    r"""Return the sheet in which a coder gives each clause of the policies a tool, and write it to a file.

    Parameters
    ----------
    data, id, text
        Table of policies, as of `count`.
    path
        File: ``.xlsx`` (with the list of codes and a choice in each cell) or ``.csv``. Default: nothing is written.
    clause
        What is coded: each ``sentence``, ``paragraph`` (line) or ``article``.
    scheme
        ``rothwell_zegveld`` or a YAML file in the same form.
    lang
        Language of the titles in the workbook. Default: the reader's.

    Returns
    -------
    DataFrame
        A row a clause: id, number (from 1), text, code (empty).

    Raises
    ------
    DataError
        As `count`.
    SpecError
        No such word; a scheme that is none; a file of another kind.

    Examples
    --------
    >>> coding_sheet({"id": ["a"], "text": ["设立基金。\n政府采购。"]}).rows()
    [('a', 1, '设立基金。', ''), ('a', 2, '政府采购。', '')]
    """
    choose("clause", clause, get_args(Clause))
    codes = scheme_of(scheme)
    _, ids, texts = documents_of(data, id, text)
    batch = Batch.of(texts)
    starts = {"sentence": batch.sentences, "paragraph": batch.lines, "article": batch.starts}[clause]
    ends = np.append(starts[1:], batch.codes.size)
    document = batch.document(starts)
    letters = (batch.kinds & LETTER) != 0
    rows, number = [], dict.fromkeys(ids, 0)
    for a, b, d in zip(starts, ends, document, strict=True):
        if letters[a:b].any():
            name, base = ids[d], batch.starts[d]
            number[name] += 1
            rows.append((name, number[name], texts[d][a - base : b - base].strip(), ""))
    sheet = pl.DataFrame(
        rows, schema={id: pl.String, "number": pl.Int64, "text": pl.String, "code": pl.String}, orient="row"
    )
    if path is not None:
        file = Path(path)
        if file.suffix.lower() not in (".xlsx", ".csv"):
            raise SpecError("measure_sheet_kind", where=Where(file=str(file)), suffix=file.suffix)
        content = csv_bytes(sheet) if file.suffix.lower() == ".csv" else _workbook(sheet, codes, lang or language())
        save(file, content)
    return sheet


def _workbook(sheet: pl.DataFrame, scheme: Scheme, lang: Lang) -> bytes:
    """Return a workbook with the clauses to be coded and the codes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED})
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    page = book.add_worksheet(say("text.measuring.sheet_clauses")[lang])
    listed = book.add_worksheet(say("text.measuring.sheet_codes")[lang])
    page.write_row(0, 0, sheet.columns, bold)
    for r, row in enumerate(sheet.rows(), 1):
        page.write_row(r, 0, row, wrap)
    page.set_column(2, 2, 90)
    page.set_column(3, 3, 22)
    page.freeze_panes(1, 0)
    rows = [(tool, one.tools[tool][lang], one.title[lang]) for one in scheme.dimensions.values() for tool in one.tools]
    rows.append((NONE, say("text.measuring.no_tool")[lang], ""))
    for r, row in enumerate(rows):
        listed.write_row(r, 0, row)
    listed.set_column(0, 2, 28)
    source = f"='{say('text.measuring.sheet_codes')[lang]}'!$A$1:$A${len(rows)}"
    page.data_validation(1, 3, max(sheet.height, 1), 3, {"validate": "list", "source": source})
    book.close()
    return buffer.getvalue()
