"""PMC index: how complete a policy is, as a sum of shares of things it has.

Ruiz Estrada (2011), Policy modeling: Definition, classification and evaluation, Journal of Policy Modeling 33(4),
523–536.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import numbers
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.messages import say
from nqpf.results import Method, Note, Result
from nqpf.yamlfile import Label, Strict, load, validate

Structure = Literal["nine", "ten"] | str | Path
_FOLDER = resources.files("nqpf.text.measuring") / "pmc_structures"
_SHIPPED = ("nine", "ten")

GRADES: Mapping[str, float] = {"perfect": 8 / 9, "excellent": 2 / 3, "acceptable": 4 / 9, "poor": 0.0}
"""Least share of the highest score of each grade, as is customary in evaluations of Chinese policies (conventions)."""


class Variable(Strict):
    """A variable and its sub-variables."""

    title: Label
    sub: Mapping[str, Label]


class PmcStructure(Strict):
    """What a policy may have.

    Attributes
    ----------
    name, version, title
        Which structure it is.
    surface
        Nine variables, row by row, that make up the surface.
    variables
        By id, each with its sub-variables.
    """

    name: str
    version: str
    title: Label
    surface: tuple[str, ...]
    variables: Mapping[str, Variable]

    @cached_property
    def columns(self) -> Mapping[str, list[str]]:
        """Names of the columns of each variable: ``variable.sub``."""
        return {id: [f"{id}.{sub}" for sub in one.sub] for id, one in self.variables.items()}

    def to_frame(self) -> pl.DataFrame:
        """Return a row a sub-variable: column, variable, titles in both languages."""
        rows = [
            (f"{id}.{sub}", id, one.title.zh, one.title.en, title.zh, title.en)
            for id, one in self.variables.items()
            for sub, title in one.sub.items()
        ]
        columns = ("column", "variable", "variable_zh", "variable_en", "sub_zh", "sub_en")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def pmc_structure(source: Structure = "nine") -> PmcStructure:
    """Return a structure of variables: ``nine`` or ``ten`` of ours, or a YAML file in the same form.

    Raises
    ------
    SpecError
        The file is no structure; its surface does not name nine of its variables; a variable has no sub-variable.

    Examples
    --------
    >>> sum(len(columns) for columns in pmc_structure("ten").columns.values())
    39
    """
    shipped = str(source) in _SHIPPED
    if not shipped and isinstance(source, str) and not Path(source).suffix and not Path(source).exists():
        near = hint(source, _SHIPPED)
        raise SpecError("bad_choice", where=Where(key="structure"), value=source, options=listing(_SHIPPED), hint=near)
    with resources.as_file(_FOLDER / f"{source}.yaml") if shipped else nullcontext(Path(source)) as file:
        document = load(file)
    found = validate(PmcStructure, document)
    if len(set(found.surface)) != 9 or len(found.surface) != 9 or not set(found.surface) <= set(found.variables):
        where, options = document.where(("surface",)), listing(found.variables)
        raise SpecError("measure_surface", where=where, count=len(found.surface), options=options)
    for id in (id for id, one in found.variables.items() if not one.sub):
        raise SpecError("measure_no_sub", where=document.where(("variables", id)), variable=id)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class PmcResult(Result):
    """PMC indices of policies.

    Attributes
    ----------
    frame
        A row a policy: id, a column a variable (share of its sub-variables that are there), pmc (their sum),
        concavity (highest score less pmc), share (of the highest score), grade, rank (1: highest; equal ones share).
    surface
        A row a policy and cell: id, row, column (1 to 3), variable, score.
    structure
        What was coded.
    method, notes, backend
        How they came about, remarks, library of the table that was given.
    """

    frame: pl.DataFrame
    surface: pl.DataFrame
    structure: PmcStructure
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def pmc(data: Any, *, id: str = "id", structure: Structure = "nine", grades: Mapping[str, float] = GRADES) -> PmcResult:
    """Return the PMC index of policies that were coded 0 or 1.

    Parameters
    ----------
    data
        Table with a row a policy and a column ``variable.sub`` for each sub-variable of the structure:
        ``pmc_structure(…).to_frame()`` lists them.
    id
        Column of names of policies.
    structure
        ``nine``: nine variables; ``ten``: ten, of which openness is not on the surface; or a YAML file.
    grades
        Least share of the highest score by grade. Default (customary in evaluations of Chinese policies): perfect from
        8/9, excellent from 2/3, acceptable from 4/9, poor below.

    Returns
    -------
    PmcResult

    Raises
    ------
    DataError
        A column is absent, a cell is neither 0 nor 1, a policy has no name or two have the same.
    SpecError
        The structure is none, or no grade begins at 0.

    References
    ----------
    Ruiz Estrada (2011), Journal of Policy Modeling 33(4), 523–536, ISSN 0161-8938.

    Examples
    --------
    >>> columns = pmc_structure("nine").to_frame()["column"]
    >>> found = pmc({"id": ["a"], **{c: [1] for c in columns}, "nature.forecast": [0]})
    >>> found.frame.select("nature", "pmc", "grade").rows()
    [(0.8, 8.8, 'perfect')]
    """
    shape = pmc_structure(structure)
    ordered = sorted(grades.items(), key=lambda grade: -grade[1])
    if not ordered or ordered[-1][1] > 0 or ordered[0][1] > 1:
        raise SpecError("measure_grades", where=Where(key="grades"))
    table = to_polars(data)
    require(table, id)
    columns = [column for own in shape.columns.values() for column in own]
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise DataError("measure_pmc_columns", count=len(absent), columns=listing(absent), structure=shape.name)
    frame, values = numbers(table, columns)
    names = _names(frame, id)
    wrong = np.argwhere(~np.isin(values, (0.0, 1.0)))
    if wrong.size:
        r, k = (int(x) for x in wrong[0])
        given = frame[columns[k]][r]
        where = Where(row=r + 1, unit=names[r], indicator=columns[k])
        missing = say("text.measuring.nothing") if given is None else given
        raise DataError("measure_not_binary", where=where, value=missing, count=len(wrong))
    bounds = np.cumsum([0, *(len(own) for own in shape.columns.values())])
    scores = np.column_stack([values[:, a:b].mean(axis=1) for a, b in pairwise(bounds)])
    highest = len(shape.variables)
    total = np.round(scores.sum(axis=1), 12)  # sums of fifths and thirds: a grade must not hang on the last digit
    share = total / highest
    grade = [next(name for name, least in ordered if s >= least - 1e-12) for s in share]
    result = pl.DataFrame({id: names, **dict(zip(shape.variables, scores.T, strict=True))}).with_columns(
        pmc=pl.Series(total), concavity=pl.Series(np.round(highest - total, 12)), share=pl.Series(share),
        grade=pl.Series(grade), rank=pl.Series(total).rank("min", descending=True),
    )  # fmt: skip
    options = {"structure": f"{shape.name} {shape.version}", "grades": dict(grades)}
    return PmcResult(
        result, _surface(result, shape, id), shape, Method("text.pmc", options),
        (Note("measure_pmc_coded", "info", values={"variables": highest, "sub": len(columns)}),), backend_of(data),
    )  # fmt: skip


def _names(frame: pl.DataFrame, id: str) -> list[str]:
    names = frame[id].cast(pl.String)
    if names.has_nulls():
        raise DataError("missing_in_table", row=int(names.is_null().arg_true()[0]) + 1, column=id)
    if names.is_duplicated().any():
        twin = names.filter(names.is_duplicated())[0]
        raise DataError("measure_twin_ids", id=twin, count=int((names == twin).sum()))
    return names.to_list()


def _surface(result: pl.DataFrame, shape: PmcStructure, id: str) -> pl.DataFrame:
    place = {name: k for k, name in enumerate(shape.surface)}
    long = result.unpivot(list(shape.surface), index=id, variable_name="variable", value_name="score")
    cell = pl.col("variable").replace_strict(place, return_dtype=pl.Int64)
    order = {name: k for k, name in enumerate(result[id])}
    return (
        long.with_columns(row=cell // 3 + 1, column=cell % 3 + 1)
        .sort(pl.col(id).replace_strict(order, return_dtype=pl.Int64), "row", "column")
        .select(id, "row", "column", "variable", "score")
    )
