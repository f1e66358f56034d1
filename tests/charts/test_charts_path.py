"""Path: places in the order of the years, a kilometre as long either way."""

import numpy as np
import polars as pl
import pytest

from nqpf.charts.path import path
from nqpf.errors import DataError


@pytest.fixture
def places():
    return pl.DataFrame({"period": [2021, 2019, 2020], "lon": [113.0, 113.4, 113.1], "lat": [34.0, 33.6, 33.5]})


def domain(spec, channel):
    return spec["layer"][0]["encoding"][channel]["scale"]["domain"]


def test_specification(places, words, check) -> None:
    spec = check(path(places, id="p", **words))["zh"]
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["line", "point", "text", "text"]


def test_kilometres_are_as_long_either_way(places, words) -> None:
    spec = path(places, id="p", **words).draw("en")
    (west, east), (south, north) = domain(spec, "x"), domain(spec, "y")
    across = (east - west) * np.cos(np.radians(places["lat"].mean()))
    assert across / spec["width"] == pytest.approx((north - south) / spec["height"])


def test_first_and_last_year_are_named(places, words, shown) -> None:
    texts = shown(path(places, id="p", **words), "en")
    assert {"2019", "2021"} <= set(texts)
    assert "2020" not in texts
    assert path(places, id="p", **words).data["period"].to_list() == [2019, 2020, 2021]


def test_a_place_that_stays_is_still_a_picture(places, words, check) -> None:
    still = places.with_columns(lon=pl.lit(113.0), lat=pl.lit(34.0))
    spec = check(path(still, id="p", **words))["en"]
    west, east = domain(spec, "x")
    assert west < 113.0 < east


def test_missing_column(places, words) -> None:
    with pytest.raises(DataError, match="“lat”"):
        path(places.drop("lat"), id="p", **words)
