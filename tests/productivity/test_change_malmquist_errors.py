"""What `malmquist` refuses, and what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.productivity.change.malmquist import malmquist

KEYS: Any = {"unit": "firm", "time": "year"}
DATA = pl.DataFrame(
    {
        "firm": ["a", "b", "c"] * 2,
        "year": [2001] * 3 + [2002] * 3,
        "x": [1.0, 2.0, 3.0, 1.0, 2.0, 3.0],
        "y": [2.0, 3.0, 4.0, 2.5, 3.0, 4.5],
        "b": [1.0, 1.0, 2.0, 1.0, 1.5, 2.0],
    }
)


def refused(kind: type[NqpfError], *said: str, data: pl.DataFrame = DATA, bad: Any = (), **options: Any) -> None:
    with pytest.raises(kind) as error:
        malmquist(data, ["x"], ["y"], bad, **{**KEYS, **options})
    for words in said:
        assert words in str(error.value)


def test_one_year_has_no_change() -> None:
    refused(MethodError, "one year only", "2001", data=DATA.filter(pl.col("year") == 2001))


def test_nobody_in_two_neighbouring_years() -> None:
    apart = DATA.with_columns(pl.col("firm") + pl.col("year").cast(pl.String))
    refused(MethodError, "No unit is complete in two neighbouring years", "2001, 2002", data=apart)


@pytest.mark.parametrize(("column", "value"), [("x", -1.0), ("y", -0.5)])
def test_negative_numbers_are_named_with_models_that_admit_them(column: str, value: float) -> None:
    wrong = DATA.with_columns(pl.Series(column, [value, *DATA[column][1:]]))
    refused(MethodError, "negative", "unit a", "year 2001", column, 'index="luenberger", rts="vrs"', data=wrong)


def test_an_observation_of_nothing_is_refused() -> None:
    nothing = DATA.with_columns(y=pl.Series([0.0, *DATA["y"][1:]]))
    refused(MethodError, "nothing above zero among y", "unit a", data=nothing)
    nothing = DATA.with_columns(x=pl.Series([*DATA["x"][:5], 0.0]))
    refused(MethodError, "nothing above zero among x", "unit c", "2002", data=nothing)


def test_what_variable_returns_hold_may_have_any_sign() -> None:
    """Inputs held by an output-oriented index under variable returns are moved along with the origin."""
    moved = DATA.with_columns(pl.col("x") - 10)
    plain, other = (malmquist(d, ["x"], ["y"], **KEYS, rts="vrs").frame["index"] for d in (DATA, moved))
    np.testing.assert_allclose(plain, other, rtol=0, atol=1e-9)
    refused(MethodError, "negative", data=moved, decomposition="fgnz")  # which needs constant returns too


def test_keys() -> None:
    refused(DataError, "a", "2001", data=pl.concat([DATA, DATA.head(1)]))
    refused(DataError, "There is no column", data=DATA, unit="company")
    refused(SpecError, "a column “from” of their own", data=DATA.rename({"firm": "from"}), unit="from")
    refused(SpecError, "a column “ec” of their own", data=DATA.rename({"year": "ec"}), time="ec")


def test_text_and_infinity_are_no_numbers() -> None:
    refused(DataError, "row 1", data=DATA.with_columns(x=pl.lit("many")))
    refused(DataError, "row 2", data=DATA.with_columns(x=pl.Series([1.0, np.inf, 1, 1, 1, 1])))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"index": "malmqist"}, "Did you mean “malmquist”?"),
        ({"reference": "own"}, "contemporaneous"),
        ({"rts": "nirs"}, "crs, vrs, drs, irs"),
        ({"orientation": "out"}, "output"),
        ({"decomposition": "gl"}, "generalized"),
        ({"infeasible": "drop"}, "status, error"),
        ({"measure": "fdh"}, "sbm"),
        ({"missing": "fill"}, "error, skip"),
    ],
)
def test_words_there_are_not(options: dict[str, Any], said: str) -> None:
    refused(SpecError, next(iter(options.values())), said, **options)


@pytest.mark.parametrize(
    ("options", "first", "second"),
    [
        ({"index": "gml", "reference": "sequential"}, "reference “sequential”", "index “gml”"),
        ({"decomposition": "fgnz", "rts": "crs"}, "rts “crs”", "decomposition “fgnz”"),
        ({"decomposition": "bias", "reference": "global"}, "decomposition “bias”", "reference “global”"),
        ({"decomposition": "generalized", "reference": "biennial"}, "decomposition “generalized”", "“biennial”"),
        ({"orientation": "both"}, "orientation “both”", "measure “radial”"),
        ({"index": "ml", "orientation": "both"}, "direction “observed”", "index “ml”"),
        ({"index": "ml", "direction": {"y": 1.0}}, "direction “{'y': 1.0}”", "index “ml”"),
        ({"index": "luenberger", "direction": "range"}, "direction “range”", "index “luenberger”"),
        ({"index": "ml", "measure": "sbm"}, "measure “sbm”", "index “ml”"),
    ],
)
def test_words_that_do_not_go_together(options: dict[str, Any], first: str, second: str) -> None:
    refused(SpecError, f"{first} does not go with", second, **options)


def test_options_that_would_do_nothing() -> None:
    refused(SpecError, "The option direction does nothing under malmquist", direction="outputs")
    refused(SpecError, "The option weights does nothing", index="luenberger", weights={"y": 1.0})


def test_bad_outputs_have_no_place_in_a_radial_index() -> None:
    refused(SpecError, "no place for bad outputs", 'index="ml"', bad=["b"])


def test_directions_by_column() -> None:
    refused(SpecError, "“co2” is no column of the model", index="luenberger", direction={"co2": -1.0})
    refused(SpecError, "not all zero", index="luenberger", direction={"y": 0.0})


def test_a_distance_that_is_not_there_can_stop() -> None:
    rows = [("a", 1, 2, 2), ("b", 1, 4, 5), ("a", 2, 1, 2), ("b", 2, 4, 6)]
    data = pl.DataFrame(rows, schema=["firm", "year", "x", "y"], orient="row")
    refused(MethodError, "unit a", "vrs 1(2, 2)", "infeasible", data=data, rts="vrs", infeasible="error")


def test_a_window_needs_a_year() -> None:
    refused(SpecError, "0 years wide", reference="window", width=0)
