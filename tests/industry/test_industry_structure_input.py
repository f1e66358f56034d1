"""What every function on structures refuses alike, and what the registry says of their options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import polars as pl
import pytest
from structure_tables import made_up

import nqpf.industry.structure as structure
from nqpf.errors import DataError, MethodError
from nqpf.industry.structure.coagglomeration import coagglomeration
from nqpf.industry.structure.concentration import concentration
from nqpf.industry.structure.diversity import diversity
from nqpf.industry.structure.location_quotient import location_quotient
from nqpf.industry.structure.portfolios import portfolios
from nqpf.industry.structure.shift_share import shift_share
from nqpf.industry.structure.similarity import similarity
from nqpf.yamlfile import load

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry", "time": "year"}
FUNCTIONS: list[Callable[..., Any]] = [
    location_quotient, similarity, concentration, coagglomeration, diversity, shift_share, portfolios,
]  # fmt: skip
every = pytest.mark.parametrize("function", FUNCTIONS, ids=[f.__name__ for f in FUNCTIONS])


def call(function: Callable[..., Any], table: pl.DataFrame, **more: Any) -> Any:
    extra = {"layer": "layer"} if function is portfolios else {}
    return function(table.with_columns(layer=pl.lit("all")), "jobs", **{**KEYS, **extra, **more})


@every
def test_results_say_how_they_came_about(function: Callable[..., Any]) -> None:
    found = call(function, made_up(4, 3, 2))
    assert found.method.id == f"industry.{function.__name__}"
    assert found.method.options["value"] == "jobs"
    assert found.to_frame().height > 0
    with pytest.raises(AttributeError):
        found.notes = ()


@every
def test_the_same_pair_twice(function: Callable[..., Any]) -> None:
    table = made_up(4, 3, 2)
    with pytest.raises(DataError, match=r"unit r000, industry i001, year 2001: .*more than one row"):
        call(function, pl.concat([table, table[1:2]]))


@every
def test_cells_that_are_no_activity(function: Callable[..., Any]) -> None:
    table = made_up(4, 3, 2)
    at = (pl.col("region") == "r002") & (pl.col("industry") == "i001") & (pl.col("year") == 2002)
    with pytest.raises(MethodError, match=r"unit r002, industry i001, year 2002: “jobs” is negative"):
        call(function, table.with_columns(pl.when(at).then(-1.0).otherwise("jobs").alias("jobs")))
    with pytest.raises(DataError, match=r"unit r002, industry i001, year 2002: “jobs” has no number here"):
        call(function, table.with_columns(pl.when(at).then(None).otherwise("jobs").alias("jobs")))
    with pytest.raises(DataError, match="jobs"):
        call(function, table.with_columns(pl.when(at).then(pl.lit("many")).otherwise(pl.lit("1")).alias("jobs")))
    with pytest.raises(DataError, match="no column “industry”"):
        call(function, table.rename({"industry": "branch"}))
    with pytest.raises(DataError, match=r"no row|empty"):
        call(function, table.clear())


@every
def test_a_region_without_activity(function: Callable[..., Any]) -> None:
    table = made_up(4, 3, 2)
    at = (pl.col("region") == "r003") & (pl.col("year") == 2002)
    hollow = table.with_columns(pl.when(at).then(0.0).otherwise("jobs").alias("jobs"))
    with pytest.raises(MethodError, match=r"year 2002: Regions without any activity.*r003"):
        call(function, hollow)
    found = call(function, hollow, empty="drop")
    assert any(note.code == "no_activity_unit" for note in found.notes)


@every
def test_missing_rows_are_no_activity_and_counted(function: Callable[..., Any]) -> None:
    table = made_up(4, 3, 2)
    assert "1, 4.2% of all pairs" in str(call(function, table[1:]).notes[0])


ENTRIES = load(Path(structure.__file__).parent / "registry.yaml").content["methods"]


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_the_registry_explains_every_choice(entry: dict[str, Any]) -> None:
    """Each option that is a choice of words names all of them, in both languages."""
    module, name = entry["function"].split(":")
    function = getattr(import_module(module), name)
    parameters = set(inspect.signature(function).parameters)
    assert set(entry["options"]) <= parameters
    columns = {"data", "tables", "value", "unit", "industry", "time", "pairs"} | (
        {"output", "labour", "profit", "revenue", "concentration", "firms", "rd", "skilled"}
        if name == "new_against_old"
        else set()
    )
    assert parameters - set(entry["options"]) <= columns
    for option, hint in get_type_hints(function).items():
        words = [
            w for one in (hint, *get_args(hint)) if str(get_origin(one)) == "typing.Literal" for w in get_args(one)
        ]
        for word in words:
            for said in entry["options"][option].values():
                assert re.search(rf"(?<![A-Za-z0-9_]){word}(?![A-Za-z0-9_])", said), (option, word, said)
