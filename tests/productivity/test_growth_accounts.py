"""Growth accounts: a generated Cobb–Douglas panel gives its TFP back, parts add up, and gaps are never bridged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import NqpfError
from nqpf.productivity.growth import GrowthAccounts, growth_accounts
from nqpf.productivity.growth.tornqvist import (
    chained,
    change_weights,
    log_change,
    multilateral,
    solow_accounts,
    tornqvist_growth,
)

KEYS: dict[str, Any] = {"unit": "u", "time": "t"}


def panel(years: int = 12, units: int = 4, share: float = 0.4, seed: int = 0) -> pl.DataFrame:
    """Return Y = A K^share (L h q)^(1 − share) with known A."""
    rng = np.random.default_rng(seed)

    def path(mean: float) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.exp(rng.normal(mean, 0.03, (years, units)).cumsum(axis=0) + rng.normal(0, 1, units))

    k, w, h, q, a = path(0.08), path(0.01), path(-0.005), path(0.01), path(0.02)
    keys = {"u": np.tile([f"u{i}" for i in range(units)], years), "t": np.repeat(np.arange(2000, 2000 + years), units)}
    y = a * k**share * (w * h * q) ** (1 - share)
    return pl.DataFrame(keys | {n: v.ravel() for n, v in {"y": y, "k": k, "l": w, "h": h, "q": q, "a": a}.items()})


def accounts(table: Any, **more: Any) -> GrowthAccounts:
    return growth_accounts(table, "y", "k", "l", **{"share": 0.4, "hours": "h", "quality": "q"} | KEYS | more)


def refused(table: Any, **more: Any) -> NqpfError:
    with pytest.raises(NqpfError) as caught:
        accounts(table, **more)
    return caught.value


def near(got: Any, expected: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=0, atol=tolerance)


@pytest.mark.parametrize("index", ["tornqvist", "solow"])
def test_tfp_of_a_cobb_douglas_panel_comes_back(index: Any) -> None:
    table = panel()
    done = accounts(table, index=index).frame
    growth = table.select(pl.col("a").log().diff().over("u")).to_series()
    near(done["tfp"].drop_nulls(), growth.drop_nulls())
    first = table.select(pl.col("a") / pl.col("a").first().over("u")).to_series()
    near(done["tfp_index"], first)
    assert done["tfp"].null_count() == 4


def test_contributions_add_up_and_so_do_those_per_worker_and_hour() -> None:
    table = panel().with_columns(s=pl.Series(np.random.default_rng(1).uniform(0.2, 0.6, 48)))
    worker = accounts(table, share="s").frame.drop_nulls("output")
    hour = accounts(table, share="s", per="hour").frame.drop_nulls("output")
    near(worker.select(pl.sum_horizontal("capital", "labour", "hours", "quality", "tfp")).to_series(), worker["output"])
    near(
        worker.select(pl.sum_horizontal("deepening", "hours", "quality", "tfp")).to_series(),
        worker["labour_productivity"],
    )
    near(hour.select(pl.sum_horizontal("deepening", "quality", "tfp")).to_series(), hour["labour_productivity"])
    lengths = table.select(pl.col("h").log().diff().over("u")).to_series().drop_nulls()
    near(worker["labour_productivity"] - hour["labour_productivity"], lengths)
    near(worker["output_rate"], np.expm1(worker["output"].to_numpy()))


def test_two_years_by_hand() -> None:
    """K doubles at shares 0.2 and 0.4, Y grows by half, L stays: TFP = ln 1.5 − 0.3 ln 2."""
    table = {"t": [1, 2], "y": [2.0, 3.0], "k": [1.0, 2.0], "l": [5.0, 5.0], "s": [0.2, 0.4]}
    done = growth_accounts(table, "y", "k", "l", time="t", share="s").frame.row(1, named=True)
    assert done["tfp"] == pytest.approx(np.log(1.5) - 0.3 * np.log(2), abs=1e-15)
    assert done["tfp_rate"] == pytest.approx(1.5 / 2**0.3 - 1)
    assert done["deepening"] == pytest.approx(0.3 * np.log(2))
    assert (done["weight"], done["labour"]) == (pytest.approx(0.3), 0.0)


def test_labours_share_is_the_rest() -> None:
    near(accounts(panel(), share=0.6, share_of="labour").frame["tfp_index"], accounts(panel()).frame["tfp_index"])


def test_a_fixed_share_is_the_mean_of_the_units_years() -> None:
    share = np.array([[0.2, 0.5], [0.3, 0.5], [0.7, np.nan]])
    near(change_weights(share, "solow")[1:], [[0.4, 0.5], [0.4, np.nan]])
    near(change_weights(share)[1:], [[0.25, 0.5], [0.5, np.nan]])


def test_a_gap_is_an_error_that_names_it_or_stays_empty() -> None:
    table = panel().filter(~((pl.col("u") == "u1") & (pl.col("t") == 2005)))
    error = refused(table)
    assert "u1 (2005)" in str(error)
    assert 'gaps="skip"' in str(error)
    done = accounts(table, gaps="skip")
    one = done.frame.filter(pl.col("u") == "u1")
    assert one.filter(pl.col("tfp").is_null())["t"].to_list() == [2000, 2006]
    assert one.filter(pl.col("tfp_index").is_null())["t"].to_list() == list(range(2006, 2012))
    others = accounts(panel()).frame.filter(pl.col("u") != "u1")
    near(done.frame.filter(pl.col("u") != "u1")["tfp_index"], others["tfp_index"])
    assert done.periods["years"].to_list() == [11, 9, 11, 11]
    assert "growth_gaps_skipped" in {note.code for note in done.notes}


def test_a_missing_cell_is_an_error_that_names_it() -> None:
    hole = (pl.col("u") == "u2") & (pl.col("t") == 2003)
    error = refused(panel().with_columns(pl.when(~hole).then(pl.col("k")).alias("k")))
    assert "k" in str(error.where.text())
    assert "1 cells are missing: u2 (2003)" in str(error)


def test_units_of_different_years_are_remarked_on() -> None:
    done = accounts(panel().filter(~((pl.col("u") == "u1") & (pl.col("t") < 2003))))
    assert [note.code for note in done.notes] == ["growth_unbalanced", "growth_few_years"]
    assert done.notes[1].values == {"count": 1, "total": 4, "least": 10}


def test_periods_are_means_of_the_growth_within() -> None:
    table = panel()
    done = accounts(table, periods=[(2000, 2004), (2004, 2011)])
    assert done.periods["years"].to_list() == [4] * 4 + [7] * 4
    later = done.frame.filter((pl.col("u") == "u2") & (pl.col("t") > 2004))
    row = done.periods.filter((pl.col("unit") == "u2") & (pl.col("first") == 2004)).row(0, named=True)
    for name in ("output", "capital", "labour", "hours", "quality", "tfp", "labour_productivity", "deepening"):
        assert row[name] == pytest.approx(later[name].mean(), abs=1e-14)
    near(row["output"], sum(row[name] for name in ("capital", "labour", "hours", "quality", "tfp")))


def test_the_index_begins_in_the_base_year() -> None:
    done = accounts(panel(), base=2005).frame
    assert done.filter(pl.col("t") == 2005)["tfp_index"].to_list() == [1.0] * 4
    near(np.diff(np.log(done.filter(pl.col("u") == "u0")["tfp_index"])), done.filter(pl.col("u") == "u0")["tfp"][1:])
    error = refused(panel().filter(~((pl.col("u") == "u3") & (pl.col("t") == 2000))), base=2000)
    assert "u3" in str(error)
    assert "2000" in str(error)


@pytest.mark.parametrize("levels", ["panel", "year", "chain"])
def test_levels_of_units_with_one_technology_are_those_of_their_tfp(levels: Any) -> None:
    table = panel()
    done = accounts(table, levels=levels, relative_to="u1").frame
    found = table.with_columns(done["level"])
    one = found.filter(pl.col("u") == "u1").select("t", base="a")
    expected = found.join(one, on="t").select(pl.col("a") / pl.col("base")).to_series()
    near(found.join(one, on="t")["level"], expected)
    free = accounts(table, levels=levels).frame["level"]
    assert free.drop_nulls().len() == 48
    if levels != "year":
        near(np.log(free) - np.log(table["a"]), np.full(48, np.log(free[0]) - np.log(table["a"][0])))


def test_levels_are_transitive_and_free_of_units_of_measure() -> None:
    table = panel().with_columns(s=pl.Series(np.random.default_rng(2).uniform(0.2, 0.6, 48)))
    one = accounts(table, share="s", levels="panel").frame["level"]
    scaled = table.with_columns(pl.col("y") * 100, pl.col("k") * 0.01, pl.col("l") * 7)
    near(accounts(scaled, share="s", levels="panel").frame["level"], one)
    near(accounts(scaled, share="s").frame["tfp"].drop_nulls(), accounts(table, share="s").frame["tfp"].drop_nulls())
    base = accounts(table, share="s", levels="panel", relative_to="u2").frame["level"]
    at = table.with_columns(one.alias("level")).filter(pl.col("u") == "u2").select("t", base="level")
    near(
        base,
        table.with_columns(one.alias("level")).join(at, on="t").select(pl.col("level") / pl.col("base")).to_series(),
    )


def test_the_answer_does_not_depend_on_the_order_of_rows_or_the_kind_of_table() -> None:
    table = panel()
    mixed = table.sample(fraction=1, shuffle=True, seed=3)
    one = accounts(table, levels="chain").frame.sort("u", "t")
    two = accounts(mixed, levels="chain").frame.sort("u", "t")
    near(one.drop("u").drop_nulls(), two.drop("u").drop_nulls(), 1e-13)
    given = accounts(table.to_pandas()).to_frame()
    assert isinstance(given, pd.DataFrame)
    near(given["tfp"].dropna(), accounts(table).frame["tfp"].drop_nulls())


def test_options_are_written_down() -> None:
    done = accounts(panel())
    assert done.method.id == "growth.accounts"
    assert {"share", "share_of", "index", "per", "base", "levels", "periods", "gaps"} <= set(done.method.options)


@pytest.mark.parametrize(
    ("change", "more", "words"),
    [
        ({"y": 0.0}, {}, ["value is 0", "u0", "year 2000", "y"]),
        ({"k": -2.0}, {}, ["value is -2", "48 such values"]),
        ({}, {"share": 1.2}, ["share is 1.2", "not between 0 and 1"]),
        ({"s": 40.0}, {"share": "s"}, ["share is 40", "u0", "2000"]),
        ({}, {"index": "fisher"}, ["“fisher”", "tornqvist"]),
        ({}, {"share_of": "land"}, ["“land”", "labour"]),
        ({}, {"gaps": "fill"}, ["“fill”", "skip"]),
        ({}, {"levels": "all"}, ["“all”", "chain"]),
        ({}, {"levels": "year", "relative_to": "u9"}, ["“u9”", "u0"]),
        ({}, {"per": "hour", "hours": None}, ["hours"]),
        ({}, {"periods": [(2005, 2002)]}, ["2005–2002", "2000–2011"]),
        ({}, {"base": 1999}, ["1999", "u0"]),
        ({}, {"quality": "hc"}, ["no column “hc”"]),
    ],
)
def test_what_cannot_be_accounted_for_is_refused(change: Any, more: Any, words: list[str]) -> None:
    text = str(refused(panel().with_columns(**{name: pl.lit(value) for name, value in change.items()}), **more))
    for word in words:
        assert word in text


def test_one_year_is_no_growth() -> None:
    assert "two years in a row" in str(refused(panel(1)))


def test_twin_rows_are_refused() -> None:
    assert "Two rows" in str(refused(pl.concat([panel(), panel()[:1]])))


@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(1, 4))
def test_chained_growth_gives_levels_back(seed: int, years: int, units: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.exp(rng.normal(0, 0.5, (years, units)))
    base = rng.integers(years, size=units)
    near(chained(log_change(x), base), x / x[base, np.arange(units)], 1e-12)


@given(st.integers(0, 10_000))
def test_a_tornqvist_index_of_equal_growth_is_that_growth_and_reverses_in_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.exp(rng.normal(0, 1, (2, 3, 4)))
    share = rng.dirichlet(np.ones(4), (2, 3))
    near(tornqvist_growth(x, share)[1], -tornqvist_growth(x[::-1], share[::-1])[1])
    same = x[0] * np.array([1.0, 1.3])[:, None, None]
    near(tornqvist_growth(same, share)[1], np.full(3, np.log(1.3)))


def test_more_of_everything_is_no_productivity() -> None:
    x = np.array([[2.0, 3.0], [4.0, 9.0]])
    near(solow_accounts(x, x, x, np.full((2, 2), 0.3)).tfp[1], [0, 0])


def test_doubling_output_at_given_inputs_doubles_tfp() -> None:
    x = np.ones((2, 1))
    done = solow_accounts(x * [[1.0], [2.0]], x, x, np.full((2, 1), 0.3))
    near(np.exp(done.tfp[1]), [2.0])
    near(multilateral(np.array([[1.0, 2.0]]), np.ones((1, 2, 2)), np.full((1, 2, 2), 0.5))[0], [0.5**0.5, 2**0.5])
