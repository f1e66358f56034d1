"""The functions on plain tables: any dataframe in, the same kind out, and errors that name columns and rows."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nqpf import index as room
from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.index import aggregate, entropy_weights, normalise, topsis
from nqpf.messages import speak
from nqpf.registry import methods
from nqpf.results import TableResult

TABLE: dict[str, list[Any]] = {
    "unit": ["A", "B", "A", "B"],
    "year": [2020, 2020, 2021, 2021],
    "x": [1.0, 2.0, 3.0, 5.0],
    "y": [4, 3, 2, 1],
}

KINDS: list[tuple[Callable[[Any], Any], type]] = [
    (dict, pl.DataFrame),
    (pl.DataFrame, pl.DataFrame),
    (pd.DataFrame, pd.DataFrame),
    (pa.table, pa.Table),
]

FUNCTIONS: list[Callable[[Any], Any]] = [
    lambda data: normalise(data, ["x", "y"], direction={"y": "cost"}),
    lambda data: normalise(data, ["x", "y"], method="rank", by="year"),
    lambda data: entropy_weights(data, ["x", "y"]),
    lambda data: entropy_weights(data, ["x", "y"], by="year"),
    lambda data: aggregate(data, ["x", "y"], weights={"y": 0.25, "x": 0.75}),
    lambda data: topsis(data, ["x", "y"], weights=[0.5, 0.5]),
]


EIGHT: dict[str, list[Any]] = {
    "unit": ["A", "B", "C", "D"] * 2,
    "year": [2020] * 4 + [2021] * 4,
    "x": [1.0, 2.0, 3.0, 5.0, 4.0, 2.0, 6.0, 9.0],
    "y": [1.0, 3.0, 2.0, 4.0, 5.0, 4.0, 8.0, 7.0],
    "z": [2.0, 2.0, 7.0, 1.0, 3.0, 4.0, 9.0, 8.0],
}
"""Four units in two years, everything positive."""
BESIDE: dict[str, dict[str, Any]] = {
    "main_effects": {"target": "z"},
    "owa": {"orness": 0.3},
    "screen": {"unit": "unit", "threshold": 0.5},
    "size_correlations": {"sizes": ["z"]},
    "triple": {"unit": "unit", "time": "year", "size": "z", "weights": [0.4, 0.3, 0.3], "window": 1},
    "weight_drift": {"unit": "unit", "by": "year"},
}
"""What a function asks for besides data and columns."""


KEYS = ("unit", "year", "indicator")
"""Columns that say what a row is about."""


def flat_functions() -> dict[str, Callable[..., Any]]:
    """Return every public function of the room that takes a table and the columns of indicators."""
    found = {}
    for module in (importlib.import_module("nqpf.index.aggregate"), room):
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function) and list(inspect.signature(function).parameters)[:2] == ["data", "columns"]:
                found[name] = partial(function, **BESIDE.get(name, {}))
    return found


FLAT = flat_functions()
flat = pytest.mark.parametrize("name", FLAT)


def as_dict(frame: Any) -> dict[str, list[Any]]:
    """Return the columns of any table as lists, None where there is nothing."""
    if isinstance(frame, pl.DataFrame):
        return frame.to_dict(as_series=False)
    found = frame.to_pydict() if isinstance(frame, pa.Table) else {c: frame[c].tolist() for c in frame}
    return {c: [None if isinstance(x, float) and np.isnan(x) else x for x in cells] for c, cells in found.items()}


@pytest.mark.parametrize("make", FUNCTIONS)
@pytest.mark.parametrize(("kind", "expected"), KINDS)
def test_the_same_kind_of_table_comes_back(make: Callable[[Any], Any], kind: Any, expected: type) -> None:
    result = make(kind(TABLE))
    frame = result.to_frame()
    assert type(frame) is expected
    assert as_dict(frame) == as_dict(make(pl.DataFrame(TABLE)).to_frame())
    assert result.method.id in methods()


@flat
def test_every_function_gives_back_the_kind_it_was_given(name: str) -> None:
    """And the same numbers, under a registered method, whatever the kind and whatever else stands in the table."""
    expected = FLAT[name](EIGHT, ["x", "y"])
    assert expected.method.id in methods()
    for make, kind in KINDS:
        table = make(EIGHT | {"remark": list("abcdefgh")})
        found = FLAT[name](table, ["x", "y"]).to_frame()
        if isinstance(expected, TableResult):  # others have tables of their own
            assert type(found) is kind
        shown = {column: cells for column, cells in as_dict(found).items() if column != "remark"}
        assert shown == as_dict(expected.to_frame())


@flat
def test_every_function_leaves_the_table_as_it_was(name: str) -> None:
    data = pd.DataFrame(EIGHT)
    FLAT[name](data, ["x", "y"])
    pd.testing.assert_frame_equal(data, pd.DataFrame(EIGHT))


@flat
def test_every_function_takes_rows_in_any_order(name: str) -> None:
    """Each row, or each indicator, finds its own figures again."""
    order = [5, 2, 7, 0, 3, 6, 1, 4]
    shuffled = {column: [cells[i] for i in order] for column, cells in EIGHT.items()}
    one, two = (FLAT[name](table, ["x", "y"]).to_frame() for table in (EIGHT, shuffled))
    keys = [c for c in one.columns if c in KEYS]
    both = one.sort(keys) if keys else one, two.sort(keys) if keys else two
    assert both[0].columns == both[1].columns
    for column in one.columns:
        first, second = (frame[column] for frame in both)
        if one[column].dtype.is_float():
            np.testing.assert_allclose(second, first, rtol=1e-12, atol=1e-12, err_msg=column)
        else:
            assert second.to_list() == first.to_list(), column


@flat
def test_every_function_says_what_is_wrong_with_a_table(name: str) -> None:
    function = FLAT[name]
    renamed = {("yy" if column == "y" else column): cells for column, cells in EIGHT.items()}
    with pytest.raises(DataError, match="no column “y”") as caught:
        function(renamed, ["x", "y"])
    assert "yy" in str(caught.value)
    for wrong in ("two", float("inf")):
        with pytest.raises(DataError) as caught:
            function(EIGHT | {"y": [4.0, 3.0, wrong, *EIGHT["y"][3:]]}, ["x", "y"])
        assert (caught.value.code, caught.value.where.row, caught.value.where.indicator) == ("text_in_number", 3, "y")
    with pytest.raises(DataError, match="no rows"):
        function(pl.DataFrame(EIGHT).head(0), ["x", "y"])
    with pytest.raises(DataError, match="not a table"):
        function(np.ones((4, 4)), ["x", "y"])


@pytest.mark.parametrize("name", [name for name, f in FLAT.items() if "by" in inspect.signature(f.func).parameters])
def test_every_function_by_year_wants_years(name: str) -> None:
    with pytest.raises(DataError) as caught:
        partial(FLAT[name], by="year")(EIGHT | {"year": [2020, 2020, None, *EIGHT["year"][3:]]}, ["x", "y"])
    assert (caught.value.code, caught.value.where.row) == ("not_a_year", 3)
    with pytest.raises(DataError, match="no column “years”"):
        partial(FLAT[name], by="years")(EIGHT, ["x", "y"])


def test_a_lazy_frame_is_read() -> None:
    lazy = pl.DataFrame(TABLE).lazy()
    assert as_dict(aggregate(lazy, ["x", "y"]).to_frame()) == as_dict(aggregate(TABLE, ["x", "y"]).to_frame())


def test_the_table_that_is_given_stays_as_it_is() -> None:
    data = pd.DataFrame(TABLE)
    normalise(data, ["x", "y"])
    topsis(data, ["x", "y"])
    pd.testing.assert_frame_equal(data, pd.DataFrame(TABLE))


@pytest.mark.parametrize("make", FUNCTIONS)
def test_an_absent_column_is_named(make: Callable[[Any], Any]) -> None:
    data = {("yy" if name == "y" else name): column for name, column in TABLE.items()}
    with pytest.raises(DataError, match="no column “y”") as caught:
        make(data)
    assert "The columns are: unit, year, x, yy" in str(caught.value)
    with speak("zh"):
        assert "没有名为“y”的列" in str(caught.value)


@pytest.mark.parametrize("make", FUNCTIONS)
def test_text_and_the_infinite_are_no_numbers(make: Callable[[Any], Any]) -> None:
    for wrong in (["4", "3", "two", "1"], [4.0, 3.0, float("inf"), 1.0]):
        with pytest.raises(DataError) as caught:
            make(TABLE | {"y": wrong})
        assert (caught.value.code, caught.value.where.row, caught.value.where.indicator) == ("text_in_number", 3, "y")
        assert f"holds “{wrong[2]}”" in str(caught.value)


@pytest.mark.parametrize("make", FUNCTIONS)
def test_an_empty_table_is_told(make: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError, match="no rows") as caught:
        make(pl.DataFrame(TABLE).head(0))
    with speak("zh"):
        assert "没有数据行" in str(caught.value)


@pytest.mark.parametrize("make", [FUNCTIONS[1], FUNCTIONS[3]])
def test_a_row_without_a_year_is_told(make: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError) as caught:
        make(TABLE | {"year": [2020, 2020, None, 2021]})
    assert (caught.value.code, caught.value.where.row) == ("not_a_year", 3)


@pytest.mark.parametrize("make", FUNCTIONS)
def test_what_is_no_table_is_told(make: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError, match="not a table"):
        make(np.ones((4, 4)))


@pytest.mark.parametrize("make", FUNCTIONS[4:])
def test_a_missing_value_names_row_and_column(make: Callable[[Any], Any]) -> None:
    for kind, _ in KINDS[1:]:
        with pytest.raises(MethodError, match="Row 2 has no value of “x”") as caught:
            make(kind(TABLE | {"x": [1.0, None, 3.0, 5.0]}))
        with speak("zh"):
            assert "第 2 行的“x”缺失" in str(caught.value)


def test_missing_values_stay_missing_when_normalised() -> None:
    for kind, _ in KINDS:
        frame = normalise(kind(TABLE | {"x": [1.0, None, 3.0, 5.0]}), ["x"]).frame
        assert frame["x"].to_list() == [0.0, None, 0.5, 1.0]


def test_normalise_by_year_and_direction() -> None:
    data = {"year": ["b", "a", "b", "a"], "x": [1, 10, 3, 30], "y": [5, 5, 1, 8], "z": [0, 1, 9, 4]}
    directions = {"y": ("target", 5), "z": ("interval", 1, 4)}
    frame = normalise(data, ["x", "y", "z"], direction=directions, by="year", range=(0, 10), on_constant="middle").frame
    assert frame["x"].to_list() == [0, 0, 10, 10]
    assert frame["y"].to_list() == [10, 10, 0, 0]
    np.testing.assert_allclose(frame["z"], [8, 5, 0, 5])  # in year a both lie within the interval
    scored = normalise({"x": [1, 2, 3]}, ["x"], method="zscore", mean=50, sd=10)
    assert scored.frame["x"].to_list() == [40, 50, 60]
    assert scored.method.options["mean"] == 50
    assert scored.method.options["direction"] == ["benefit"]


def test_entropy_weights_by_year_and_shift() -> None:
    data = {"year": [1, 1, 1, 1, 2, 2], "a": [0, 1, 1, 2, 1, 3], "b": [0, 0, 0, 1, 5, 5]}
    result = entropy_weights(data, ["a", "b"], by="year")
    assert result.frame.columns == ["year", "indicator", "entropy", "divergence", "weight"]
    np.testing.assert_allclose(result.frame["weight"], [0.2, 0.8, 1, 0], atol=1e-12)
    np.testing.assert_allclose(result.frame["entropy"][:2], [0.75, 0], atol=1e-12)
    assert [n.code for n in result.notes] == ["yearly_weights"]
    shifted = entropy_weights({"a": [0, 1], "b": [0, 0]}, ["a", "b"], shift=1.0).frame
    assert shifted["weight"].to_list() == [1, 0]
    assert shifted["divergence"].to_list()[1] == 0


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ({"a": [1, -2], "b": [1, 2]}, r"indicator a: Entropy weights cannot be taken of negative values \(lowest -2\)"),
        ({"a": [1, 2], "b": [0, 0]}, "indicator b: Entropy weights need two values or more"),
        ({"a": [1, 2], "b": [None, 1]}, "indicator b: Entropy weights need two values or more"),
        ({"a": [2, 2], "b": [0.1 + 0.2, 0.3]}, "No indicator varies"),
    ],
)
def test_entropy_weights_that_are_not_defined(data: Any, match: str) -> None:
    with pytest.raises(MethodError, match=match):
        entropy_weights(data, ["a", "b"])


def test_aggregate_and_topsis_in_figures() -> None:
    data = {"a": [1.0, 4.0, 4.0], "b": [1.0, 9.0, 9.0]}
    mean = aggregate(data, ["a", "b"], weights={"b": 0.25, "a": 0.75}).frame
    assert mean["score"].to_list() == [1, 5.25, 5.25]
    assert mean["rank"].to_list() == [3, 1, 1]
    geometric = aggregate(data, ["a", "b"], method="geometric").frame
    np.testing.assert_allclose(geometric["score"], [1, 6, 6])
    scores = {"a": [0.0, 0.5, 1.0], "b": [0.5, 0.5, 0.5]}
    absolute = topsis(scores, ["a", "b"], ideal="absolute", weighting="distances").frame
    np.testing.assert_allclose(absolute["distance_best"], np.sqrt([0.625, 0.25, 0.125]))
    np.testing.assert_allclose(absolute["score"], [1 / (1 + 5**0.5), 0.5, 5**0.5 / (1 + 5**0.5)])
    assert absolute["rank"].to_list() == [3, 2, 1]
    observed = topsis(scores, ["a", "b"]).frame
    assert observed["score"].to_list() == [0, 0.5, 1]  # b does not vary and says nothing
    wide = topsis({k: [100 * v for v in x] for k, x in scores.items()}, ["a", "b"], ideal="absolute", range=(0, 100))
    np.testing.assert_allclose(wide.frame["score"], topsis(scores, ["a", "b"], ideal="absolute").frame["score"])


WRONG: list[tuple[Callable[[], Any], type[NqpfError], str, str]] = [
    (lambda: normalise(TABLE, ["x"], method="minmx"), SpecError, "“minmx”.*Did you mean “minmax”", "method"),  # type: ignore[arg-type]
    (lambda: normalise(TABLE, ["x"], ties="mni"), SpecError, "“mni” is not one of the choices", "ties"),  # type: ignore[arg-type]
    (lambda: normalise(TABLE, ["x"], range=(1, 0)), SpecError, "low < high", ""),
    (lambda: normalise(TABLE, ["x"], sd=0), SpecError, "a positive number", "sd"),
    (lambda: aggregate(TABLE, ["x"], method="harmonc"), SpecError, "“harmonc” is not one.*“harmonic”", "method"),  # type: ignore[arg-type]
    (lambda: topsis(TABLE, ["x"], ideal="observd"), SpecError, "Did you mean “observed”", "ideal"),  # type: ignore[arg-type]
    (lambda: topsis(TABLE, ["x"], weighting="score"), SpecError, "Did you mean “scores”", "weighting"),  # type: ignore[arg-type]
    (lambda: topsis(TABLE, ["x"], range=(1, 1)), SpecError, "low < high", ""),
]


@pytest.mark.parametrize(("call", "kind", "match", "key"), WRONG)
def test_unknown_options_are_told(call: Callable[[], Any], kind: type[NqpfError], match: str, key: str) -> None:
    with pytest.raises(kind, match=match) as caught:
        call()
    assert (caught.value.where.key or "") == key
    assert caught.value.where.file is None
    with speak("zh"):
        assert any(word in str(caught.value) for word in ("可选：", "这里应为："))


@pytest.mark.parametrize(
    ("direction", "kind", "match"),
    [
        ("up", MethodError, "“up” is not a direction"),
        ({"x": "costs"}, MethodError, "“costs” is not a direction"),
        ({"x": "target"}, MethodError, "“target” is not a direction"),
        ({"x": ("target",)}, MethodError, "“target” is not a direction"),
        ({"x": ("target", 1, 2)}, MethodError, "“target, 1, 2” is not a direction"),
        ({"x": ("interval", 5, 1)}, MethodError, "“interval, 5, 1” is not a direction"),
        ({"x": ("interval", "low", "high")}, MethodError, "“interval, low, high” is not a direction"),
        ({"x": ("benefit", 1)}, MethodError, "“benefit, 1” is not a direction"),
        ({"z": "cost"}, DataError, "no column “z”"),
    ],
)
def test_directions_that_are_none(direction: Any, kind: type[NqpfError], match: str) -> None:
    with pytest.raises(kind, match=match):
        normalise(TABLE, ["x"], direction=direction)


@pytest.mark.parametrize("function", [aggregate, topsis])
@pytest.mark.parametrize(
    ("weights", "kind", "match"),
    [
        ([0.5, 0.6], MethodError, "sum to 1.1"),
        ([1.5, -0.5], MethodError, "none be negative"),
        ([0.5, float("nan")], MethodError, "sum to nan"),
        ([1.0], MethodError, "1 weights are given, 2 are needed"),
        ({"x": 1.0}, MethodError, "indicator y: This column has no weight"),
        ({"x": 0.5, "y": 0.5, "yy": 0.0}, DataError, "no column “yy”. Did you mean “y”"),
    ],
)
def test_weights_that_do_not_fit(function: Any, weights: Any, kind: type[NqpfError], match: str) -> None:
    with pytest.raises(kind, match=match):
        function(TABLE, ["x", "y"], weights=weights)


def test_scores_a_method_cannot_take() -> None:
    with pytest.raises(MethodError, match="“x” in row 1 is 0; method geometric takes positive scores only") as caught:
        aggregate({"x": [0, 1], "y": [1, 1]}, ["x", "y"], method="geometric")
    with speak("zh"):
        assert "第 1 行的“x”为 0；方法 geometric 只接受正的得分" in str(caught.value)
    with pytest.raises(MethodError, match="“x” in row 4 is 5, which is not between 0 and 1") as caught:
        topsis({"x": [0, 1, 1, 5]}, ["x"], ideal="absolute")
    with speak("zh"):
        assert "不在 0 至 1 之间" in str(caught.value)
    for weights in (None, [1.0, 0.0]):
        with pytest.raises(MethodError, match="No column varies"):
            topsis({"x": [2, 2], "y": [3, 4] if weights else [3, 3]}, ["x", "y"], weights=weights)
    with pytest.raises(MethodError, match="indicator x: All units have the same value"):
        normalise({"x": [2, 2]}, ["x"])
    with pytest.raises(MethodError, match="without a single value: y"):
        normalise({"x": [2, 3], "y": [None, None]}, ["x", "y"])
