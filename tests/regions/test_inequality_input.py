"""What tables the measures of inequality refuse, naming unit, year and column, and what they remark on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.regions.inequality.atkinson import atkinson
from nqpf.regions.inequality.dagum import dagum
from nqpf.regions.inequality.dispersion import dispersion
from nqpf.regions.inequality.gini import gini
from nqpf.regions.inequality.polarisation import polarisation
from nqpf.regions.inequality.theil import theil

EVERY: list[Callable[..., Any]] = [
    gini,
    lambda *a, **k: dagum(*a, group="g", **k),
    theil,
    lambda *a, **k: theil(*a, groups=["g"], order=0, **k),
    atkinson,
    polarisation,
    dispersion,
]


def table(**changed: list[Any]) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {
        "province": ["北京", "河北", "北京", "河北"],
        "year": [2020, 2020, 2021, 2021],
        "y": [1.0, 2.0, 3.0, 4.0],
        "w": [1.0, 1.0, 2.0, 1.0],
        "g": ["a", "b", "a", "b"],
    }
    return pl.DataFrame(columns | changed, strict=False)


@pytest.mark.parametrize("measure", EVERY)
@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"y": [1.0, -2.0, 3.0, -1.0]}, MethodError, r"河北.*y.*2020.*The number is -2;.*\(2 of them\).*Do not shift"),
        ({"y": [1.0, 2.0, None, 4.0]}, MethodError, r"北京.*y.*2021.*no number here; 1 rows.*Supply"),
        ({"y": [1.0, float("nan"), 3.0, 4.0]}, MethodError, "河北.*y.*2020.*no number here"),
        ({"y": [0.0, 0.0, 3.0, 4.0]}, MethodError, r"2020.*(All values are zero|not defined for zero values)"),
        ({"y": [1.0, 2.0, 3.0, float("inf")]}, DataError, "“inf”"),
        ({"w": [1.0, 1.0, 2.0, -1.0]}, MethodError, r"河北.*w.*2021.*The weight is -1"),
        ({"w": [1.0, 1.0, None, 1.0]}, MethodError, r"北京.*w.*2021.*no number here"),
        ({"w": [0.0, 0.0, 2.0, 1.0]}, MethodError, r"2020.*All weights of this year are zero"),
        ({"province": ["北京", "北京", "北京", "河北"]}, DataError, r"北京.*2020"),
        ({"province": ["北京", None, "北京", "河北"]}, DataError, r"does not say which unit"),
        ({"year": [2020, None, 2021, 2021]}, DataError, r"is not a year"),
        ({"y": []} | {key: [] for key in ("province", "year", "w", "g")}, DataError, "no rows of data"),
    ],
)
def test_refused(
    measure: Callable[..., Any], changed: dict[str, list[Any]], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        measure(table(**changed), "y", by="year", unit="province", weight="w")


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda t: theil(t, "y", order=0, unit="province", by="year"), "Generalised entropy of order 0"),
        (lambda t: theil(t, "y", order=-1, unit="province", by="year"), "Generalised entropy of order -1"),
        (lambda t: atkinson(t, "y", aversion=1, unit="province", by="year"), "Atkinson's index with aversion 1"),
        (lambda t: dispersion(t, "y", unit="province", by="year"), "The standard deviation of logarithms"),
    ],
)
def test_zeros_are_refused_where_there_is_no_value(call: Callable[[pl.DataFrame], Any], what: str) -> None:
    zero = table(y=[1.0, 2.0, 0.0, 4.0])
    with pytest.raises(MethodError, match=rf"北京.*y.*2021.*The number is 0; {what} is not defined for zero") as caught:
        call(zero)
    with speak("zh"):
        assert "零值没有定义" in str(caught.value)


def test_zeros_are_taken_where_there_is_one_and_remarked_on() -> None:
    zero = table(y=[1.0, 2.0, 0.0, 4.0])
    for found in (
        gini(zero, "y", by="year"),
        theil(zero, "y", by="year"),
        atkinson(zero, "y", by="year"),
        dispersion(zero, "y", by="year", measures=["cv"]),
    ):
        note = next(str(n) for n in found.notes if n.code == "inequality_zero_floor")
        assert note.startswith("In 1 years the least value of “y” is exactly 0 (2021).")
    assert gini(zero, "y", by="year").frame["gini"].to_list() == pytest.approx([1 / 6, 0.5])


def test_a_group_that_is_not_said() -> None:
    with pytest.raises(DataError, match=r"河北.*g.*2020.*does not say which group"):
        dagum(table(g=["a", None, "a", "b"]), "y", group="g", by="year", unit="province")
    with pytest.raises(DataError, match="“gg”"):
        dagum(table(), "y", group="gg")
    with pytest.raises(MethodError, match="esteban_ray measures how groups are polarised"):
        polarisation(table(), "y", index="esteban_ray")


def test_a_median_of_zero() -> None:
    with pytest.raises(MethodError, match=r"y.*median is zero"):
        polarisation({"y": [0.0, 0.0, 1.0]}, "y")


def test_rows_without_weight_do_not_count() -> None:
    found = gini(table(w=[1.0, 1.0, 0.0, 1.0]), "y", by="year", weight="w")
    assert found.frame["n"].to_list() == [2, 1]
    assert "1 rows have the weight zero" in str(found.notes[0])


def test_a_column_of_years_called_like_a_result() -> None:
    with pytest.raises(SpecError, match="column of years is called “gini”"):
        gini(table().rename({"year": "gini"}), "y", by="gini")


def test_years_stay_what_they_are_and_in_their_order() -> None:
    found = gini(table(year=["2021年", "2021年", "2020年", "2020年"]), "y", by="year").frame
    assert found["year"].to_list() == ["2021年", "2020年"]
