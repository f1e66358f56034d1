"""Traditional industries: falls beyond noise, parts that add up, jobs that are taken up."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.warning.abandonment import abandonment
from nqpf.industry.warning.upgrading import decompose

KEYS = {"unit": "r", "industry": "i", "time": "y", "layer": "l", "traditional": "old"}


def table(**series: list[float | None]) -> pl.DataFrame:
    """Return columns named region_industry as a table; steel is old, chips are new."""
    parts = []
    for name, values in series.items():
        region, industry = name.split("_")
        parts.append(
            pl.DataFrame(
                {
                    "r": region,
                    "i": industry,
                    "y": list(range(2010, 2010 + len(values))),
                    "l": "old" if industry == "steel" else "new",
                    "v": pl.Series(values, dtype=pl.Float64),
                }
            )
        )
    return pl.concat(parts)


def test_a_fall_by_hand() -> None:
    found = abandonment(table(a_steel=[100 * 0.93**k for k in range(8)]), **KEYS, investment="v")
    row = found.frame.row(0, named=True)
    assert row["slope"] == pytest.approx(np.log(0.93))
    assert (row["falls"], row["p_changes"]) == (7, 0.5**7)
    assert row["p_trend"] == pytest.approx(1 / 40320)
    assert row["q"] == row["p_changes"]
    light = found.lights.filter(measure="investment").row(0, named=True)
    assert (light["light"], light["tier"], light["year"]) == ("warn", "measured", "2010–2017")
    assert found.parts is None
    assert found.jobs is None
    assert set(found.lights.filter(tier="not_assessed")["measure"]) == {"tfp", "employment"}


def test_productivity_is_only_indicated() -> None:
    found = abandonment(table(a_steel=[1 - 0.03 * k for k in range(8)]), **KEYS, tfp="v")
    assert found.lights.filter(measure="tfp")["tier"][0] == "indicated"


def test_noise_is_not_lit() -> None:
    rng = np.random.default_rng(0)
    data = table(**{f"r{k}_steel": list(np.exp(np.cumsum(0.1 * rng.normal(size=10)))) for k in range(100)})
    for test in ("changes", "trend"):
        found = abandonment(data, **KEYS, employment="v", test=test)  # type: ignore[arg-type]
        share = (found.lights.filter(measure="employment")["light"] != "none").mean()
        assert share == 0 if test == "changes" else share > 0
    assert "abandonment_trend" in {n.code for n in found.notes}


def test_too_many_short_series_are_told() -> None:
    data = table(**{f"r{k}_steel": [9.0, 8, 7, 6, 5, 4 if k else 6] for k in range(4)})
    found = abandonment(data, **KEYS, employment="v")
    note = next(n for n in found.notes if n.code == "abandonment_power")
    assert "With 4 series of at most 6 years" in str(note)
    one = abandonment(data.filter(r="r1"), **KEYS, employment="v")
    assert "abandonment_power" not in {n.code for n in one.notes}


def test_only_traditional_industries_of_the_window() -> None:
    data = table(a_steel=[50.0, 60, 70, 80, 90, 100, 95, 90, 85, 80, 75], a_chips=[11.0 - k for k in range(11)])
    found = abandonment(data, **KEYS, employment="v", years=6)
    assert found.frame["i"].to_list() == ["steel"]
    assert found.frame.select("first", "last", "falls").row(0) == (2015, 2020, 5)


def test_gaps_and_short_series_are_not_assessed() -> None:
    data = table(a_steel=[9.0, 8, None, 7, 6, 5], b_steel=[6.0, 5, 4, 3, 2, 1], c_steel=[5.0, 4, 3, 2, 1, None])
    found = abandonment(data, **KEYS, investment="v")
    assert found.frame["status"].to_list() == ["missing", "tested", "missing"]
    reasons = found.lights.filter(measure="investment")["evidence"].to_list()
    assert reasons == ["reason.no_number", "abandonment.investment", "reason.no_number"]
    short = abandonment(table(a_steel=[3.0, 2, 1]), **KEYS, investment="v")
    assert short.frame["status"].to_list() == ["too_short"]
    assert "fewer than 6 years" in " ".join(map(str, short.notes))


def test_levels_where_there_may_be_none() -> None:
    data = table(a_steel=[60.0, 50, 40, 30, 20, 0])
    with pytest.raises(MethodError, match=r"unit a, industry steel.*2015.*0 is not positive.*scale=\"level\""):
        abandonment(data, **KEYS, investment="v")
    found = abandonment(data, **KEYS, investment="v", scale="level")
    assert found.frame["slope"][0] == pytest.approx(-10)
    assert found.lights.filter(measure="investment")["number"][0] == pytest.approx(-10 / (200 / 6))


def regions() -> pl.DataFrame:
    rows = []
    for region, steel, chips in (
        ("up", (100, 80), (50, 80)),
        ("left", (100, 60), (50, 55)),
        ("grow", (100, 120), (50, 60)),
    ):
        for k, year in enumerate((2015, 2020)):
            better = {"up": 1.5, "left": 0.9, "grow": 1.1}[region]
            rows.append((region, "steel", year, "old", steel[k], steel[k] * 2.0 * (better if k else 1)))
            rows.append((region, "chips", year, "new", chips[k], chips[k] * 3.0 * (1.2 if k else 1)))
    return pl.DataFrame(rows, schema=["r", "i", "y", "l", "jobs", "made"], orient="row")


def test_upgrading_and_leaving_are_told_apart() -> None:
    found = abandonment(regions(), **KEYS, employment="jobs", output="made")
    assert found.parts is not None
    assert dict(found.parts.select("r", "reading").iter_rows()) == {
        "up": "upgrading",
        "left": "leaving",
        "grow": "growing",
    }
    parts = found.parts.select("within_traditional", "between_traditional", "within_other", "between_other")
    np.testing.assert_allclose(parts.sum_horizontal(), found.parts["growth"], atol=1e-12)
    assert found.parts.filter(r="up")["share_first"][0] == pytest.approx(100 / 150)


def test_jobs_lost_and_taken_up() -> None:
    found = abandonment(regions(), **KEYS, employment="jobs")
    assert found.jobs is not None
    jobs = {row["r"]: row for row in found.jobs.iter_rows(named=True)}
    assert (jobs["up"]["lost"], jobs["up"]["gained"], jobs["up"]["absorbed"]) == (20, 30, 1.5)
    assert (jobs["left"]["lost_share"], jobs["left"]["absorbed"]) == (0.4, 0.125)
    assert (jobs["grow"]["lost"], jobs["grow"]["absorbed"]) == (0, None)
    lights = {row["region"]: row for row in found.lights.filter(measure="unabsorbed").iter_rows(named=True)}
    assert {r: row["light"] for r, row in lights.items()} == {"up": "none", "left": "warn"}
    assert lights["left"]["number"] == 0.875


def test_a_missing_row_is_not_nothing() -> None:
    data = regions().filter(~((pl.col("r") == "up") & (pl.col("i") == "chips") & (pl.col("y") == 2015)))
    found = abandonment(data, **KEYS, employment="jobs", output="made")
    assert found.parts is not None
    assert found.jobs is not None
    assert found.parts.filter(r="up")["growth"][0] is None
    assert found.jobs.filter(r="up")["lost"][0] is None
    assert found.lights.filter(measure="unabsorbed", region="up")["evidence"][0] == "reason.no_number"


@given(st.integers(0, 10**6), st.integers(2, 6))
def test_parts_add_up(seed: int, industries: int) -> None:
    rng = np.random.default_rng(seed)
    output, jobs = rng.uniform(1, 100, (2, 2, industries))
    jobs[rng.random((2, industries)) < 0.2] = 0
    jobs[:, 0] += 1
    output[jobs == 0] = 0
    old = rng.random(industries) < 0.5
    parts = decompose(output, jobs, old)
    total = np.diff(output.sum(axis=1) / jobs.sum(axis=1))[0]
    assert sum(parts.values()) == pytest.approx(total, abs=1e-9)


def test_order_of_rows_and_unit_do_not_matter() -> None:
    data = regions()
    one = abandonment(data, **KEYS, employment="jobs", output="made")
    two = abandonment(data.sample(fraction=1, shuffle=True, seed=3), **KEYS, employment="jobs", output="made")
    assert one.lights.equals(two.lights)
    assert one.frame.equals(two.frame)
    assert one.parts is not None
    assert two.parts is not None
    assert one.parts.equals(two.parts)


def test_bad_input() -> None:
    data = table(a_steel=[1.0] * 6)
    with pytest.raises(SpecError, match=r"“l” has no layer “odl”; it has old\. Did you mean “old”"):
        abandonment(data, **{**KEYS, "traditional": "odl"}, investment="v")
    with pytest.raises(SpecError, match="No quantity was given"):
        abandonment(data, **KEYS)
    twice = data.with_columns(l=pl.when(pl.col("y") == 2012).then(pl.lit("new")).otherwise("l"))
    with pytest.raises(MethodError, match=r"steel.*in the layer “new” and in “old”"):
        abandonment(twice, **KEYS, investment="v")
    with pytest.raises(DataError, match="does not say here which layer"):
        abandonment(data.with_columns(l=pl.when(pl.col("y") == 2012).then(None).otherwise("l")), **KEYS, investment="v")
    with pytest.raises(DataError, match="Two rows stand for one unit and year"):
        abandonment(pl.concat([data, data]), **KEYS, investment="v")
    with pytest.raises(MethodError, match="-5 is negative"):
        abandonment(
            regions().with_columns(made=pl.when(pl.col("y") == 2020).then(-5.0).otherwise("made")),
            **KEYS, employment="jobs", output="made",
        )  # fmt: skip
    with pytest.raises(MethodError, match="nobody works there"):
        abandonment(
            regions().with_columns(jobs=pl.when(pl.col("i") == "chips").then(0).otherwise("jobs")),
            **KEYS, employment="jobs", output="made", scale="level",
        )  # fmt: skip
    with pytest.raises(SpecError, match="shortest"):
        abandonment(data, **KEYS, investment="v", shortest=2)
