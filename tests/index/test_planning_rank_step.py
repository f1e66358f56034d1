"""Rank-step scores: a rule in use, places gained and lost, ties, classes, and gaps in the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.planning.rank_step import rank_step

KEYS: dict[str, Any] = {"unit": "city", "time": "year"}


def table(*years: list[float | None], first: int = 2023) -> dict[str, list[Any]]:
    units = "ABCDEFGH"[: len(years[0])]
    return {
        "city": list(units) * len(years),
        "year": [first + t for t, values in enumerate(years) for _ in values],
        "x": [x for values in years for x in values],
    }


def column(found: Any, name: str, year: int = 2024) -> list[float | None]:
    frame = found.frame
    return frame.filter(frame["year"] == year)[name].to_list()  # type: ignore[no-any-return]


def test_full_points_for_the_first_and_five_percent_less_for_each_next() -> None:
    found = rank_step(table([3, 9, 7, 1]), "x", level=[6 * (1 - 0.05 * k) for k in range(4)], **KEYS)
    assert column(found, "points", 2023) == pytest.approx([5.4, 6.0, 5.7, 5.1])
    assert "points_step" not in found.frame.columns
    assert found.notes == ()


def test_places_gained_and_lost() -> None:
    data = table([4, 3, 2, 1], [4, 1, 2, 5])
    found = rank_step(data, "x", gain=2, loss=1, **KEYS)
    assert column(found, "rank") == [2, 4, 3, 1]
    assert column(found, "rank_before") == [1, 2, 3, 4]
    assert column(found, "gained") == [-1, -2, 0, 3]
    assert column(found, "points_step") == [-1, -2, 0, 6]
    assert column(found, "points", 2023) == [None] * 4
    assert [(n.code, n.values["count"]) for n in found.notes] == [("rank_step_first", 4)]
    assert column(rank_step(data, "x", gain=2, **KEYS), "points_step") == [0, 0, 0, 6]
    assert column(rank_step(data, "x", gain=2, loss=1, limits=(-1, 5), **KEYS), "points_step") == [-1, -1, 0, 5]
    steps = rank_step(data, "x", gain={1: 1, 3: 2.5}, loss={2: 0.5}, **KEYS)
    assert column(steps, "points_step") == [0, -0.5, 0, 2.5]


def test_level_and_step_add_up_and_the_first_cannot_gain() -> None:
    found = rank_step(table([3, 2, 1], [3, 1, 2]), "x", level={1: 100, 3: 80}, gain=5, kept_first=5, **KEYS)
    assert column(found, "points_level") == [100, 80, 80]
    assert column(found, "points_step") == [5, 0, 5]
    assert column(found, "points") == [105, 80, 85]


def test_gains_and_losses_cancel_among_all() -> None:
    rng = np.random.default_rng(3)
    found = rank_step(
        table(*rng.permuted(np.tile(np.arange(8.0), (5, 1)), axis=1).tolist()), "x", gain=1, loss=1, **KEYS
    )
    for year in range(2024, 2028):
        assert sum(column(found, "gained", year)) == 0  # type: ignore[arg-type]
        assert column(found, "points", year) == column(found, "gained", year)


@pytest.mark.parametrize(("ties", "ranks"), [("min", [1, 1, 3]), ("average", [1.5, 1.5, 3]), ("max", [2, 2, 3])])
def test_ties(ties: Any, ranks: list[float]) -> None:
    found = rank_step(table([0.3, 0.1 + 0.2, 0]), "x", level={1: 10, 2: 8, 3: 6}, ties=ties, **KEYS)
    assert column(found, "rank", 2023) == ranks
    assert column(found, "points", 2023) == [10 if ranks[0] == 1 else 8] * 2 + [6]


def test_a_cost_ranks_the_smallest_first() -> None:
    found = rank_step(table([3, 1, 2]), "x", level=[3, 2, 1], direction="cost", **KEYS)
    assert column(found, "points", 2023) == [1, 3, 2]


def test_classes_are_ranked_apart() -> None:
    data = table([4, 3, 2, 1], [3, 4, 1, 2]) | {"class": ["I", "I", "II", "II"] * 2}
    found = rank_step(data, "x", gain=1, by="class", **KEYS)
    assert column(found, "rank", 2023) == [1, 2, 1, 2]
    assert column(found, "points") == [0, 1, 0, 1]


def test_the_order_of_the_rows_is_without_effect() -> None:
    data = table([4, 3, 2, 1], [4, 1, 2, 5], [1, 2, 3, 4])
    order = np.random.default_rng(1).permutation(12)
    one = rank_step(data, "x", gain=1, loss=1, **KEYS).frame
    two = rank_step({k: [v[i] for i in order] for k, v in data.items()}, "x", gain=1, loss=1, **KEYS).frame
    assert two.sort("year", "city").equals(one.sort("year", "city"))


def test_months_are_periods_too() -> None:
    data = table([1, 2], [2, 1])
    data["year"] = ["2024-11", "2024-11", "2024-12", "2024-12"]
    found = rank_step(data, "x", gain=1, **KEYS).frame
    assert found["points"].to_list() == [None, None, 1, 0]


def test_what_is_missing_stops_or_stays_missing() -> None:
    data = table([3, 2, None], [3, 2, 1])
    with pytest.raises(MethodError, match=r"row 3, unit C, indicator x, year 2023: There is no value here"):
        rank_step(data, "x", gain=1, **KEYS)
    kept = rank_step(data, "x", gain=1, level=[3, 2, 1], missing="keep", **KEYS)
    assert column(kept, "rank", 2023) == [1, 2, None]
    assert column(kept, "points") == [3, 2, None]
    late = {name: [v for i, v in enumerate(values) if i != 2] for name, values in data.items()}
    with pytest.raises(MethodError, match=r"unit C, .*year 2024: .*no rank in the period before; 1 rows"):
        rank_step(late, "x", gain=1, **KEYS)
    found = rank_step(late, "x", gain=1, missing="keep", **KEYS)
    assert "rank_step_members" in [n.code for n in found.notes]
    assert column(rank_step(late, "x", level=[3, 2, 1], **KEYS), "points") == [3, 2, 1]


def test_years_that_are_skipped_are_remarked_on() -> None:
    data = table([1, 2], [2, 1])
    data["year"] = [2020, 2020, 2023, 2023]
    assert "rank_step_gaps" in [n.code for n in rank_step(data, "x", gain=1, **KEYS).notes]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, SpecError, r"No rule of points is given"),
        ({"level": []}, SpecError, r"key level: This rule of points is empty"),
        ({"gain": {}}, SpecError, r"key gain: This rule of points is empty"),
        ({"level": [100, 95]}, MethodError, r"unit C, year 2023.*Rank 3 has no points: the rule ends with rank 2"),
        ({"gain": 1, "limits": (1, -1)}, SpecError, r"key limits: The lower limit 1"),
        ({"gain": 1, "ties": "dense"}, SpecError, r"“dense” is not one of the choices"),
        ({"gain": 1, "direction": "up"}, SpecError, r"“up” is not one of the choices"),
        ({"gain": 1, "by": "class"}, DataError, r"no column “class”"),
    ],
)
def test_rules_that_do_not_do_are_refused(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        rank_step(table([3, 2, 1], [1, 2, 3]), "x", **KEYS, **options)


def test_two_rows_of_one_unit_and_period_are_refused() -> None:
    data = {"city": ["A", "A"], "year": [2023, 2023], "x": [1, 2]}
    with pytest.raises(DataError, match=r"row 1, unit A, year 2023.*more than one row with the same city, year"):
        rank_step(data, "x", gain=1, **KEYS)
