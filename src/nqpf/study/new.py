"""``nqpf new``: write a commented study from a table, to be edited."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from nqpf.data import Reading, read
from nqpf.data.formula import names_in
from nqpf.errors import OutputError, SpecError, Where
from nqpf.messages import Lang, Text, language
from nqpf.study.folder import whole_folder


@dataclass(frozen=True, slots=True)
class Guess:
    """What a series of a table may be called in a study.

    Attributes
    ----------
    id
        Name that formulas can use.
    column
        Column or indicator of the table.
    measures
        Units of measure that its rows state, the first one first; more than one asks for ``convert``.
    title
        Title in both languages, where the table gives both.
    """

    id: str
    column: str
    measures: tuple[str, ...]
    title: Text


def new_study(folder: str | Path, table: str | Path, lang: Lang | None = None) -> Path:
    """Write a study for a table: the data are copied beside it, every series is listed, every choice is commented.

    Parameters
    ----------
    folder
        New folder.
    table
        File of data that `nqpf.read` can read.
    lang
        Language of the comments; default: the reader's.

    Returns
    -------
    Path
        The study's file. Directions are guessed by nobody: each indicator's direction is left to be filled in.

    Raises
    ------
    OutputError
        The folder exists and is not empty, or cannot be written.
    DataError, PlaceError
        The table cannot be read.
    """
    folder, table = Path(folder), Path(table)
    reading = read(table)
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError("folder_not_empty", where=Where(file=str(folder)))
    environment = Environment(
        loader=PackageLoader("nqpf.study", "templates"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["quoted"] = _quoted
    text = environment.get_template("study.yaml.j2").render(
        **_content(reading, table, folder.resolve().name), lang=lang or language()
    )
    with whole_folder(folder) as draft:
        shutil.copyfile(table, draft / table.name)
        (draft / "study.yaml").write_text(text, encoding="utf-8", newline="\n")
    return folder / "study.yaml"


def _quoted(text: str) -> str:
    """Return a text as YAML reads it back whatever it holds, and a person reads it too."""
    return json.dumps(text, ensure_ascii=False)


def guess_series(reading: Reading, taken: Collection[str] = ()) -> list[Guess]:
    """Return a series for each column or indicator of a table, in the order in which they stand there.

    Parameters
    ----------
    reading
        What a file says.
    taken
        Ids that are in use.

    Examples
    --------
    >>> table = {"省份": ["北京"], "年份": [2020], "R&D经费(亿元)": [2326.6], "2030目标": [5.0]}
    >>> [(one.id, one.column, one.measures) for one in guess_series(read(table))]
    [('R_D经费', 'R&D经费', ('亿元',)), ('x_2030目标', '2030目标', ())]
    """
    stated = pl.col("measure").drop_nulls().unique(maintain_order=True)
    found = reading.frame.group_by("indicator", maintain_order=True).agg(stated)
    columns, measures = found["indicator"].to_list(), found["measure"].to_list()
    titles = [reading.titles.get(column, Text.same(column)) for column in columns]
    rows = zip(_ids(columns, taken), columns, map(tuple, measures), titles, strict=True)
    return [Guess(*row) for row in rows]


def _content(reading: Reading, table: Path, name: str) -> dict[str, object]:
    frame = reading.frame
    series = [
        {"id": one.id, "column": one.column, "measure": one.measures[0] if one.measures else None}
        for one in guess_series(reading)
    ]
    years = frame["period"].unique().sort().to_list()
    scheme = reading.method.options["places"]
    facts = {"units": frame["unit"].n_unique(), "first": years[0], "last": years[-1], "scheme": scheme}
    return {"file": table.name, "name": re.sub(r"\W+", "_", name) or "study", "series": series, **facts}


def _ids(columns: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return a name for each column that a formula can use without quotes, and that nothing else has."""
    ids: list[str] = []
    for column in columns:
        id = re.sub(r"\W+", "_", column).strip("_") or "series"
        id = id if _is_name(id) else f"x_{id}"
        while id in ids or id in taken:
            id += "_"
        ids.append(id)
    return ids


def _is_name(id: str) -> bool:
    """Return whether a formula that is nothing but `id` names the series `id`; words of SQL do not, nor do digits."""
    try:
        return names_in(id) == [id]
    except SpecError:
        return False
