"""Complexity, proximity, density and opportunity on tables: years, anchors, parts, notes, identities."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.industry.relatedness.arrays import density_of, fitness_of, proximity_of, spectrum
from nqpf.industry.relatedness.complexity import complexity
from nqpf.industry.relatedness.density import density
from nqpf.industry.relatedness.opportunity import opportunity
from nqpf.industry.relatedness.proximity import proximity
from nqpf.industry.relatedness.space import Space, space
from nqpf.messages import speak

KEYS: dict[str, Any] = {"unit": "city", "industry": "sector"}
YEARLY: dict[str, Any] = {**KEYS, "time": "year"}


def long(x: np.ndarray, year: int = 2020, first: int = 0) -> pl.DataFrame:
    """Return activity ``[N, K]`` as a table without rows for nothing; industries are numbered from `first`."""
    n, k = np.nonzero(x)
    return pl.DataFrame(
        {
            "year": [year] * n.size,
            "city": [f"c{i:02}" for i in n],
            "sector": [f"s{j + first:02}" for j in k],
            "jobs": x[n, k],
        }
    )


def nested(seed: int, n: int = 14, k: int = 20) -> np.ndarray:
    """Return activity in which able regions (the last) have what others have, and more."""
    rng = np.random.default_rng(seed)
    able, hard = np.linspace(0.1, 1, n)[:, None], np.linspace(0, 0.9, k)[None]
    has = rng.random((n, k)) < 1 / (1 + np.exp(-15 * (able - hard)))
    return np.where(has, np.exp(rng.normal(0, 0.3, (n, k))), 0.0) + 0.001


TABLE = long(nested(0))
PANEL = pl.concat([long(nested(s), 2020 + s) for s in range(3)])


def of(table: pl.DataFrame, **options: Any) -> Space:
    return space(table, "jobs", **(YEARLY if table["year"].n_unique() > 1 else KEYS), **options)


def codes(result: Any) -> set[str]:
    return {note.code for note in result.notes}


def test_scores_stand_by_their_keys() -> None:
    found = of(TABLE).complexity()
    m = of(TABLE).presence.years[0].m
    s = spectrum(m)
    np.testing.assert_allclose(found.regions["eci"], s.eci)
    np.testing.assert_allclose(found.industries["pci"], s.pci)
    assert found.regions["diversity"].to_list() == m.sum(axis=1).tolist()
    assert found.industries["ubiquity"].to_list() == m.sum(axis=0).tolist()
    np.testing.assert_allclose(found.regions["mean_ubiquity"], [m.sum(axis=0)[row].mean() for row in m])
    np.testing.assert_allclose(found.industries["mean_diversity"], [m.sum(axis=1)[col].mean() for col in m.T])
    assert found.regions["covered"].to_list() == [1.0] * 14
    assert found.regions["total"].sum() == pytest.approx(TABLE["jobs"].sum())
    summary = found.summary.row(0, named=True)
    assert summary["lambda2"] == s.lambda2
    assert summary["gap"] == pytest.approx(1 - s.lambda3 / s.lambda2)
    assert summary["fill"] == m.mean()
    assert summary["basis"] == "diversity"
    assert found.method.id == "industry.complexity"
    assert found.method.options["threshold"] == 1.0
    assert np.corrcoef(found.regions["eci"], np.arange(14))[0, 1] > 0.9
    assert codes(found) == set()


def test_functions_and_the_space_agree() -> None:
    whole = of(PANEL)
    for method in ("eci", "fitness"):
        alone = complexity(PANEL, "jobs", method=method, **YEARLY)
        assert alone.regions.equals(whole.complexity(method).regions)
    assert proximity(PANEL, "jobs", kind="cosine", **YEARLY).frame.equals(whole.proximity("cosine").frame)
    assert density(PANEL, "jobs", neighbours=4, **YEARLY).frame.equals(whole.density(neighbours=4).frame)
    assert opportunity(PANEL, "jobs", gain="net", **YEARLY).pairs.equals(whole.opportunity(gain="net").pairs)
    trimmed = complexity(PANEL, "jobs", min_diversity=3, threshold=1.1, **YEARLY)
    assert trimmed.regions.equals(of(PANEL, min_diversity=3, threshold=1.1).complexity().regions)


def test_rows_in_any_order_and_any_unit_of_value() -> None:
    one = of(PANEL)
    other = of(PANEL.sample(fraction=1, shuffle=True, seed=1).with_columns(pl.col("jobs") * 8.1e6))
    np.testing.assert_allclose(other.complexity().regions["eci"], one.complexity().regions["eci"], atol=1e-10)
    np.testing.assert_allclose(other.density().values, one.density().values, atol=1e-12)
    np.testing.assert_allclose(other.opportunity().gain, one.opportunity().gain, atol=1e-10)


def test_each_year_is_by_itself_without_an_anchor() -> None:
    found = complexity(PANEL, "jobs", **YEARLY)
    for year in (2020, 2021, 2022):
        alone = complexity(PANEL.filter(year=year), "jobs", **KEYS)
        assert found.regions.filter(year=year)["eci"].to_list() == alone.regions["eci"].to_list()
    assert found.summary["year"].to_list() == [2020, 2021, 2022]


def test_an_anchor_year_gives_every_year_its_scale() -> None:
    found = complexity(PANEL, "jobs", anchor=2021, **YEARLY)
    base = complexity(PANEL.filter(year=2021), "jobs", **KEYS)
    for year in (2020, 2021, 2022):
        assert found.industries.filter(year=year)["pci"].to_list() == base.industries["pci"].to_list()
    assert found.regions.filter(year=2021)["eci"].to_list() == pytest.approx(base.regions["eci"].to_list())
    m = of(PANEL).presence.years[2].m
    expected = m @ base.industries["pci"].to_numpy() / m.sum(axis=1)
    np.testing.assert_allclose(found.regions.filter(year=2022)["eci"], expected)
    assert found.summary["year"].to_list() == [2021]


def test_pooled_years_are_one_table() -> None:
    found = complexity(PANEL, "jobs", anchor="pooled", **YEARLY)
    m = np.vstack([year.m for year in of(PANEL).presence.years])
    s = spectrum(m)
    np.testing.assert_allclose(found.regions["eci"], s.eci, atol=1e-12)
    np.testing.assert_allclose(found.industries["pci"], np.tile(s.pci, 3), atol=1e-12)
    assert found.regions["eci"].mean() == pytest.approx(0, abs=1e-12)
    assert found.summary["year"].to_list() == [None]


def test_industries_absent_in_the_anchor_are_named_and_do_not_count() -> None:
    more = np.hstack([nested(1), np.full((14, 1), 0.001)])
    more[4, 20] = 5.0
    table = pl.concat([long(nested(0), 2020), long(more, 2021)])
    found = complexity(table, "jobs", anchor=2020, empty="drop", **YEARLY)
    note = next(n for n in found.notes if n.code == "anchor_absent")
    assert "in the anchor 2020 do not count (1): s20" in str(note)
    row = found.regions.filter(year=2021, city="c04").row(0, named=True)
    assert row["covered"] == pytest.approx(1 - 1 / row["diversity"])
    assert found.industries.filter(sector="s20")["pci"].to_list() == [None, None]
    scored = found.industries.filter(year=2021)["pci"].fill_null(0).to_numpy()
    m = space(table, "jobs", empty="drop", **YEARLY).presence.years[1].m
    expected = m @ scored / (m[:, :20].sum(axis=1))
    np.testing.assert_allclose(found.regions.filter(year=2021)["eci"], expected)


def test_years_that_share_no_industry_with_the_anchor() -> None:
    table = pl.concat([long(nested(0), 2020), long(nested(1), 2021, first=50)])
    with pytest.raises(MethodError, match="year 2021: No industry of this year has a score in the anchor 2020"):
        complexity(table, "jobs", anchor=2020, empty="drop", **YEARLY)
    with pytest.raises(SpecError, match=r"no year “2019” to anchor to\. There is: 2020, 2021"):
        complexity(table, "jobs", anchor=2019, empty="drop", **YEARLY)
    for anchor in (2020, "pooled"):
        with pytest.raises(SpecError, match="a table without years has no anchor"):
            complexity(TABLE, "jobs", anchor=anchor, **KEYS)


def test_fitness_by_year_and_by_an_anchor() -> None:
    found = complexity(PANEL, "jobs", method="fitness", rounds=30, **YEARLY)
    m = of(PANEL).presence.years[1].m
    np.testing.assert_allclose(found.regions.filter(year=2021)["fitness"], fitness_of(m, 30).fitness)
    assert found.summary["rounds"].to_list() == [30] * 3
    assert found.method.id == "industry.fitness"
    fixed = complexity(PANEL, "jobs", method="fitness", anchor=2020, **YEARLY)
    quality = fixed.industries.filter(year=2020)["quality"].to_numpy()
    np.testing.assert_allclose(fixed.regions.filter(year=2021)["fitness"], m @ quality)
    short = complexity(TABLE, "jobs", method="fitness", rounds=2, **KEYS)
    assert "has not settled after 2 rounds" in str(short.notes[-1])


def blocks() -> np.ndarray:
    x = np.zeros((9, 9))
    x[:6, :6] = nested(5, 6, 6) + np.triu(np.full((6, 6), 0.5))
    x[6:, 6:] = [[3, 1, 0], [0, 3, 1], [1, 0, 3]]
    return x


def test_parts_that_nothing_connects_are_named() -> None:
    table = long(blocks())
    with pytest.raises(
        MethodError, match=r"fall into 2 parts .*\[regions c00, c01, c02, c03 .*\[regions c06, c07, c08; industries s06"
    ):
        complexity(table, "jobs", **KEYS)
    found = complexity(table, "jobs", parts="largest", **KEYS)
    assert found.regions["eci"].is_null().to_list() == [False] * 6 + [True] * 3
    assert found.industries["pci"].is_null().to_list() == [False] * 6 + [True] * 3
    assert set(found.left_out["reason"]) == {"apart"}
    assert "3 regions and 3 industries apart from it have no score: c06" in str(found.notes[-1])
    assert found.summary["lambda2"].item() < 1
    with pytest.raises(MethodError, match="More than one part is the largest, with 1 regions and 1 industries"):
        complexity(long(np.eye(3)), "jobs", parts="largest", **KEYS)


def test_a_split_of_sectors_is_not_called_complexity() -> None:
    # Five regions share four common industries, the seven others have many of ten that are their own; one has both.
    x = np.zeros((12, 14))
    x[:5, :4] = 10.0
    x[5:, 4:] = 10.0 * (np.random.default_rng(0).random((7, 10)) < 0.9)
    x[5, 0] = 50.0
    found = complexity(long(x), "jobs", **KEYS)
    summary = found.summary.row(0, named=True)
    assert summary["diversity"] > 0
    assert summary["ubiquity"] > 0
    assert "complexity_split" in codes(found)
    text = str(next(n for n in found.notes if n.code == "complexity_split"))
    assert "splits sectors" in text
    with speak("zh"):
        assert "不宜当作复杂度解读" in str(next(n for n in found.notes if n.code == "complexity_split"))


def test_years_that_rank_the_other_way_round_are_named() -> None:
    turned = long(nested(0)[:, ::-1], 2021)  # the able ones keep to what was easy
    table = pl.concat([long(nested(0), 2020), turned, long(nested(1)[:, ::-1], 2022)])
    found = complexity(table, "jobs", **YEARLY)
    assert "In 1 years industries are ranked the other way round than in the year before: 2021" in str(found.notes[-1])
    assert "complexity_turned" not in codes(complexity(table, "jobs", anchor="pooled", **YEARLY))
    assert "complexity_turned" not in codes(complexity(PANEL, "jobs", **YEARLY))


def test_doubtful_eigenvectors_say_so() -> None:
    ring = np.eye(8) + np.roll(np.eye(8), 1, axis=1)  # λ₂ comes twice, nobody is more diverse
    found = complexity(long(ring), "jobs", **KEYS)
    assert {"complexity_sign", "complexity_tied", "complexity_few"} <= codes(found)
    assert "λ₂ = 0.8536, λ₃ = 0.8536" in str(next(n for n in found.notes if n.code == "complexity_tied"))
    assert "(8 in the first of them)" in str(next(n for n in found.notes if n.code == "complexity_few"))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.full((4, 5), 2.0), "All 4 regions have all 5 industries: nothing tells them apart"),
        (np.outer([1.0, 2.0, 7.0], [0.3, 0.9, 1.1]), "All 3 regions have all 3 industries"),
        (np.ones((1, 5)), "regions: 1, industries: 5"),
        (np.ones((5, 1)), "regions: 5, industries: 1"),
    ],
)
def test_tables_that_tell_nothing(x: np.ndarray, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        complexity(long(x), "jobs", **KEYS)


def test_where_all_have_the_same_density_is_one_and_nothing_correlates() -> None:
    same = long(np.outer([1.0, 2.0, 7.0], [0.3, 0.9, 1.1]))
    np.testing.assert_allclose(density(same, "jobs", **KEYS).values, 1.0)
    with pytest.raises(MethodError, match=r"industry s00.*the same in all regions"):
        proximity(same, "jobs", kind="continuous", **KEYS)


def test_proximity_by_year_and_pair() -> None:
    found = proximity(PANEL, "jobs", **YEARLY)
    m = of(PANEL).presence.years[1].m
    np.testing.assert_allclose(found.matrix(2021), proximity_of(m))
    assert found.industries(2021) == [f"s{j:02}" for j in range(20)]
    frame = found.frame
    assert frame.columns == ["year", "sector", "other", "proximity"]
    assert frame.height == 3 * 190
    pair = frame.filter(year=2021, sector="s03", other="s11")["proximity"].item()
    assert pair == proximity_of(m)[3, 11]
    for time in (None, 2019):
        with pytest.raises(SpecError, match="There is: 2020, 2021, 2022"):
            found.matrix(time)
    assert isinstance(proximity(TABLE.to_pandas(), "jobs", **KEYS).to_frame(), pd.DataFrame)


def test_density_by_kind_and_diagonal() -> None:
    year = of(TABLE).presence.years[0]
    for kind, x in (("minimum", year.m), ("cosine", year.m), ("continuous", year.rca)):
        for diagonal in ("one", "zero"):
            phi = proximity_of(x, kind, diagonal)  # type: ignore[arg-type]
            found = density(TABLE, "jobs", kind=kind, diagonal=diagonal, **KEYS)  # type: ignore[arg-type]
            np.testing.assert_allclose(found.values[0], year.m @ phi / phi.sum(axis=0), atol=1e-14)
            assert found.method.options["diagonal"] == diagonal
            weighed = density(TABLE, "jobs", kind=kind, diagonal=diagonal, weigh="rca", **KEYS)  # type: ignore[arg-type]
            np.testing.assert_allclose(weighed.values[0], year.rca @ phi / phi.sum(axis=0), atol=1e-12)
    near = density(TABLE, "jobs", neighbours=3, **KEYS).values[0]
    np.testing.assert_allclose(near, density_of(year.m, proximity_of(year.m), 3))
    frame = density(TABLE, "jobs", **KEYS).frame
    assert frame.columns == ["city", "sector", "rca", "present", "density"]
    assert frame["present"].dtype == pl.Boolean
    assert frame["density"].is_between(0, 1).all()


def test_an_industry_related_to_none_has_no_density() -> None:
    table = long(blocks()[:7, :7] + np.diag([0] * 6 + [5.0]))
    found = density(table, "jobs", diagonal="zero", **KEYS)
    assert np.isnan(found.values[0, :, 6]).all()
    assert "no density (1): s06" in str(found.notes[-1])
    reach = opportunity(table, "jobs", diagonal="zero", parts="largest", **KEYS)
    assert reach.regions["outlook"].null_count() == 0
    assert codes(reach) >= {"related_to_none", "complexity_parts"}


def test_opportunity_by_its_definition() -> None:
    year = of(TABLE).presence.years[0]
    found = opportunity(TABLE, "jobs", **KEYS)
    s, phi = spectrum(year.m), proximity_of(year.m)
    lacks, worth = 1 - year.m, s.pci - s.origin
    outlook = (lacks * (year.m @ phi / phi.sum(axis=0)) * worth).sum(axis=1)
    np.testing.assert_allclose(found.regions["outlook"], outlook, atol=1e-12)
    np.testing.assert_allclose(found.regions["coi"], (outlook - outlook.mean()) / outlook.std(), atol=1e-12)
    gain = lacks * (lacks @ (phi * (worth / phi.sum(axis=1))[:, None]))
    np.testing.assert_allclose(found.gain[0], gain, atol=1e-12)
    centred = opportunity(TABLE, "jobs", origin="mean", **KEYS).regions["outlook"]
    np.testing.assert_allclose(centred, (lacks * (year.m @ phi / phi.sum(axis=0)) * s.pci).sum(axis=1), atol=1e-12)
    pairs = found.pairs
    assert pairs.columns == ["city", "sector", "rca", "present", "density", "pci", "gain"]
    assert (pairs.filter("present")["gain"] == 0).all()


@pytest.mark.parametrize("diagonal", ["one", "zero"])
@pytest.mark.parametrize("neighbours", [None, 4])
def test_the_net_gain_is_what_the_outlook_changes_by(diagonal: Any, neighbours: int | None) -> None:
    found = opportunity(TABLE, "jobs", gain="net", diagonal=diagonal, neighbours=neighbours, **KEYS)
    year = of(TABLE).presence.years[0]
    s, phi = spectrum(year.m), proximity_of(year.m, "minimum", diagonal)

    def outlook(m: np.ndarray) -> np.ndarray:
        return (~m * density_of(m, phi, neighbours) * (s.pci - s.origin)).sum(axis=1)

    before = outlook(year.m)
    for j in (1, 9, 17):
        after = year.m.copy()
        after[:, j] = True
        np.testing.assert_allclose(found.gain[0, :, j], outlook(after) - before, atol=1e-12)


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (complexity, {"method": "pca"}, "pca"),
        (complexity, {"parts": "all"}, "all"),
        (complexity, {"rounds": 0}, "key rounds: 0 cannot be used"),
        (complexity, {"treshold": 2}, "no key “treshold” here. Did you mean “threshold”"),
        (proximity, {"kind": "min"}, "Did you mean “minimum”"),
        (proximity, {"diagonal": "two"}, "two"),
        (density, {"neighbours": 0}, "key neighbours: 0 cannot be used"),
        (density, {"weigh": "value"}, "value"),
        (opportunity, {"gain": "total"}, "total"),
        (opportunity, {"origin": "zero"}, "zero"),
    ],
)
def test_words_that_are_not_known(function: Any, options: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        function(TABLE, "jobs", **KEYS, **options)
