"""Spatial weights: who is a neighbour and how much, whatever the order, and what is said where that cannot be known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from nqpf.data import places
from nqpf.errors import DataError, MethodError, NqpfError, PlaceError, SpecError
from nqpf.numerics.sphere import EARTH, chord, great_circle, unit_vectors
from nqpf.regions.space.build import SERVE, weights
from nqpf.regions.space.weights import Weights

ROW = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
POINTS = {"city": ["a", "b", "c", "d"], "x": [0.0, 1.0, 3.0, 7.0], "y": [0.0, 0.0, 0.0, 0.0]}
PLANE = {"unit": "city", "coordinates": ("x", "y"), "metric": "plane"}


def row() -> Weights:
    return Weights.of("abcd", ROW)


def pairs(w: Weights) -> dict[tuple[str, str], float]:
    return {(a, b): value for a, b, value in w.to_frame().iter_rows()}


def test_weights_are_found_by_name() -> None:
    assert pairs(row()) == dict.fromkeys([("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "c")], 1.0)
    turned = row().aligned(["c", "a", "b"])
    assert turned.labels == ("c", "a", "b")
    np.testing.assert_array_equal(turned.dense(), [[0, 0, 1], [0, 0, 1], [1, 1, 0]])
    assert row().aligned("abcd").matrix is not None
    assert row().counts.tolist() == [1, 2, 2, 1]


def test_a_lag_sums_over_neighbours() -> None:
    np.testing.assert_array_equal(row().lag(np.array([1.0, 2.0, 3.0, 4.0])), [2, 4, 6, 3])
    both = row().standardised("row").lag(np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]]))
    np.testing.assert_array_equal(both, [[2, 2, 3, 3], [3, 3, 2, 2]])


@pytest.mark.parametrize(
    ("how", "expected"),
    [("none", 2.0), ("binary", 1.0), ("max_row", 0.5), ("spectral", 2 / (2 * 2 * np.cos(np.pi / 5)))],
)
def test_scales(how: str, expected: float) -> None:
    """The largest eigenvalue of a path of four is 2 cos(π/5); weights here are twice that of the path."""
    found = Weights.of("abcd", 2 * np.array(ROW)).standardised(how)  # type: ignore[arg-type]
    assert found.dense()[0, 1] == pytest.approx(expected, abs=1e-12)
    assert np.ptp(found.matrix.data) < 1e-12
    assert found.standard == how


def test_rows_sum_to_one_and_that_is_seen() -> None:
    found = Weights.of("abc", [[0, 3, 1], [2, 0, 0], [1, 1, 0]])
    assert found.standard == "none"
    one = found.standardised("row")
    np.testing.assert_allclose(one.matrix.sum(axis=1), 1.0, rtol=0, atol=1e-15)
    assert Weights.of("abc", one.dense()).standard == "row"


def test_the_largest_eigenvalue_of_many_units() -> None:
    n = 1_600
    ring = sparse.diags_array([np.ones(n - 1), np.ones(n - 1)], offsets=[1, -1], shape=(n, n)).tolil()
    ring[0, n - 1] = ring[n - 1, 0] = 1
    found = Weights.of([f"u{i}" for i in range(n)], ring.tocsr()).standardised("spectral")
    assert found.matrix.data == pytest.approx(0.5, abs=1e-9)


def test_weights_that_run_one_way_have_no_eigenvalue() -> None:
    with pytest.raises(MethodError, match="one way only"):
        Weights.of("ab", [[0, 1], [0, 0]]).standardised("spectral")


def test_units_left_out_are_told_and_the_rest_sums_to_one_again() -> None:
    found = row().standardised("row").fitted(["b", "c", "d"])
    np.testing.assert_array_equal(found.matrix.sum(axis=1), 1.0)
    (note,) = found.notes
    assert str(note).startswith("Units of the weights that are not in the data are left out")
    assert str(note).endswith("standardised again as it was (1): a.")
    assert row().fitted(["b", "c", "d"]).dense().sum() == 4


def test_a_unit_that_loses_its_neighbours_is_an_island() -> None:
    with pytest.raises(MethodError, match=r"unit d: These units have no neighbour \(1\): d.*islands: guangdong"):
        row().fitted(["a", "b", "d"])
    kept = row().with_islands("keep")
    assert kept.fitted(["a", "b", "c"]).labels == ("a", "b", "c")


def test_islands_of_a_matrix() -> None:
    alone = Weights.of("abc", [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert alone.islands == ("c",)
    assert alone.with_islands("drop").labels == ("a", "b")
    assert alone.with_islands("keep").fitted("abc").labels == ("a", "b", "c")
    assert "sums over their neighbours are 0: c" in str(alone.with_islands("keep").notes[0])
    with pytest.raises(MethodError, match=r"no neighbour \(1\): c"):
        alone.with_islands("raise")
    with pytest.raises(MethodError, match="No unit has a neighbour"):
        Weights.of("ab", np.zeros((2, 2))).with_islands("keep")


@pytest.mark.parametrize(
    ("labels", "matrix", "error", "words"),
    [
        ("aa", [[0, 1], [1, 0]], DataError, "twice in the weights: a"),
        ("abc", [[0, 1], [1, 0]], DataError, "2 × 2, but there are 3 units"),
        ("ab", [0, 1], DataError, "2 × 1, but there are 2 units"),
        ("ab", [[0, -1], [1, 0]], MethodError, r"unit a: The weight -1 of “b” is not above zero"),
        ("ab", [[0, np.nan], [1, 0]], MethodError, "unit a: The weight nan"),
        ("ab", [[0, 1], [1, 2]], MethodError, "unit b: The unit is its own neighbour"),
    ],
)
def test_what_is_no_matrix_of_weights(labels: str, matrix: object, error: type[NqpfError], words: str) -> None:
    with pytest.raises(error, match=words):
        Weights.of(labels, matrix)  # type: ignore[arg-type]


def test_a_unit_without_weights_is_named_with_the_nearest() -> None:
    w = weights("contiguity", islands="drop")
    with pytest.raises(DataError, match=r"unit 广东省: 1 units have no spatial weights: 广东省\. Did you mean “广东”"):
        w.aligned(["北京", "广东省"])


# China


def test_the_provinces_are_shipped() -> None:
    w = weights("contiguity", islands="guangdong", standard="binary")
    found = pairs(w)
    assert len(w.labels) == 31
    assert len(found) == 2 * (68 + 1)  # one of the 69 shipped borders is Hong Kong's
    assert found["海南", "广东"] == found["广东", "海南"] == 1
    assert abs(w.matrix - w.matrix.T).max() == 0
    assert {b for a, b in found if a == "河南"} == {"河北", "山西", "安徽", "山东", "湖北", "陕西"}
    assert str(w.notes[0]) == "Units without a neighbour are joined, as asked: 海南–广东."


def test_hainan_is_asked_about() -> None:
    with pytest.raises(
        MethodError, match=r"unit 海南: These units have no neighbour \(1\): 海南.*low neighbours.*guangdong"
    ):
        weights("contiguity")
    near = pairs(weights("contiguity", islands="nearest"))
    assert [b for a, b in near if a == "海南"] == ["广西"]  # Haikou is nearer to Nanning than to Guangzhou
    assert "海南" not in weights("contiguity", islands="drop").labels
    assert weights("contiguity", islands="keep").islands == ("海南",)


@pytest.mark.parametrize("written", ["short_zh", "full_zh", "en", "code", "letters"])
def test_provinces_are_known_by_any_name(written: str) -> None:
    names = places.provinces().filter(pl.col("letters").is_in(["GD", "HI", "GX", "HN"]))[written].to_list()
    table = {"province": names[::-1] * 2, "year": [2020] * 4 + [2021] * 4}
    w = weights("contiguity", table, unit="province", islands="guangdong", standard="binary")
    assert w.labels == tuple(names[::-1])
    hn, gd, gx, hi = names
    assert {p for p in pairs(w)} == {(gd, hn), (hn, gd), (gd, gx), (gx, gd), (gx, hn), (hn, gx), (gd, hi), (hi, gd)}


def test_all_34_units() -> None:
    names = places.provinces()["en"].to_list()
    with pytest.raises(MethodError, match=r"no neighbour \(1\): Taiwan"):
        weights("contiguity", {"u": names}, unit="u", islands="guangdong")
    w = weights("contiguity", {"u": names}, unit="u", islands="nearest")
    assert len(w.labels) == 34
    assert ("Taiwan", "Fujian") in pairs(w)
    assert ("Macao", "Hong Kong") in pairs(w)


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (["北京", "北京市"], DataError, "unit 北京市: This is the same province as “北京”"),
        (["北京", "全国"], DataError, "unit 全国: This is a total"),
        (["北京", "Narnia"], PlaceError, "Narnia"),
        (["北京", None], DataError, "row 2: This row does not say which unit"),
    ],
)
def test_what_is_no_province(names: list[str | None], error: type[NqpfError], words: str) -> None:
    with pytest.raises(error, match=words):
        weights("contiguity", {"u": names}, unit="u")


# Distance


def test_distances_on_the_sphere() -> None:
    pole, equator = np.array([0.0, 90.0]), np.array([30.0, 0.0])
    assert great_circle(pole, equator) == pytest.approx(EARTH * np.pi / 2, rel=1e-14)
    assert great_circle(np.array([179.5, 0.0]), np.array([-179.5, 0.0])) == pytest.approx(
        EARTH * np.pi / 180, rel=1e-12
    )
    beijing, shanghai = np.array([116.41, 39.90]), np.array([121.47, 31.23])
    assert great_circle(beijing, shanghai) == pytest.approx(1068, abs=3)
    apart = np.linalg.norm(np.diff(unit_vectors(np.array([beijing, shanghai])), axis=0))
    assert chord(float(great_circle(beijing, shanghai))) == pytest.approx(apart, rel=1e-12)


def test_inverse_distance_by_hand() -> None:
    found = pairs(weights("distance", POINTS, standard="none", **PLANE))  # type: ignore[arg-type]
    assert found["a", "b"] == 1
    assert found["a", "d"] == pytest.approx(1 / 7)
    square = pairs(weights("distance", POINTS, power=2, cutoff=4, standard="none", **PLANE))  # type: ignore[arg-type]
    assert set(square) == {(x, y) for x, y in found if {x, y} not in ({"a", "d"}, {"b", "d"})}
    assert square["c", "d"] == pytest.approx(1 / 16)


def test_the_cutoff_includes_its_end_on_the_sphere_too() -> None:
    far = float(great_circle(np.array([116.41, 39.90]), np.array([117.20, 39.13])))
    two = {"u": ["北京", "天津", "河北"]}
    w = weights("distance", two, unit="u", cutoff=far, islands="drop")
    assert w.labels == ("北京", "天津")


def test_an_island_within_a_cutoff_gets_the_weight_of_its_distance() -> None:
    w = weights("distance", POINTS, cutoff=2, islands="nearest", standard="none", **PLANE)  # type: ignore[arg-type]
    assert pairs(w)["d", "c"] == pairs(w)["c", "d"] == pytest.approx(1 / 4)


def test_nearest_by_hand() -> None:
    found = pairs(weights("nearest", POINTS, k=1, **PLANE))  # type: ignore[arg-type]
    assert set(found) == {("a", "b"), ("b", "a"), ("c", "b"), ("d", "c")}


def test_ties_go_by_name_whatever_the_order_of_rows() -> None:
    table = pl.DataFrame({"city": ["m", "n", "o", "p"], "x": [0, 1, -1, 5], "y": [0, 0, 0, 0]})
    for rows in (table, table.reverse()):
        w = weights("nearest", rows, k=1, **PLANE)  # type: ignore[arg-type]
        assert ("m", "n") in pairs(w)
        assert str(w.notes[0]) == "Neighbours 1 and 2 are equally far from some units (1); the first by name is taken."


@given(st.permutations(range(12)))
def test_nearest_do_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    rng = np.random.default_rng(3)
    table = pl.DataFrame(
        {"city": [f"u{i}" for i in range(12)], "x": rng.integers(0, 4, 12), "y": rng.integers(0, 4, 12)}
    )
    one = weights("nearest", table, k=3, **PLANE)  # type: ignore[arg-type]
    other = weights("nearest", table[list(order)], k=3, **PLANE)  # type: ignore[arg-type]
    assert pairs(one) == pairs(other)
    assert one.counts.tolist() == [3] * 12


# Values


GDP = {"u": ["a", "b", "c", "a", "b", "c"], "gdp": [1.0, 3.0, 9.0, 3.0, 5.0, 9.0]}


def test_economic_distance_by_hand() -> None:
    """Means 2, 4 and 9."""
    w = weights("economic", GDP, unit="u", value="gdp", standard="none")
    assert pairs(w)["a", "b"] == pytest.approx(1 / 2)
    assert pairs(w)["c", "a"] == pytest.approx(1 / 7)
    assert str(w.notes[0]) == "The weights are made of “gdp”; they are not exogenous to what depends on it."


def test_nested_weights_by_hand() -> None:
    table = {"city": ["a", "b", "c"], "x": [0.0, 2.0, 6.0], "y": [0.0, 0.0, 0.0], "v": [2.0, 4.0, 9.0]}
    whole = {"value": "v", "standard": "none", **PLANE}
    product = pairs(weights("nested", table, **whole))  # type: ignore[arg-type]
    assert product["a", "b"] == pytest.approx(1 / 2 * 1 / 2)
    assert product["b", "c"] == pytest.approx(1 / 4 * 1 / 5)
    diagonal = pairs(weights("nested", table, nesting="diagonal", **whole))  # type: ignore[arg-type]
    assert diagonal["a", "b"] == pytest.approx(1 / 2 * 4 / 5)
    assert diagonal["b", "a"] == pytest.approx(1 / 2 * 2 / 5)
    convex = weights("nested", table, nesting="convex", share=0.25, **whole)  # type: ignore[arg-type]
    near, like = np.array([1 / 2, 1 / 6]), np.array([1 / 2, 1 / 7])
    expected = 0.25 * near / near.sum() + 0.75 * like / like.sum()
    np.testing.assert_allclose(convex.dense()[0, 1:], expected, rtol=1e-14)


def test_nested_on_the_provinces_borders() -> None:
    table = {"u": ["广东", "广西", "海南"], "v": [10.0, 6.0, 5.0]}
    w = weights("nested", table, unit="u", value="v", geography="contiguity", islands="guangdong", standard="none")
    expected = {("广东", "广西"): 0.25, ("广西", "广东"): 0.25, ("海南", "广东"): 0.2, ("广东", "海南"): 0.2}
    assert pairs(w) == pytest.approx(expected)


# Polygons


def square(x: float, y: float) -> list[list[list[float]]]:
    return [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]


def geojson(*shapes: tuple[str, object]) -> dict[str, object]:
    features = [
        {"type": "Feature", "properties": {"name": n}, "geometry": {"type": "Polygon", "coordinates": shape}}
        for n, shape in shapes
    ]
    return {"type": "FeatureCollection", "features": features}


BOARD = geojson(("a", square(0, 0)), ("b", square(1, 0)), ("c", square(1, 1)), ("far", square(9, 9)))


def test_queens_touch_at_corners_and_rooks_do_not(tmp_path: Path) -> None:
    queen = weights("contiguity", polygons=BOARD, unit="name", islands="drop", standard="binary")
    assert set(pairs(queen)) == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("a", "c"), ("c", "a")}
    rook = weights("contiguity", polygons=BOARD, unit="name", touching="rook", islands="nearest", standard="binary")
    assert set(pairs(rook)) == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("far", "c"), ("c", "far")}
    file = tmp_path / "board.geojson"
    file.write_text(json.dumps(BOARD), encoding="utf-8")
    again = weights("contiguity", {"name": ["c", "b"]}, polygons=file, unit="name", standard="binary")
    assert (again.labels, set(pairs(again))) == (("c", "b"), {("c", "b"), ("b", "c")})


def test_islands_of_one_unit_and_holes_count() -> None:
    inner = [[[1.25, 0.25], [1.75, 0.25], [1.75, 0.75], [1.25, 0.75], [1.25, 0.25]]]
    ring = [*square(1, 0), *inner]
    shapes = geojson(("ring", ring), ("hole", inner))
    parts = {"type": "MultiPolygon", "coordinates": [square(5, 5), square(2, 0)]}
    shapes["features"].append({"type": "Feature", "properties": {"name": "parts"}, "geometry": parts})  # type: ignore[attr-defined]
    found = pairs(weights("contiguity", polygons=shapes, unit="name", touching="rook"))
    assert set(found) == {("ring", "hole"), ("hole", "ring"), ("ring", "parts"), ("parts", "ring")}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"type": "Topology"}, "no GeoJSON of polygons"),
        (geojson(("a", [[[0, 0], [1, 0], [1, 1]]])), "unit a: A ring of the border is not closed"),
        (geojson(("a", square(0, 0)), ("a", square(1, 0))), "twice in the weights: a"),
        ("absent.geojson", "no such file"),
        (
            {"features": [{"properties": {"name": "a"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}]},
            "unit a: The geometry is a Point",
        ),
        ({"features": [{"properties": {"title": "a"}}]}, "Feature 1 has no property “name”"),
    ],
)
def test_what_is_no_map_of_areas(source: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        weights("contiguity", polygons=source, unit="name")  # type: ignore[arg-type]


def test_features_that_are_no_units_are_passed_over() -> None:
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}
    more = {"type": "FeatureCollection", "features": [line, *BOARD["features"]]}  # type: ignore[misc]
    found = weights("contiguity", {"name": ["a", "b"]}, polygons=more, unit="name")
    assert set(pairs(found)) == {("a", "b"), ("b", "a")}
    with pytest.raises(DataError, match="Feature 1 has no property"):
        weights("contiguity", polygons=more, unit="name")


def test_a_unit_without_polygon() -> None:
    with pytest.raises(DataError, match=r"unit fa: There is no polygon of this unit\. Did you mean “far”"):
        weights("contiguity", {"name": ["a", "fa"]}, polygons=BOARD, unit="name")


# What cannot be


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({"kind": "queen"}, SpecError, "“queen”"),
        ({"kind": "contiguity", "k": 3}, SpecError, "key k: k does nothing for weights of kind contiguity"),
        ({"kind": "economic"}, SpecError, "key value: Weights of kind economic need a variable"),
        ({"kind": "economic", "value": "v"}, SpecError, "There is value, but no table"),
        ({"kind": "distance", "coordinates": ("x", "y")}, SpecError, "There is coordinates, but no table"),
        ({"kind": "distance", "data": POINTS}, SpecError, "Write unit="),
        ({"kind": "distance", "power": 0}, MethodError, "power of distance 0 is not above 0"),
        ({"kind": "distance", "cutoff": -1}, MethodError, "cutoff -1 is not above 0"),
        ({"kind": "nearest", "k": 31}, MethodError, "With 31 units there are no 31 nearest"),
        ({"kind": "nearest", "k": 2.5}, MethodError, r"no 2\.5 nearest"),
        ({"kind": "contiguity", "data": POINTS, **PLANE}, SpecError, "Contiguity needs to know who borders on whom"),
        (
            {"kind": "nested", "data": GDP, "unit": "u", "value": "gdp", "share": 2},
            MethodError,
            "share of geography 2 is not between",
        ),
        (
            {"kind": "distance", "data": POINTS, "unit": "city", "coordinates": ("x",)},
            SpecError,
            "coordinates are two columns, not 1",
        ),
        ({"kind": "distance", "islands": "guess"}, SpecError, "“guess”"),
    ],
)
def test_options_that_cannot_be(call: dict[str, object], error: type[NqpfError], words: str) -> None:
    with pytest.raises(error, match=words):
        weights(**call)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [0.0, 0.0, 3.0, 7.0]}, "unit a: It lies at the same place as “b”"),
        ({"x": [0.0, None, 3.0, 7.0]}, "row 2, unit b, indicator x: There is no value"),
        ({"city": ["a", "a", "c", "d"]}, "row 2, unit a: The coordinates in this row differ"),
    ],
)
def test_places_that_cannot_be(change: dict[str, object], words: str) -> None:
    with pytest.raises(NqpfError, match=words):
        weights("distance", {**POINTS, **change}, **PLANE)  # type: ignore[arg-type]


def test_degrees_are_degrees() -> None:
    table = {"u": ["a", "b"], "lon": [0.0, 39.9], "lat": [0.0, 116.4]}
    with pytest.raises(DataError, match=r"unit b: The coordinates \(39.9, 116.4\) are no longitude and latitude"):
        weights("distance", table, unit="u", coordinates=("lon", "lat"))


def test_values_that_cannot_be() -> None:
    with pytest.raises(MethodError, match=r"unit a: It has the same mean as “b” \(2\)"):
        weights("economic", {"u": ["a", "b"], "v": [2.0, 2.0]}, unit="u", value="v")
    table = {"city": ["a", "b"], "x": [0.0, 1.0], "y": [0.0, 0.0], "v": [-1.0, 2.0]}
    with pytest.raises(MethodError, match="unit a: The mean -1 is not above 0"):
        weights("nested", table, value="v", nesting="diagonal", **PLANE)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="islands: guangdong is for provinces"):
        weights("distance", POINTS, cutoff=2, islands="guangdong", **PLANE)  # type: ignore[arg-type]


def test_every_option_serves_a_kind() -> None:
    assert {o for options in SERVE.values() for o in options} == {
        "touching", "k", "power", "cutoff", "value", "geography", "nesting", "share"
    }  # fmt: skip
