"""Grades: every way of cutting, natural breaks against all partitions, firmness, and the mode without ranks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.planning.breaks import natural_breaks, widest_gaps
from nqpf.index.planning.grades import grades

TABLE = {"city": list("ABCDE"), "score": [90.0, 88.0, 70.0, 69.0, 40.0]}


def of(data: Any = TABLE, **options: Any) -> list[int | None]:
    return grades(data, "score", **options).frame["grade"].to_list()


def test_fixed_cuts_and_a_value_at_a_cut() -> None:
    found = grades(TABLE, "score", method="fixed", cuts=[69, 88])
    assert found.frame["grade"].to_list() == [1, 1, 2, 2, 3]
    assert found.cuts.rows() == [(1, 88.0, None, 2), (2, 69.0, 88.0, 2), (3, None, 69.0, 1)]
    assert [t.en for t in found.titles] == ["grade 1", "grade 2", "grade 3"]
    assert found.titles[0].zh == "第 1 档"
    assert of({"score": [0.1 + 0.2, 0.3]}, method="fixed", cuts=[0.3]) == [1, 1]
    assert of({"score": [0.3, 0.1 + 0.2]}, method="fixed", cuts=[0.1 + 0.2]) == [1, 1]


def test_a_cost_is_best_where_it_is_smallest() -> None:
    found = grades(TABLE, "score", method="fixed", cuts=[69, 88], direction="cost")
    assert found.frame["grade"].to_list() == [3, 2, 2, 1, 1]
    assert found.cuts["from"].to_list() == [None, 69, 88]
    assert found.cuts["count"].to_list() == [2, 2, 1]


def test_quantiles() -> None:
    data = {"score": list(range(1, 13))}
    assert of(data, method="quantile", count=4) == [4] * 3 + [3] * 3 + [2] * 3 + [1] * 3
    assert of(data, method="quantile", cuts=[0.25, 0.75]) == [3] * 3 + [2] * 6 + [1] * 3


def test_mean_and_standard_deviations() -> None:
    data = {"score": [0.0, 1.0, 2.0, 3.0, 4.0]}  # mean 2, sd 1.581
    assert of(data, method="sd") == [4, 3, 2, 2, 1]
    assert of(data, method="sd", cuts=[0.6]) == [2, 2, 2, 1, 1]


def test_widest_gaps() -> None:
    found = grades(TABLE, "score", method="gaps", count=3)
    assert found.frame["grade"].to_list() == [1, 1, 2, 2, 3]
    assert found.cuts["from"].to_list() == [79.0, 54.5, None]
    with pytest.raises(MethodError, match=r"Several gaps are 1 wide.*where to part 2 grades"):
        of({"score": [1, 2, 3]}, method="gaps", count=2)
    cuts, cut, left = widest_gaps(np.array([1.0, 2.0, 5.0]), 3)
    assert (cuts.tolist(), cut, left) == ([1.5, 3.5], 1.0, 0.0)


def within(x: Any, cuts: Any) -> float:
    classes = np.searchsorted(cuts, x, side="right")
    return float(sum(((x[classes == c] - x[classes == c].mean()) ** 2).sum() for c in np.unique(classes)))


@given(st.lists(st.integers(-40, 40), min_size=4, max_size=9), st.integers(2, 4))
def test_natural_breaks_are_the_best_of_all_partitions(whole: list[int], count: int) -> None:
    x = np.array(whole, dtype=float)
    values = np.unique(x)
    assume(values.size >= count)
    middles = (values[1:] + values[:-1]) / 2
    best = min(within(x, np.array(cuts)) for cuts in combinations(middles, count - 1))
    found = natural_breaks(x, count)
    assert found.size == count - 1
    assert within(x, found) == pytest.approx(best, abs=1e-9)


def test_natural_breaks_of_many_values_far_from_zero() -> None:
    rng = np.random.default_rng(2)
    x = 1e6 + np.concatenate([rng.normal(m, 1, 700) for m in (0, 30, 60, 100)])
    cuts = natural_breaks(x, 4)
    assert np.bincount(np.searchsorted(cuts, x)).tolist() == [700] * 4
    np.testing.assert_allclose(natural_breaks(rng.permutation(x), 4), cuts)


@pytest.mark.parametrize("method", ["quantile", "natural", "gaps"])
@given(x=st.lists(st.integers(0, 12), min_size=6, max_size=20))
def test_equal_values_share_a_grade_and_better_ones_have_no_worse(method: str, x: list[int]) -> None:
    assume(len(set(x)) >= 3)
    gaps = sorted(np.diff(sorted(set(x))))
    assume(method != "gaps" or len(gaps) < 3 or gaps[-2] > gaps[-3])
    found = of({"score": x}, method=method, count=3)
    order = np.argsort(x, kind="stable")
    assert (np.diff(np.array(found)[order]) <= 0).all()
    assert all(a == found[x.index(value)] for value, a in zip(x, found, strict=True))


@pytest.mark.parametrize(
    "options", [{"method": "natural", "count": 3}, {"method": "sd"}, {"method": "gaps", "count": 3}]
)
def test_grades_do_not_depend_on_the_unit_of_measure_or_the_order(options: Any) -> None:
    x = np.array([3.0, 8.1, 8.3, 1.2, 20.0, 21.5, 5.5])
    here = np.array(of({"score": x}, **options))
    assert of({"score": 1000 * x - 7}, **options) == here.tolist()
    assert of({"score": x[::-1]}, **options) == here[::-1].tolist()
    count = here.max() if options["method"] != "sd" else 4
    assert of({"score": -x}, **options, direction="cost") == here.tolist()
    assert 1 <= here.min() <= here.max() <= count


def test_each_year_by_itself() -> None:
    data = {"year": [2020] * 4 + [2021] * 4, "score": [1, 2, 9, 10, 101, 102, 109, 110]}
    found = grades(data, "score", method="natural", count=2, by="year")
    assert found.frame["grade"].to_list() == [2, 2, 1, 1] * 2
    assert found.cuts.rows()[0] == (2020, 1, 5.5, None, 2)
    assert of(data, method="natural", count=2) == [2] * 4 + [1] * 4
    assert of(data, method="fixed", cuts=[5.5], by="year") == [2, 2, 1, 1, 1, 1, 1, 1]


def test_a_grade_is_firm_where_the_interval_crosses_no_cut() -> None:
    data = TABLE | {"low": [89, 75, 60, 69, 30], "high": [95, 99, 75, 69, 69.0]}
    found = grades(data, "score", method="fixed", cuts=[69, 80], low="low", high="high")
    assert found.frame["grade_low"].to_list() == [1, 2, 3, 2, 3]
    assert found.frame["grade_high"].to_list() == [1, 1, 2, 2, 2]
    assert found.frame["firm"].to_list() == [True, False, False, True, False]
    assert [n.text().en for n in found.notes] == [
        "2 of 5 units are firmly in their grade: their interval crosses no cut."
    ]
    with pytest.raises(MethodError, match=r"row 1, unit A, indicator score: The value 90 is not inside .* \[91, 95\]"):
        grades(data | {"low": [91] * 5}, "score", method="sd", low="low", high="high", unit="city")
    with pytest.raises(SpecError, match=r"Only one end"):
        grades(data, "score", method="sd", low="low")


def test_groups_without_ranks() -> None:
    data = {"city": list("DBCAE"), "score": [90.0, 88.0, 70.0, 89.0, 40.0], "low": [80.0] * 2 + [30.0] * 3}
    data |= {"high": [99.0] * 5}
    found = grades(
        data,
        "score",
        method="fixed",
        cuts=[75],
        labels=["一类", "二类"],
        unit="city",
        low="low",
        high="high",
        groups_only=True,
    )
    assert found.frame.columns == ["city", "grade", "label", "firm"]
    assert found.frame["city"].to_list() == ["A", "B", "D", "C", "E"]
    assert found.frame["label"].to_list() == ["一类"] * 3 + ["二类"] * 2
    assert [t.zh for t in found.titles] == ["一类", "二类"]
    with pytest.raises(SpecError, match=r"State unit="):
        grades(data, "score", method="sd", groups_only=True)


def test_missing_values_stop_or_stay_missing() -> None:
    data = {"city": list("ABC"), "score": [1.0, None, 3.0]}
    with pytest.raises(MethodError, match=r"row 2, unit B, indicator score: There is no value"):
        grades(data, "score", method="fixed", cuts=[2], unit="city")
    found = grades(data, "score", method="fixed", cuts=[2], missing="keep", labels=["good", "bad"])
    assert found.frame["grade"].to_list() == [2, None, 1]
    assert found.frame["label"].to_list() == ["bad", None, "good"]
    assert [(n.code, n.values["count"]) for n in found.notes] == [("planning_unscored", 1)]


def test_an_empty_grade_is_remarked_on() -> None:
    assert [n.code for n in grades(TABLE, "score", method="fixed", cuts=[95]).notes] == ["grades_empty"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"method": "jenks", "count": 3}, SpecError, r"“jenks” is not one of the choices"),
        ({"method": "fixed"}, SpecError, r"not said how many grades"),
        ({"method": "fixed", "count": 3}, SpecError, r"do not go with the method fixed"),
        ({"method": "natural", "cuts": [1]}, SpecError, r"do not go with the method natural"),
        ({"method": "quantile", "cuts": [0.5], "count": 2}, SpecError, r"or both are given"),
        ({"method": "fixed", "cuts": [80, 60]}, SpecError, r"Cuts are finite numbers that rise"),
        ({"method": "fixed", "cuts": []}, SpecError, r"Cuts are finite numbers that rise"),
        ({"method": "quantile", "cuts": [25, 75]}, SpecError, r"Shares lie between 0 and 1"),
        ({"method": "natural", "count": 1}, SpecError, r"1 grades would part nothing"),
        ({"method": "natural", "count": 6}, MethodError, r"only 5 different values, too few for 6 grades"),
        ({"method": "sd", "labels": ["a", "b"]}, SpecError, r"2 labels are given, 4 are needed"),
        ({"method": "sd", "by": "year"}, DataError, r"no column “year”"),
    ],
)
def test_what_cannot_be_graded_is_refused(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        grades(TABLE, "score", **options)


def test_a_frame_comes_back_as_its_kind() -> None:
    assert isinstance(grades(pd.DataFrame(TABLE), "score", method="sd").to_frame(), pd.DataFrame)
