"""``nqpf new``: write a commented study from a table, to be edited."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from nqpf.data import Reading, read
from nqpf.data.formula import names_in
from nqpf.errors import OutputError, SpecError, Where
from nqpf.messages import Lang, language
from nqpf.study.folder import whole_folder


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


def _content(reading: Reading, table: Path, name: str) -> dict[str, object]:
    frame = reading.frame
    columns = frame["indicator"].unique(maintain_order=True).to_list()
    measures = dict(frame.select("indicator", "measure").unique("indicator", keep="first").iter_rows())
    series = [
        {"id": id, "column": column, "measure": measures[column]}
        for id, column in zip(_ids(columns), columns, strict=True)
    ]
    years = frame["period"].unique().sort().to_list()
    scheme = reading.method.options["places"]
    facts = {"units": frame["unit"].n_unique(), "first": years[0], "last": years[-1], "scheme": scheme}
    return {"file": table.name, "name": re.sub(r"\W+", "_", name) or "study", "series": series, **facts}


def _ids(columns: Sequence[str]) -> list[str]:
    """Return a name for each column that a formula can use without quotes."""
    ids: list[str] = []
    for column in columns:
        id = re.sub(r"\W+", "_", column).strip("_") or "series"
        id = id if _is_name(id) else f"x_{id}"
        while id in ids:
            id += "_"
        ids.append(id)
    return ids


def _is_name(id: str) -> bool:
    """Return whether a formula that is nothing but `id` names the series `id`; words of SQL do not, nor do digits."""
    try:
        return names_in(id) == [id]
    except SpecError:
        return False
