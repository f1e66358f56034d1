"""Ridge: a curve a year at one scale, first year on top, means as ticks; flat ends are left out."""

import numpy as np
import polars as pl
import pytest

from nqpf.charts.ridge import OVERLAP, ridge
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = {"value_title": Text("指数", "Index")}


@pytest.fixture
def densities():
    x = np.linspace(-6, 6, 49)
    parts = [
        pl.DataFrame({"period": year, "x": x, "density": height * np.exp(-((x - shift) ** 2))})
        for year, shift, height in ((2019, 0.0, 1.0), (2020, 1.0, 2.0), (2021, 2.0, 0.5))
    ]
    return pl.concat(parts)


@pytest.fixture
def means():
    return pl.DataFrame({"period": [2019, 2020, 2021], "value": [0.0, 1.0, 2.0]})


def rows(spec):
    return pl.DataFrame(spec["datasets"][spec["data"]["name"]], infer_schema_length=None)


def test_specification(densities, means, words, check) -> None:
    plain = check(ridge(densities, id="r", **VALUE, **words))
    assert [layer["mark"]["type"] for layer in plain["zh"]["layer"]] == ["area"]
    both = check(ridge(densities, means, id="r", **VALUE, **words))
    assert [layer["mark"]["type"] for layer in both["en"]["layer"]] == ["area", "rule"]


def test_every_year_stands_on_its_line_and_all_at_one_scale(densities, words, check) -> None:
    found = rows(check(ridge(densities, id="r", **VALUE, **words))["en"])
    lines = found.group_by("period", maintain_order=True).agg(pl.col("line").first(), pl.col("top").max())
    assert lines["line"].to_list() == [2, 1, 0]  # the first year on top
    heights = (lines["top"] - lines["line"]).to_list()
    assert heights[1] == pytest.approx(OVERLAP)
    assert heights[0] == pytest.approx(OVERLAP / 2)
    assert heights[2] == pytest.approx(OVERLAP / 4)


def test_flat_ends_are_not_drawn_but_kept_with_the_figure(densities, words, check) -> None:
    figure = ridge(densities, id="r", **VALUE, **words)
    found = rows(check(figure)["zh"])
    assert found.filter(period=2019)["x"].max() < 3
    assert figure.data.height == densities.height


def test_rows_may_come_in_any_order(densities, means, words) -> None:
    mixed = densities.sample(fraction=1.0, shuffle=True, seed=3)
    assert ridge(mixed, id="r", **VALUE, **words).draw("en") == ridge(densities, id="r", **VALUE, **words).draw("en")


def test_years_are_named_and_means_of_other_years_left_out(densities, means, words, shown) -> None:
    more = pl.concat([means, pl.DataFrame({"period": [2022], "value": [9.0]})])
    texts = shown(ridge(densities, more, id="r", **VALUE, **words), "zh")
    assert {"2019", "2020", "2021"} <= set(texts)
    assert "2022" not in texts
    assert "指数" in texts


@pytest.mark.parametrize("count", [1, 30])
def test_one_year_or_many_fit(count, words, check) -> None:
    x = np.linspace(0, 1, 20)
    many = pl.concat(
        [pl.DataFrame({"period": 1990 + t, "x": x, "density": np.sin(np.pi * x) + 0.1}) for t in range(count)]
    )
    spec = check(ridge(many, id="r", **VALUE, **words))["en"]
    assert 30 <= spec["height"] <= 600
    assert rows(spec)["line"].max() == count - 1


def test_nothing_to_draw(densities, words, check) -> None:
    check(ridge(densities.clear(), id="r", **VALUE, **words))


def test_missing_column(densities, means, words) -> None:
    with pytest.raises(DataError, match="“density”"):
        ridge(densities.drop("density"), id="r", **VALUE, **words)
    with pytest.raises(DataError, match="“value”"):
        ridge(densities, means.drop("value"), id="r", **VALUE, **words)
