"""Heat: like units side by side, both halves filled, a histogram of the pairs where units are many."""

import itertools

import numpy as np
import polars as pl
import pytest

from nqpf.charts.heat import BINS, MOST, heat
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = {"value_title": Text("差异", "Difference")}


def units(count):
    codes = [f"u{i}" for i in range(count)]
    names = {"unit": codes, "unit_zh": [f"区{i}" for i in range(count)], "unit_en": codes}
    return pl.DataFrame(names, schema=dict.fromkeys(names, pl.String))


def distances(spots):
    both = list(itertools.combinations(range(len(spots)), 2))
    return pl.DataFrame(
        {
            "first": [f"u{i}" for i, _ in both],
            "second": [f"u{j}" for _, j in both],
            "value": [abs(spots[i] - spots[j]) for i, j in both],
        }
    )


def order(figure):
    return figure.data.unique("row", maintain_order=True)["first"].to_list()


def test_specification(words, check) -> None:
    spots = [0.0, 5.0, 0.2, 5.1, 9.0]
    specs = check(heat(units(5), distances(spots), id="h", alike=False, **VALUE, **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["rect", "text", "text", "text", "text"]


def test_like_units_stand_side_by_side(words) -> None:
    spots = [0.0, 5.0, 0.2, 5.1, 9.0]
    found = order(heat(units(5), distances(spots), id="h", alike=False, **VALUE, **words))
    place = {unit: k for k, unit in enumerate(found)}
    assert abs(place["u0"] - place["u2"]) == 1
    assert abs(place["u1"] - place["u3"]) == 1
    near = distances(spots).with_columns(value=10 - pl.col("value"))
    likewise = order(heat(units(5), near, id="h", alike=True, **VALUE, **words))
    assert likewise in (found, found[::-1])
    plain = heat(units(5), distances(spots), id="h", alike=False, clustered=False, **VALUE, **words)
    assert order(plain) == ["u0", "u1", "u2", "u3", "u4"]


def test_both_halves_without_the_diagonal(words) -> None:
    data = heat(units(4), distances([0.0, 1.0, 3.0, 7.0]), id="h", alike=False, **VALUE, **words).data
    assert data.height == 12
    value = {(first, second): v for first, second, v in data.select("first", "second", "value").rows()}
    assert value["u0", "u3"] == value["u3", "u0"] == 7.0


def test_a_pair_without_a_number_is_marked_and_units_keep_their_order(words, check, shown) -> None:
    gap = distances([0.0, 9.0, 0.1]).with_columns(value=pl.Series([None, 0.1, 8.9]))
    figure = heat(units(3), gap, id="h", alike=False, **VALUE, **words)
    assert order(figure) == ["u0", "u1", "u2"]
    assert shown(figure, "en").count("–") == 2
    check(figure)


def test_few_units_carry_numbers_and_names(words, shown) -> None:
    texts = shown(heat(units(4), distances([0.0, 1.0, 3.0, 7.0]), id="h", alike=False, **VALUE, **words), "zh")
    assert {"区0", "区3", "7.00", "差异"} <= set(texts)


def test_many_units_make_a_histogram(words, check, shown) -> None:
    count = MOST + 1
    figure = heat(units(count), distances(np.linspace(0, 1, count) ** 2), id="h", alike=False, **VALUE, **words)
    assert figure.data.columns == ["low", "high", "count"]
    assert figure.data.height == BINS
    assert figure.data["count"].sum() == count * (count - 1) // 2
    assert [layer["mark"]["type"] for layer in check(figure)["en"]["layer"]] == ["rect", "rule", "text"]
    assert any(text.startswith("median 0.") for text in shown(figure, "en"))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_next_to_nothing(count, words, check) -> None:
    empty = distances([0.0, 1.0]).clear()
    check(heat(units(count), distances([0.0, 1.0]) if count == 2 else empty, id="h", **VALUE, **words))


def test_missing_column(words) -> None:
    with pytest.raises(DataError, match="“value”"):
        heat(units(3), distances([0.0, 1.0, 2.0]).drop("value"), id="h", **VALUE, **words)
    with pytest.raises(DataError, match="“unit_en”"):
        heat(units(3).drop("unit_en"), distances([0.0, 1.0, 2.0]), id="h", **VALUE, **words)
