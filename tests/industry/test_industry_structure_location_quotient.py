"""Location quotients: cases by hand, intervals beside a simulation, verdicts, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from structure_tables import made_up

from nqpf.errors import MethodError, SpecError
from nqpf.industry.structure.location_quotient import Proportions, location_quotient, standardised

KEYS: dict[str, Any] = {"unit": "region", "industry": "industry"}


def small() -> pl.DataFrame:
    rows = [("a", "x", 30.0), ("a", "y", 10.0), ("b", "x", 10.0), ("b", "y", 30.0), ("b", "z", 20.0)]
    return pl.DataFrame(rows, schema=["region", "industry", "jobs"], orient="row")


def test_quotients_by_hand() -> None:
    found = location_quotient(small(), "jobs", **KEYS).frame
    assert found.select("region", "industry").row(2) == ("a", "z")
    np.testing.assert_allclose(found["quotient"], [1.875, 0.625, 0, 10 / 60 / 0.4, 0.5 / 0.4, 20 / 60 / 0.2])
    np.testing.assert_allclose(found["excess"].head(3), [30 - 16, 10 - 16, -8])
    assert found["symmetric"][0] == pytest.approx(0.875 / 2.875)
    assert "low" not in found.columns


def test_quotients_weighted_by_the_whole_are_one_and_excess_sums_to_nothing() -> None:
    table = made_up(7, 5, 2, zeros=0.3)
    found = location_quotient(table, "jobs", **KEYS, time="year", empty="drop").frame
    total = table.group_by("year", "industry").agg(pl.col("jobs").sum().alias("of"))
    sums = (
        found.join(total, on=["year", "industry"])
        .with_columns(pl.col("of") / pl.col("of").sum().over("year", "region") * pl.col("quotient"))
        .group_by("year", "region")
        .agg(pl.col("of").sum(), pl.col("excess").sum())
    )
    np.testing.assert_allclose(sums["of"], 1.0, atol=1e-9)
    np.testing.assert_allclose(sums["excess"], 0.0, atol=1e-9)


@pytest.mark.parametrize("kind", ["log", "delta", "fieller"])
def test_intervals_cover_what_they_should(kind: Any) -> None:
    """Persons are drawn 2,000 times; 95 % of intervals hold the true quotient, give or take four standard errors."""
    rng = np.random.default_rng(1)
    sizes = np.array([300, 800, 4000])
    odds = np.array([[0.1, 0.3, 0.6], [0.2, 0.2, 0.6], [0.05, 0.45, 0.5]])
    true = odds / ((sizes[:, None] * odds).sum(axis=0) / sizes.sum())
    runs = 2000
    drawn = np.stack([rng.multinomial(size, p, runs) for size, p in zip(sizes, odds, strict=True)], axis=1)
    held = np.zeros(true.shape)
    for counts in drawn.astype(float):
        low, high = Proportions.of(counts, counts.sum(axis=0)).bounds(kind, 1.959964)
        held += (low <= true) & (true <= high)
    assert np.abs(held / runs - 0.95).max() < 4 * np.sqrt(0.95 * 0.05 / runs)


def test_log_interval_by_hand() -> None:
    """The region is part of the whole: d ln LQ = (1/X − 1/T) dX − dY/T with X in the region and Y in the rest."""
    found = location_quotient(small(), "jobs", **KEYS, interval="log").frame.row(0, named=True)
    slope_own, slope_rest = 1 / 30 - 1 / 40, 1 / 40
    variance = slope_own**2 * 40 * 0.75 * 0.25 + slope_rest**2 * 60 * (1 / 6) * (5 / 6)
    assert found["high"] == pytest.approx(1.875 * np.exp(1.959963985 * np.sqrt(variance)))
    assert found["low"] == pytest.approx(1.875 * np.exp(-1.959963985 * np.sqrt(variance)))


def test_fieller_and_delta_meet_where_there_are_many() -> None:
    table = small().with_columns(pl.col("jobs") * 1e6)
    ends = [location_quotient(table, "jobs", **KEYS, interval=k).frame.drop_nulls() for k in ("fieller", "delta")]
    np.testing.assert_allclose(ends[0]["low"], ends[1]["low"], rtol=1e-5)
    np.testing.assert_allclose(ends[0]["high"], ends[1]["high"], rtol=1e-5)


def test_verdicts_and_pairs_without_activity() -> None:
    found = location_quotient(small(), "jobs", **KEYS, interval="log", cutoff=1.25)
    verdict = dict(
        zip(zip(found.frame["region"], found.frame["industry"], strict=True), found.frame["verdict"], strict=True)
    )
    assert verdict["a", "x"] == "above"
    assert verdict["b", "x"] == "below"
    assert verdict["b", "y"] == "unclear"
    assert (verdict["a", "z"], verdict["b", "z"]) == (None, None)
    assert "No interval where a region has nothing of an industry, or all of it (pairs: 2)" in str(found.notes[-1])


def test_bonferroni_widens_intervals() -> None:
    plain, wide = (
        location_quotient(small(), "jobs", **KEYS, interval="log", adjust=a).frame for a in ("none", "bonferroni")
    )
    assert (wide["high"] > plain["high"]).drop_nulls().all()
    assert (wide["low"] < plain["low"]).drop_nulls().all()


def test_cases_turn_units_into_counts() -> None:
    persons = location_quotient(small(), "jobs", **KEYS, interval="log").frame
    tens = small().with_columns(pl.col("jobs") / 100)
    with pytest.raises(
        MethodError, match=r"unit a, industry x: Intervals are for counts of persons or firms; this is 0\.3"
    ):
        location_quotient(tens, "jobs", **KEYS, interval="log")
    again = location_quotient(tens, "jobs", **KEYS, interval="log", cases=100).frame
    np.testing.assert_allclose(again["low"].drop_nulls(), persons["low"].drop_nulls())
    assert location_quotient(tens, "jobs", **KEYS).frame["quotient"][0] == pytest.approx(1.875)  # money needs no counts


def test_standardised_quotients() -> None:
    found = location_quotient(small(), "jobs", **KEYS, standardise="quotient").frame
    np.testing.assert_allclose(found["standardised"].to_numpy().reshape(2, 3).sum(axis=0), 0.0, atol=1e-12)
    logs = location_quotient(small(), "jobs", **KEYS, standardise="log").frame
    assert logs.filter(region="a", industry="z")["standardised"][0] is None
    assert np.isnan(standardised(np.array([[1.0], [1.0 + 1e-13]]), "quotient")).all()


def test_row_order_and_unit_of_measurement_do_not_matter() -> None:
    table = made_up(6, 5, 2)
    plain = location_quotient(table, "jobs", **KEYS, time="year").frame
    other = table.with_columns(pl.col("jobs") * 7).sample(fraction=1, shuffle=True, seed=1)
    again = location_quotient(other, "jobs", **KEYS, time="year").frame
    np.testing.assert_allclose(again["quotient"], plain["quotient"], rtol=1e-12)
    assert again.select("year", "region", "industry").equals(plain.select("year", "region", "industry"))


def test_a_national_row_is_the_whole() -> None:
    nation = pl.DataFrame({"region": ["N"] * 3, "industry": ["x", "y", "z"], "jobs": [80.0, 60.0, 60.0]})
    found = location_quotient(pl.concat([small(), nation]), "jobs", **KEYS, whole="N", interval="log").frame
    assert found["region"].unique().sort().to_list() == ["a", "b"]
    assert found["quotient"][0] == pytest.approx(0.75 / 0.4)
    with pytest.raises(MethodError, match="row of the whole has nothing in industries that regions have: z"):
        location_quotient(pl.concat([small(), nation.head(2)]), "jobs", **KEYS, whole="N")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": "wald"}, "log, delta, fieller"),
        ({"adjust": "holm"}, "bonferroni"),
        ({"standardise": "rank"}, "quotient, log"),
        ({"level": 95}, "a number between 0 and 1"),
        ({"cutoff": 0}, "a number above 0"),
        ({"cases": -1}, "a number above 0"),
    ],
)
def test_options_that_there_are_not(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        location_quotient(small(), "jobs", **KEYS, **options)


def test_one_region_is_no_comparison() -> None:
    with pytest.raises(MethodError, match="Regions with activity: 1;"):
        location_quotient(small().filter(region="a"), "jobs", **KEYS)
