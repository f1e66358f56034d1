"""Centres and ellipses by hand, and how they move."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError
from nqpf.numerics.ellipse import project, unproject
from nqpf.numerics.sphere import great_circle
from nqpf.regions.space.ellipse import ellipse

CITIES = pl.DataFrame(
    {
        "city": ["a", "b", "c", "d", "e"] * 2,
        "year": [2020] * 5 + [2021] * 5,
        "x": [0.0, 4, 1, 3, 2] * 2,
        "y": [0.0, 4, 2, 3, 1] * 2,
        "gdp": [1.0, 2, 3, 1, 1, 1, 4, 3, 1, 1],
    }
)
PLANE = {"unit": "city", "by": "year", "coordinates": ("x", "y"), "metric": "plane"}


def test_the_ellipse_is_the_one_of_the_rotation_formula() -> None:
    """Yuill's angle: tan θ = [(Σx² − Σy²) + √((Σx² − Σy²)² + 4 (Σxy)²)] / (2 Σxy), clockwise from north."""
    found = ellipse(CITIES, "gdp", **PLANE).frame.row(0, named=True)
    w, x, y = np.array([1.0, 2, 3, 1, 1]), np.array([0.0, 4, 1, 3, 2]), np.array([0.0, 4, 2, 3, 1])
    cx, cy = w @ x / w.sum(), w @ y / w.sum()
    x, y = x - cx, y - cy
    sxx, syy, sxy = w @ x**2, w @ y**2, w @ (x * y)
    theta = np.arctan(((sxx - syy) + np.sqrt((sxx - syy) ** 2 + 4 * sxy**2)) / (2 * sxy))
    along = np.sqrt(w @ (x * np.sin(theta) + y * np.cos(theta)) ** 2 / w.sum())
    across = np.sqrt(w @ (x * np.cos(theta) - y * np.sin(theta)) ** 2 / w.sum())
    assert (found["x"], found["y"]) == pytest.approx((cx, cy))
    assert found["angle"] == pytest.approx(np.degrees(theta) % 180)
    assert (found["long"], found["short"]) == pytest.approx((along, across))
    assert found["area"] == pytest.approx(np.pi * along * across)


def test_variants_differ_by_a_factor() -> None:
    yuill, arcgis, crimestat = (
        ellipse(CITIES, "gdp", **PLANE, variant=v).frame["long"][0] for v in ("yuill", "arcgis", "crimestat")
    )
    assert arcgis == pytest.approx(yuill * 2**0.5)
    assert crimestat == pytest.approx(yuill * (2 * 5 / 3) ** 0.5)


def test_migration_is_the_way_between_centres() -> None:
    frame = ellipse(CITIES, "gdp", **PLANE).frame
    dx, dy = np.diff(frame["x"])[0], np.diff(frame["y"])[0]
    assert frame["moved"].to_list() == pytest.approx([None, np.hypot(dx, dy)])
    assert frame["bearing"][1] == pytest.approx(np.degrees(np.arctan2(dx, dy)) % 360)
    shuffled = ellipse(CITIES.sample(fraction=1, shuffle=True, seed=1), "gdp", **PLANE).frame
    assert shuffled.drop("year").to_numpy() == pytest.approx(frame.drop("year").to_numpy(), nan_ok=True)


def test_provinces_lie_at_their_capitals_and_doubling_all_weights_moves_nothing() -> None:
    table = pl.DataFrame({"p": ["北京", "上海", "广东", "四川", "黑龙江"], "v": [1.0, 2, 3, 4, 5]})
    one = ellipse(table, "v", unit="p").frame.row(0)
    two = ellipse(table.with_columns(pl.col("v") * 2), "v", unit="p").frame.row(0)
    assert one[:6] == pytest.approx(two[:6])
    assert 100 < one[0] < 130
    assert 20 < one[1] < 50


def test_the_map_keeps_areas_and_comes_back() -> None:
    centre = np.array([105.0, 35.0])
    points = np.array([[110.0, 30.0], [110.1, 30.0], [110.1, 30.1], [105.0, 35.0], [80.0, 45.0]])
    flat = project(points, centre)
    assert unproject(flat, centre) == pytest.approx(points, abs=1e-10)
    a, b, c = flat[:3]
    area = abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0]) / 2
    on_sphere = great_circle(points[0], points[1]) * great_circle(points[1], points[2]) / 2
    assert area == pytest.approx(on_sphere, rel=2e-3)


def test_weights_that_have_no_centre_are_refused() -> None:
    with pytest.raises(MethodError, match="is negative") as caught:
        ellipse(CITIES.with_columns(gdp=-pl.col("gdp")), "gdp", **PLANE)
    assert caught.value.where.unit == "a"
    with pytest.raises(MethodError, match="weights are zero"):
        ellipse(CITIES.with_columns(gdp=0.0), "gdp", **PLANE)
    with pytest.raises(MethodError, match="at least 5"):
        ellipse(CITIES.filter(pl.col("city") < "e"), "gdp", **PLANE, variant="crimestat")


@pytest.mark.parametrize(
    ("variant", "long", "short"),
    [("yuill", 1.4874164, 0.5567822), ("arcgis", 2.1035245, 0.7874090), ("crimestat", 2.3851726, 0.8928379)],
)
def test_variants_are_those_of_pointpats(variant: str, long: float, short: float) -> None:
    """pointpats 2.5.5 with weights: method yuill without corrections, with crimestatCorr only, and crimestat.

    Its angle is measured from east against the clock.
    """
    rng = np.random.default_rng(2)
    points = rng.normal(size=(9, 2)) @ np.array([[2.0, 0.7], [0, 1]])
    table = pl.DataFrame({"city": list("abcdefghi"), "x": points[:, 0], "y": points[:, 1], "w": rng.uniform(0.5, 3, 9)})
    where: dict[str, Any] = {"coordinates": ("x", "y"), "metric": "plane", "variant": variant}
    found = ellipse(table, "w", unit="city", **where).frame.row(0, named=True)
    assert (found["long"], found["short"]) == pytest.approx((long, short), abs=1e-6)
    assert 90 - found["angle"] == pytest.approx(39.99133796973318)


def test_a_circle_has_no_direction() -> None:
    table = pl.DataFrame({"city": list("abcd"), "x": [0.0, 1, 0, -1], "y": [1.0, 0, -1, 0], "w": [1.0] * 4})
    found = ellipse(table, "w", unit="city", coordinates=("x", "y"), metric="plane").frame
    assert found["angle"].to_list() == [None]
    assert found["flatness"].to_list() == pytest.approx([0.0])
