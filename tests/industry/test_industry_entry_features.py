"""Features of entry: by hand on a small table, what they do not depend on, and tables that will not do."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from entry_tables import COLUMNS, related, table

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.industry.entry.features import features
from nqpf.industry.entry.measures import collaborative, reconstructed

X = np.array([[[8.0, 1, 1, 0], [4, 4, 1, 1], [1, 4, 4, 0], [0, 1, 4, 5]]])
M = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], dtype=bool)


def given(**options: Any) -> pl.DataFrame:
    return features(table(X), "jobs", **COLUMNS, **options).frame


def square(frame: pl.DataFrame, name: str) -> np.ndarray:
    return frame[name].to_numpy().reshape(4, 4)


def test_who_has_what_and_its_sums() -> None:
    found = given()
    np.testing.assert_array_equal(square(found, "present"), M)
    np.testing.assert_array_equal(square(found, "ubiquity"), np.tile([2, 2, 2, 1], (4, 1)))
    np.testing.assert_array_equal(square(found, "diversity"), np.tile([[1], [2], [2], [2]], (1, 4)))
    np.testing.assert_array_equal(square(found, "diversity_ubiquity"), np.outer([1, 2, 2, 2], [2, 2, 2, 1]))
    np.testing.assert_allclose(square(found, "advantage"), np.log1p(square(found, "rca")), rtol=1e-15)
    np.testing.assert_allclose(square(found, "region_size")[:, 0], np.log([10, 10, 9, 10]))
    np.testing.assert_allclose(square(found, "industry_size")[0], np.log([13, 10, 10, 6]))


@pytest.mark.parametrize("diagonal", ["zero", "one"])
def test_density_is_the_share_of_what_is_related(diagonal: str) -> None:
    found = given(diagonal=diagonal)
    own = float(diagonal == "one")
    phi = np.array([[own, 0.5, 0, 0], [0.5, own, 0.5, 0], [0, 0.5, own, 0.5], [0, 0, 0.5, own]])
    np.testing.assert_allclose(square(found, "density"), M @ phi / phi.sum(axis=0), atol=1e-15)
    held = np.log1p(square(found, "rca"))
    np.testing.assert_allclose(square(found, "continuous_density"), held @ phi / phi.sum(axis=0), atol=1e-15)


def test_neighbours_are_weighed_by_likeness() -> None:
    likeness = np.zeros((4, 4))
    likeness[0, 1] = likeness[1, 0] = 1 / np.sqrt(2)
    likeness[1, 2] = likeness[2, 1] = likeness[2, 3] = likeness[3, 2] = 1 / 2
    expected = likeness @ M / likeness.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(square(given(), "collaborative"), expected, atol=1e-15)
    # The nearest only: city 1 looks at city 0; city 2 at both that are as near.
    nearest, alone = collaborative(M, 1)
    assert alone == 0
    np.testing.assert_allclose(nearest[1], M[0])
    np.testing.assert_allclose(nearest[2], (M[1].astype(float) + M[3]) / 2)


def test_a_region_like_none_has_no_neighbours() -> None:
    found, alone = collaborative(np.array([[1, 0], [0, 1], [0, 1]], dtype=bool))
    assert alone == 1
    assert found.tolist() == [[0, 0], [0, 1], [0, 1]]


def test_the_first_axis_is_diversity_times_ubiquity_and_all_axes_are_the_table() -> None:
    np.testing.assert_allclose(reconstructed(M, 1), np.outer(M.sum(axis=1), M.sum(axis=0)) / M.sum(), atol=1e-12)
    np.testing.assert_allclose(reconstructed(M, 4), M, atol=1e-12)
    wide = np.random.default_rng(0).random((5, 9)) < 0.5
    wide[:, 0] = wide[0] = True
    scale = np.sqrt(np.outer(wide.sum(axis=1), wide.sum(axis=0)))
    u, s, v = np.linalg.svd(wide / scale, full_matrices=False)
    for m, expected in ((wide, (u[:, :3] * s[:3]) @ v[:3] * scale), (wide.T, ((u[:, :3] * s[:3]) @ v[:3] * scale).T)):
        np.testing.assert_allclose(reconstructed(m, 3), expected, atol=1e-12)


def test_a_small_table_keeps_fewer_axes_and_says_so() -> None:
    found = features(table(X), "jobs", **COLUMNS, names=["svd"])
    assert [str(n) for n in found.notes] == ["The table is small: the reconstruction keeps 3 axes, not 10."]
    np.testing.assert_allclose(square(found.frame, "svd"), reconstructed(M, 3))


def test_growth_is_the_change_over_the_mean() -> None:
    later = np.concatenate([X, 2 * X])
    later[1, :, 3] = [0, 0, 0, 6]
    found = features(table(later), "jobs", **COLUMNS).frame
    np.testing.assert_allclose(square(found, "industry_growth")[0], [2 / 3, 2 / 3, 2 / 3, 0])
    assert "industry_growth" not in features(table(later), "jobs", **COLUMNS, at=2000).frame.columns
    with pytest.raises(MethodError, match=r"2000.*no earlier year to take industry_growth from"):
        features(table(later), "jobs", **COLUMNS, at=2000, names=["industry_growth"])


def test_units_order_and_later_years_do_not_matter() -> None:
    x = related(1, years=3, regions=12, industries=9)
    base = features(table(x[:2]), "jobs", **COLUMNS, at=2010).frame
    other = table(1000 * x).sample(fraction=1, shuffle=True, seed=3)
    found = features(other, "jobs", **COLUMNS, at=2010).frame
    assert found.columns == base.columns
    for name in base.columns[4:]:
        if not name.endswith("_size"):
            np.testing.assert_allclose(found[name], base[name], atol=1e-9)
    np.testing.assert_allclose(found["region_size"] - base["region_size"], np.log(1000))


def test_regions_without_activity_are_dropped_on_demand_only() -> None:
    gone = X.copy()
    gone[0, 3] = 0
    with pytest.raises(MethodError, match=r"without any activity \(1\): c03"):
        features(table(gone), "jobs", **COLUMNS)
    gone[0, 0, 3] = 1
    found = features(table(gone), "jobs", **COLUMNS, empty="drop")
    assert sorted(set(found.frame["city"])) == ["c00", "c01", "c02"]
    assert "no_activity_unit" in [n.code for n in found.notes]


def test_what_is_apart_has_no_complexity_and_no_density() -> None:
    apart = np.zeros((1, 5, 5))
    apart[0, :4, :4] = X[0]
    apart[0, 1, 3] = 0
    apart[0, 4, 4] = 5
    found = features(table(apart), "jobs", **COLUMNS)
    own = found.frame.filter(sector="s04")
    assert own["pci"].to_list() == [None] * 5
    assert own["density"].to_list() == [0] * 5
    assert found.frame.filter(pl.col("sector") != "s04")["pci"].null_count() == 0
    assert {"entry_no_pci", "entry_related_to_none", "entry_like_none"} <= {n.code for n in found.notes}


def test_the_table_comes_back_as_it_was_given() -> None:
    pandas = pytest.importorskip("pandas")
    found = features(table(X).to_pandas(), "jobs", **COLUMNS).to_frame()
    assert isinstance(found, pandas.DataFrame)


LAND = {"city": ["c00", "c01", "c02", "c03"], "land": [1, 2, 3, 4]}
SKILL = {"sector": ["s00", "s01", "s02", "s03"], "skill": [0.1, 0.2, 0.3, 0.4]}


def test_extra_features_are_matched_by_name() -> None:
    both = table(X).select("city", "sector", "year", link=pl.col("jobs") * 2).sample(fraction=1, shuffle=True, seed=1)
    more = {"city": [*LAND["city"], "elsewhere"], "land": [*LAND["land"], 9]}
    result = features(table(X), "jobs", **COLUMNS, extra=[more, SKILL, both])
    found = result.frame
    np.testing.assert_array_equal(square(found, "land"), np.tile([[1], [2], [3], [4]], (1, 4)))
    np.testing.assert_array_equal(square(found, "skill"), np.tile(SKILL["skill"], (4, 1)))
    np.testing.assert_array_equal(square(found, "link"), 2 * X[0])
    assert [str(n) for n in result.notes if n.code == "entry_extra_unused"] == [
        "Rows of extra features (land) about regions, industries or years that the table lacks are not used: 1."
    ]


WRONG: dict[str, tuple[dict[str, Any], type[NqpfError], str]] = {
    "year": ({"at": 1990}, SpecError, "no year “1990”. There is: 2000"),
    "name": ({"names": ["densty"]}, SpecError, "Did you mean “density”"),
    "names": ({"names": []}, SpecError, "No feature is named"),
    "diagonal": ({"diagonal": "two"}, SpecError, "zero"),
    "rank": ({"rank": 0}, SpecError, "at least 1"),
    "neighbours": ({"neighbours": 0}, SpecError, "at least 1"),
    "extra twice": ({"extra": [LAND, LAND]}, SpecError, "There is a feature “land” already"),
    "extra like ours": ({"extra": {"city": ["c00"], "density": [1]}}, SpecError, "a feature “density” already"),
    "extra without keys": ({"extra": {"land": [1]}}, DataError, "needs the column “city” or “sector”"),
    "extra key twice": (
        {"extra": {"city": ["c00", "c00"], "land": [1, 2]}},
        DataError,
        "row 2|row 1",
    ),
    "extra word": ({"extra": {"city": ["c00"], "land": ["much"]}}, DataError, "much"),
    "extra gap": (
        {"extra": {"city": ["c00", "c01", "c02"], "land": [1, 2, 3]}, "names": ["land"]},
        MethodError,
        r"c03.*“land” has no value here \(4 pairs in all\)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_will_not_do(case: str) -> None:
    options, kind, words = WRONG[case]
    with pytest.raises(kind) as caught:
        given(**options)
    assert re.search(words, str(caught.value)), str(caught.value)
