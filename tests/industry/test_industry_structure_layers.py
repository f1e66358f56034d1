"""New against old, and portfolios: cases by hand, parts that add up, intervals, and what is not measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_tables import made_up

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.structure.aspects import MEASURES, by_layer, drawn
from nqpf.industry.structure.new_against_old import new_against_old
from nqpf.industry.structure.portfolios import portfolios

GROUPS: dict[str, Any] = {
    "industry": "industry",
    "time": "year",
    "layer": "layer",
    "new": ["emerging", "future"],
    "old": "traditional",
}
COLUMNS = {
    "output": "y", "labour": "l", "profit": "p", "revenue": "r", "concentration": "cr4", "firms": "n", "rd": "rd",
    "skilled": "s",
}  # fmt: skip


def economy(seed: int = 0, years: tuple[int, ...] = (2015, 2018, 2021)) -> pl.DataFrame:
    """Return 8 traditional, 6 emerging and 2 future industries; the new grow by 12 % a year, the old by 3 %."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, layer in enumerate(["traditional"] * 8 + ["emerging"] * 6 + ["future"] * 2):
        new = layer != "traditional"
        size, people = rng.uniform(50, 150), rng.uniform(5, 15)
        for year in years:
            age = year - years[0]
            y = size * (1.12 if new else 1.03) ** age * rng.uniform(0.97, 1.03)
            rows.append(
                {
                    "industry": f"k{i:02d}", "year": year, "layer": layer, "y": y, "r": 3 * y,
                    "l": people * (0.5 if new else 1.0) * 1.01**age,
                    "p": 3 * y * rng.normal(0.12 if new else 0.04, 0.01),
                    "cr4": rng.uniform(0.3, 0.9), "n": float(rng.integers(5, 90)), "rd": 0.05 * y * (2 if new else 1),
                    "s": people * (0.2 if new else 0.1),
                }
            )  # fmt: skip
    return pl.DataFrame(rows)


def of(frame: pl.DataFrame, measure: str) -> dict[str, Any]:
    return frame.row(by_predicate=pl.col("measure") == measure, named=True)


def test_all_five_aspects_by_hand() -> None:
    rows = {
        "industry": ["o1", "o2", "n1", "n2"] * 2,
        "year": [2010] * 4 + [2012] * 4,
        "layer": ["traditional", "traditional", "emerging", "future"] * 2,
        "y": [60.0, 20, 15, 5, 66, 22, 36, 36],
        "l": [10.0, 10, 2, 1, 11, 9, 4, 2],
        "p": [5.0, -1, 4, 1, 3, 1, 9, 9],
        "r": [100.0, 40, 30, 10, 120, 40, 60, 60],
        "cr4": [0.2, 0.2, 0.5, 0.9, 0.25, 0.5, 0.5, 0.8],
        "n": [30.0, 10, 5, 1, 30, 14, 6, 2],
        "rd": [1.0] * 4 + [2.0, 0.4, 6, 12],
        "s": [1.0] * 4 + [2.0, 2, 3, 1.5],
    }
    found = new_against_old(pl.DataFrame(rows), **GROUPS, **COLUMNS)
    expected = {
        "share": (72 / 160, 88 / 160),
        "share_change": (72 / 160 - 20 / 100, 88 / 160 - 80 / 100),
        "growth": (np.sqrt(72 / 20) - 1, np.sqrt(88 / 80) - 1),
        "productivity": (72 / 6, 88 / 20),
        "productivity_growth": (np.sqrt(12 / (20 / 3)) - 1, np.sqrt(4.4 / 4) - 1),
        "margin": (18 / 120, 4 / 160),
        "concentration": (0.65, (66 * 0.25 + 22 * 0.5) / 88),
        "firm_size": (9.0, 2.0),
        "rd_intensity": (18 / 120, 2.4 / 160),
        "skilled_share": (4.5 / 6, 4 / 20),
    }
    for measure, (new, old) in expected.items():
        row = of(found.frame, measure)
        assert (row["new"], row["old"]) == (pytest.approx(new), pytest.approx(old)), measure
        assert row["difference"] == pytest.approx(new - old)
    assert of(found.frame, "acceleration")["missing"] == ["years"]
    assert found.frame["aspect"].unique(maintain_order=True).to_list() == [
        "carrier", "growth", "productivity", "competition", "labour_quality",
    ]  # fmt: skip
    assert "New industries: 2, old ones: 2." in str(found.notes[0])


def test_acceleration_is_growth_in_the_second_half_less_the_first() -> None:
    table = pl.DataFrame(
        {
            "industry": ["o", "n"] * 3, "year": [2010, 2010, 2012, 2012, 2013, 2013],
            "layer": ["traditional", "future"] * 3, "y": [100.0, 100, 121, 100, 121, 130],
        }
    )  # fmt: skip
    row = of(new_against_old(table, **{**GROUPS, "new": "future"}, output="y").frame, "acceleration")
    assert (row["new"], row["old"]) == (pytest.approx(0.3), pytest.approx(-0.1))


def test_aspects_without_columns_are_not_measured() -> None:
    found = new_against_old(economy(), **GROUPS, output="y", profit="p").frame
    assert set(found.filter(status="measured")["measure"]) == {"share", "share_change", "growth", "acceleration"}
    assert of(found, "margin")["missing"] == ["revenue"]
    assert of(found, "skilled_share")["missing"] == ["skilled", "labour"]
    assert found.filter(status="not_measured")["verdict"].unique().to_list() == ["not_measured"]
    nothing = new_against_old(economy(), **GROUPS)
    assert nothing.frame["status"].unique().to_list() == ["not_measured"]
    assert (nothing.layers.height, nothing.structure.height) == (0, 0)
    assert len(nothing.frame) == len(MEASURES)


def test_one_year_has_levels_and_no_growth() -> None:
    found = new_against_old(economy().filter(year=2021), **GROUPS, output="y", labour="l").frame
    assert of(found, "growth")["missing"] == ["years"]
    assert of(found, "productivity")["status"] == "measured"


def test_verdicts() -> None:
    found = new_against_old(economy(), **GROUPS, **COLUMNS).frame
    for measure in ("growth", "productivity", "margin", "rd_intensity", "skilled_share", "share_change"):
        row = of(found, measure)
        assert row["low"] < row["difference"] < row["high"]
        assert row["verdict"] == "as_stated", measure
    assert of(found, "share")["verdict"] == "no_claim"
    turned = new_against_old(
        economy(), **{**GROUPS, "new": "traditional", "old": ["emerging", "future"]}, **COLUMNS
    ).frame
    assert of(turned, "growth")["verdict"] == "contrary"
    assert of(turned, "growth")["difference"] == pytest.approx(-of(found, "growth")["difference"])
    assert of(found, "concentration")["verdict"] == "no_evidence"


def test_what_rounding_alone_tells_apart_is_no_evidence() -> None:
    same = economy().with_columns(p=0.1 * pl.col("r"))
    row = of(new_against_old(same, **GROUPS, profit="p", revenue="r").frame, "margin")
    assert abs(row["difference"]) < 1e-12
    assert row["verdict"] == "no_evidence"


def test_intervals_come_from_the_seed_and_not_from_the_order_of_rows_or_the_unit() -> None:
    table = economy()
    plain = new_against_old(table, **GROUPS, **COLUMNS, seed=1).frame
    other = table.with_columns(pl.col("y", "r", "p", "rd") * 1e4).sample(fraction=1, shuffle=True, seed=4)
    again = new_against_old(other, **GROUPS, **COLUMNS, seed=1).frame
    for name in ("low", "high", "difference"):
        ratio = np.where(plain["measure"].is_in(["productivity", "firm_size"]), 1e4, 1.0)
        np.testing.assert_allclose(again[name], plain[name].to_numpy() * ratio, rtol=1e-9, atol=1e-12)
    assert again["verdict"].equals(plain["verdict"])
    assert not new_against_old(table, **GROUPS, **COLUMNS, seed=2).frame["low"].equals(plain["low"])


def test_draws_keep_the_mean_and_the_variance_of_a_sample() -> None:
    times = drawn(6, 40_000, np.random.default_rng(0))
    x = np.array([1.0, 2, 4, 8, 16, 32])
    means = times @ x / 6
    assert means.mean() == pytest.approx(x.mean(), rel=0.01)
    assert means.var() == pytest.approx(x.var(ddof=1) / 6, rel=0.03)
    assert (drawn(1, 3, np.random.default_rng(0)) == 1).all()


def test_one_industry_has_no_interval() -> None:
    table = economy().filter((pl.col("layer") == "traditional") | (pl.col("industry") == "k08"))
    row = of(new_against_old(table, **{**GROUPS, "new": "emerging"}, **COLUMNS).frame, "margin")
    assert (row["low"], row["high"], row["new_industries"], row["verdict"]) == (None, None, 1, "no_evidence")


def test_what_starts_from_nothing_has_no_growth() -> None:
    born = (pl.col("layer") == "future") & (pl.col("year") == 2015)
    table = economy().with_columns(pl.when(born).then(0.0).otherwise("y").alias("y"))
    future = new_against_old(table, **{**GROUPS, "new": "future"}, output="y").frame
    row = of(future, "growth")
    assert (row["status"], row["new"], row["verdict"]) == ("undefined", None, "not_measured")
    assert row["old"] == pytest.approx(0.03, abs=0.01)
    few = table.filter(~pl.col("industry").is_in([f"k{i:02d}" for i in range(9, 14)]))
    mixed = new_against_old(few, **GROUPS, output="y")
    assert of(mixed.frame, "growth")["low"] is None
    assert "no interval for growth" in str(mixed.notes[-1])


def test_layers_and_industries_are_shown_by_themselves() -> None:
    found = new_against_old(economy(), **GROUPS, **COLUMNS)
    layers = found.layers.filter(measure="share")
    assert layers["layer"].to_list() == ["emerging", "future", "traditional"]
    assert layers["industries"].to_list() == [6, 2, 8]
    assert layers["value"].sum() == pytest.approx(1.0)
    one = found.industries.filter(industry="k03", measure="margin")["value"][0]
    row = economy().filter(industry="k03", year=2021)
    assert one == pytest.approx(row["p"][0] / row["r"][0])
    numbered = economy().with_columns(pl.col("industry").str.slice(1).cast(pl.Int64))
    assert new_against_old(numbered, **GROUPS, output="y").industries["industry"].dtype == pl.Int64


@given(st.integers(0, 10**6))
def test_growth_of_productivity_is_the_sum_of_its_parts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labour = rng.integers(0, 4, (2, 9)).astype(float)
    labour[:, 0] = 1.0
    output = labour * rng.uniform(0.5, 5, (2, 9))
    found = by_layer(output, labour, rng.integers(0, 3, 9), 3)
    parts = found.within + found.between_industries + found.between_layers
    assert parts.sum() == pytest.approx(found.growth, abs=1e-9)
    assert found.growth == pytest.approx(output[1].sum() / labour[1].sum() / (output[0].sum() / labour[0].sum()) - 1)


def test_parts_of_productivity_growth_by_hand() -> None:
    """Labour alone moves, from a layer with productivity 1 to one with 3: (3 − 2)·¼ + (1 − 2)·(−¼) over 2."""
    found = by_layer(np.array([[2.0, 6], [1, 9]]), np.array([[2.0, 2], [1, 3]]), np.array([0, 1]), 2)
    np.testing.assert_allclose(found.within, 0.0)
    np.testing.assert_allclose(found.between_industries, 0.0)
    np.testing.assert_allclose(found.between_layers, [1.25 * 0.25 / 2, 0.75 * 0.25 / 2])
    structure = new_against_old(economy(), **GROUPS, **COLUMNS).structure
    np.testing.assert_allclose(
        structure["total"],
        structure.select(pl.sum_horizontal("within", "between_industries", "between_layers")).to_series(),
    )


def test_cells_that_are_missing_or_wrong() -> None:
    table = economy()
    gap = table.filter(~((pl.col("industry") == "k04") & (pl.col("year") == 2015)))
    with pytest.raises(
        MethodError,
        match=r"industry k04, indicator y, year 2015: There is no number here \(.*in a year that is used: 1\)",
    ):
        new_against_old(gap, **GROUPS, output="y")
    assert of(new_against_old(gap, **GROUPS, output="y", start=2018).frame, "growth")["status"] == "measured"
    lone = pl.when((pl.col("industry") == "k05") & (pl.col("year") == 2021))
    with pytest.raises(MethodError, match=r"industry k05, indicator y, year 2021: This is negative"):
        new_against_old(table.with_columns(lone.then(-1.0).otherwise("y").alias("y")), **GROUPS, output="y")
    losses = table.with_columns(p=-pl.col("p"))
    assert of(new_against_old(losses, **GROUPS, profit="p", revenue="r").frame, "margin")["new"] < 0
    with pytest.raises(MethodError, match=r"industry k05, year 2021: There is output but no labour"):
        new_against_old(table.with_columns(lone.then(0.0).otherwise("l").alias("l")), **GROUPS, output="y", labour="l")
    changed = pl.when((pl.col("industry") == "k00") & (pl.col("year") == 2021))
    moved = table.with_columns(changed.then(pl.lit("future")).otherwise("layer").alias("layer"))
    with pytest.raises(
        DataError, match="industry k00: This industry has more than one class in column “layer”: future, traditional"
    ):
        new_against_old(moved, **GROUPS)
    with pytest.raises(DataError, match=r"unit k00, year 2015"):
        new_against_old(pl.concat([table, table.head(1)]), **GROUPS, output="y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"new": "emergent"}, "Did you mean “emerging”"),
        ({"new": []}, "emerging, future, traditional"),
        ({"old": ["traditional", "future"]}, "These layers stand on both sides: future"),
        ({"start": 2016}, "2015, 2018, 2021"),
        ({"level": 0}, "a number between 0 and 1"),
        ({"draws": 10}, "a number of at least 100"),
        ({"seed": -1}, "a number of at least 0"),
    ],
)
def test_options_that_there_are_not(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        new_against_old(economy(), **{**GROUPS, **options}, output="y")


def layered(years: int = 3) -> pl.DataFrame:
    kind = pl.when(pl.col("industry") == "i000").then(pl.lit("traditional")).otherwise(pl.lit("emerging"))
    return made_up(3, 4, years).with_columns(layer=kind)


def test_portfolios_by_hand() -> None:
    table = pl.DataFrame(
        {
            "region": ["a"] * 4, "industry": ["steel", "chips"] * 2, "year": [2020, 2020, 2022, 2022],
            "jobs": [80.0, 20, 76, 29], "layer": ["traditional", "emerging"] * 2,
        }
    )  # fmt: skip
    found = portfolios(table, "jobs", unit="region", industry="industry", time="year", layer="layer")
    last = found.frame.filter(year=2022, layer="emerging").row(0, named=True)
    assert (last["industries"], last["value"], last["since"]) == (1, 29.0, 2020)
    assert last["share"] == pytest.approx(29 / 105)
    assert last["growth"] == pytest.approx(0.45)
    assert last["points"] == pytest.approx(0.09)
    assert last["part"] == pytest.approx(9 / 5)
    assert found.frame.filter(year=2020)["growth"].null_count() == 2
    assert found.whole.equals(found.frame.drop("region"))


def test_shares_sum_to_one_and_points_to_growth() -> None:
    table = layered()
    found = portfolios(table, "jobs", unit="region", industry="industry", time="year", layer="layer")
    for frame, keys in ((found.frame, ["year", "region"]), (found.whole, ["year"])):
        sums = frame.group_by(keys, maintain_order=True).agg(pl.col("share", "points", "value").sum())
        np.testing.assert_allclose(sums["share"], 1.0)
        growth = sums.with_columns(pl.col("value").pct_change().over(keys[1:] or pl.lit(0)).alias("growth"))
        later = growth.filter(pl.col("year") > 2001)
        np.testing.assert_allclose(later["points"], later["growth"], atol=1e-9)
    shuffled = table.sample(fraction=1, shuffle=True, seed=0)
    again = portfolios(shuffled, "jobs", unit="region", industry="industry", time="year", layer="layer")
    assert again.frame.equals(found.frame)


def test_portfolios_refuse_what_has_no_layer_and_regions_without_activity() -> None:
    keys = {"unit": "region", "industry": "industry", "time": "year", "layer": "layer"}
    holes = layered().with_columns(pl.when(pl.col("industry") != "i002").then("layer").alias("layer"))
    with pytest.raises(DataError, match="industry i002: This industry has no class in column “layer”"):
        portfolios(holes, "jobs", **keys)
    gone = layered().filter(~((pl.col("region") == "r001") & (pl.col("year") == 2002)))
    with pytest.raises(MethodError, match=r"year 2002: Regions without any activity.*r001"):
        portfolios(gone, "jobs", **keys)
    found = portfolios(gone, "jobs", **keys, empty="drop").frame
    assert found.filter(region="r001")["year"].unique().to_list() == [2001, 2003]
    assert found.filter(region="r001", year=2003)["points"].null_count() == 2
