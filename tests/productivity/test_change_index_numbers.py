"""Index numbers of productivity: cases worked out by hand, and what must hold of any panel."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_panels import EVERY, KEYS, PRICED, PRICES, SHADOWED, SUMS, TRANSITIVE, WX, X, Y, numbers_of, panel

from nqpf.productivity import index_numbers, malmquist
from nqpf.productivity.change.index_numbers import IndexNumbers

DATA = panel()

FARM = pl.DataFrame(
    {"farm": ["a", "a"], "year": [1, 2], "labour": [1.0, 2.0], "land": [4.0, 3.0], "corn": [3.0, 6.0],
     "rye": [1.0, 4.0], "wage": [2.0, 3.0], "rent": [1.0, 1.0], "p_corn": [2.0, 1.0], "p_rye": [1.0, 4.0]}
)  # fmt: skip
OUTPUT = {"laspeyres": 16 / 7, "paasche": 22 / 7, "lowe": (1.5 * 6 + 2.5 * 4) / (1.5 * 3 + 2.5)}
INPUT = {"laspeyres": 7 / 6, "paasche": 9 / 7, "lowe": (2.5 * 2 + 3) / (2.5 + 4)}


def found(data: Any = DATA, **options: Any) -> IndexNumbers:
    result: IndexNumbers = index_numbers(data, X, Y, **{**KEYS, **PRICES, **options})
    return result


def close(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    got, expected = (np.asarray(v, dtype=float) for v in (got, expected))
    assert np.isfinite(got).all()
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


def same(one: pl.DataFrame, other: pl.DataFrame, tolerance: float = 1e-9) -> None:
    assert one.columns == other.columns
    for column in one.columns:
        if one.schema[column] == pl.Float64:
            np.testing.assert_allclose(one[column].to_numpy(), other[column].to_numpy(), rtol=tolerance)
        else:
            assert one[column].to_list() == other[column].to_list()


@pytest.mark.parametrize("index", ["laspeyres", "paasche", "lowe"])
def test_sums_at_prices_by_hand(index: Any) -> None:
    row = found(FARM, index=index, comparison="base", components=False).changes.row(1, named=True)
    assert (row["farm"], row["from"], row["to"], row["status"]) == ("a", 1, 2, "defined")
    close(row["output"], OUTPUT[index])
    close(row["input"], INPUT[index])
    close(row["tfp"], OUTPUT[index] / INPUT[index])
    close([row["revenue"], row["cost"], row["profitability"]], [22 / 7, 9 / 6, 22 / 7 / 1.5])
    close(row["output_price"], 22 / 7 / OUTPUT[index])


def test_fisher_by_hand() -> None:
    row = found(FARM, components=False).changes.row(0, named=True)
    close(row["output"], sqrt(16 / 7 * 22 / 7))
    close(row["input"], sqrt(7 / 6 * 9 / 7))


def test_tornqvist_by_hand() -> None:
    row = found(FARM, index="tornqvist", components=False).changes.row(0, named=True)
    corn, rye = (6 / 7 + 6 / 22) / 2, (1 / 7 + 16 / 22) / 2
    close(row["output"], exp(corn * log(2) + rye * log(4)))
    labour, land = (2 / 6 + 6 / 9) / 2, (4 / 6 + 3 / 9) / 2
    close(row["input"], exp(labour * log(2) + land * log(3 / 4)))


def test_components_by_hand() -> None:
    """Two farms, one year of prices 1: a makes 4 of 2, b makes 3 of 3 and 9 of 3 the year after; nobody else does."""
    data = pl.DataFrame(
        {"farm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [2.0, 3.0, 2.0, 3.0], "y": [4.0, 3.0, 4.0, 9.0],
         "p": [1.0] * 4}
    )  # fmt: skip
    got = index_numbers(data, ["x"], ["y"], **KEYS, index="lowe", input_prices=["p"], output_prices=["p"])
    level = got.levels.sort("year", "farm")
    close(level["tfp"], [2, 1, 2, 3])
    close(level["mp"], [2, 2, 3, 3])
    close(level["ote"], [1, 3 / 4, 1, 1])  # of 3, under variable returns 4 can be made
    close(level["ose"], [1, 2 / 3, 2 / 3, 1])  # under constant returns 6
    close(level["ome"], [1, 1, 1, 1])  # one output has no mix
    close(level["rme"], [1, 1, 1, 1])
    change = got.changes.filter(pl.col("to") == 2, pl.col("farm") == "b").row(0, named=True)
    close([change["tfp"], change["mp"], change["ote"], change["ose"]], [3, 1.5, 4 / 3, 1.5])


@pytest.mark.parametrize("comparison", ["previous", "base"])
def test_fisher_is_the_geometric_mean_of_laspeyres_and_paasche(comparison: Any) -> None:
    one, two, both = (
        found(index=i, comparison=comparison).changes for i in ("laspeyres", "paasche", "fisher")
    )  # fmt: skip
    for name in ("tfp", "output", "input", "terms_of_trade", "mp", "tfpe", "re", "rose", "osme"):
        close(both[name], np.sqrt(one[name].to_numpy() * two[name].to_numpy()))


@pytest.mark.parametrize("index", EVERY)
@pytest.mark.parametrize("table", ["changes", "levels"])
def test_quantities_prices_and_values_multiply_up(index: Any, table: str) -> None:
    t = getattr(found(index=index, components=False), table)
    close(t["tfp"], t["output"] / t["input"])
    close(t["revenue"], t["output"] * t["output_price"])
    close(t["cost"], t["input"] * t["input_price"])
    close(t["profitability"], t["revenue"] / t["cost"])
    close(t["profitability"], t["terms_of_trade"] * t["tfp"])


@pytest.mark.parametrize("index", SUMS)
@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_components_multiply_up(index: Any, rts: Any) -> None:
    got = found(index=index, rts=rts, orientation="both")
    for t in (got.changes, got.levels):
        assert set(t["status"]) == {"defined"}
        close(t["tfp"], t["mp"] * t["tfpe"])
        for te, se, me, rse, sme in (("ote", "ose", "ome", "rose", "osme"), ("ite", "ise", "ime", "rise", "isme")):
            close(t["tfpe"], t[te] * t[me] * t[rse])
            close(t["tfpe"], t[te] * t[sme])
            close(t[sme], t[me] * t[rse])
            assert {te, se} <= set(t.columns)
        close(t["tfpe"], t["ote"] * t["ose"] * t["rme"])
        close(t["tfpe"], t["ite"] * t["ise"] * t["rme"], 1e-8)  # both sides are one under constant returns
        close(t["osme_isme"], np.sqrt(t["osme"] * t["isme"]))
        if index in PRICED:
            close(t["re"], t["ote"] * t["ome"])
            close(t["re_ce"], np.sqrt(t["re"] * t["ite"] * t["ime"]))
    efficiencies = got.levels.select("tfpe", "ote", "ose", "ome", "rose", "rme", "ite", "ise", "ime", "rise").to_numpy()
    assert efficiencies.max() <= 1 + 1e-9
    if rts == "crs":
        close(got.levels["ose"], 1.0)


@pytest.mark.parametrize("index", ["tornqvist", "eks", "ccd", "bjurek"])
def test_what_has_no_prices_leaves_a_rest(index: Any) -> None:
    t = found(index=index, orientation="both").changes
    close(t["tfp"], t["ote"] * t["ose"] * t["o_rest"])
    close(t["tfp"], t["ite"] * t["ise"] * t["i_rest"])
    assert "mp" not in t.columns
    assert "index_rest" in {note.code for note in found(index=index).notes}


@pytest.mark.parametrize("index", TRANSITIVE)
def test_transitive_indices_admit_detours(index: Any) -> None:
    """From base a to k directly, and over base b."""
    over = found(index=index, comparison="base", base_unit="f03", base_year=2002).changes
    direct = found(index=index, comparison="base", base_unit="f00").changes
    assert direct["against"].unique().to_list() == ["f00"]
    to_b = direct.filter(pl.col("farm") == "f03", pl.col("to") == 2002)
    for name in numbers_of(direct):
        close(direct[name], over[name] * to_b[name][0])


@pytest.mark.parametrize("index", ["fisher", "tornqvist", "hicks_moorsteen", "bjurek"])
def test_the_others_do_not(index: Any) -> None:
    chained = found(index=index).cumulative
    direct = found(index=index, comparison="base").changes
    assert chained is not None
    both = chained.join(direct, left_on=["farm", "year"], right_on=["farm", "to"], suffix="_direct")
    last = both.filter(pl.col("year") == 2003)
    assert (last["tfp"] / last["tfp_direct"] - 1).abs().max() > 1e-3  # type: ignore[operator]


@pytest.mark.parametrize(("index", "pairwise"), [("eks", "fisher"), ("ccd", "tornqvist")])
def test_multilateral_indices_are_means_over_all_detours(index: Any, pairwise: Any) -> None:
    data = panel(4, 2)
    direct = {
        (u, y): found(data, index=pairwise, comparison="base", base_unit=u, base_year=y, components=False).changes
        for u in data["farm"].unique()
        for y in (2001, 2002)
    }  # fmt: skip
    got = found(data, index=index, base_unit="f01", base_year=2002, components=False).changes
    for name in ("tfp", "output", "input"):
        expected = 1.0
        for (u, y), table in direct.items():
            back = direct[("f01", 2002)].filter(pl.col("farm") == u, pl.col("to") == y)[name][0]
            expected = expected * (back * table[name].to_numpy()) ** (1 / len(direct))
        close(got[name], expected)


@pytest.mark.parametrize("index", EVERY)
def test_twice_the_outputs_of_the_same_inputs_is_exactly_two(index: Any) -> None:
    first = DATA.filter(pl.col("year") == 2001)
    twice = first.with_columns(pl.col("year") + 1, *(pl.col(c) * 2 for c in Y))
    if index not in ("eks", "ccd", "lowe"):  # whatever happens to prices
        twice = twice.with_columns(pl.col(c).reverse() for c in (*WX, *PRICES["output_prices"]))
    got = found(pl.concat([first, twice]), index=index, comparison="previous").changes
    close(got["tfp"], 2.0, 1e-12)
    close(got["input"], 1.0, 1e-12)
    close(got["ote"], 1.0)
    if "mp" in got.columns:
        close(got["mp"], 2.0)
        close(got["tfpe"], 1.0)


@pytest.mark.parametrize("index", EVERY)
def test_fewer_inputs_for_the_same_outputs_are_progress(index: Any) -> None:
    first = DATA.filter(pl.col("year") == 2001)
    less = first.with_columns(pl.col("year") + 1, *(pl.col(c) / 2 for c in X))
    got = found(pl.concat([first, less]), index=index, comparison="previous", orientation="input").changes
    close(got["tfp"], 2.0, 1e-9)


@pytest.mark.parametrize("index", EVERY)
def test_units_of_measurement_do_not_matter(index: Any) -> None:
    factor = {"labour": 1e4, "land": 1e-3, "corn": 37.0, "rye": 1e5}
    by = dict(zip((*X, *Y), (*WX, *PRICES["output_prices"]), strict=True))
    moved = DATA.with_columns(
        *(pl.col(c) * k for c, k in factor.items()), *(pl.col(by[c]) / k for c, k in factor.items())
    )  # fmt: skip
    same(found(index=index, orientation="both").changes, found(moved, index=index, orientation="both").changes, 1e-8)


@pytest.mark.parametrize("index", EVERY)
def test_the_order_of_rows_does_not_matter(index: Any) -> None:
    mixed = found(DATA.sample(fraction=1.0, shuffle=True, seed=3), index=index)
    plain = found(index=index)
    same(plain.changes, mixed.changes.sort("farm", "to"))
    same(plain.levels.sort("farm", "year"), mixed.levels.sort("farm", "year"))


@pytest.mark.parametrize("index", ["laspeyres", "lowe", "tornqvist", "bjurek", "fare_primont"])
def test_the_number_of_workers_does_not_matter(index: Any) -> None:
    same(found(index=index, workers=1).changes, found(index=index, workers=2).changes, 0)


@pytest.mark.parametrize("index", EVERY)
def test_one_input_and_one_output_leave_one_answer(index: Any) -> None:
    """Under constant returns all indices, and Malmquist's, are (y₁/x₁)/(y₀/x₀)."""
    options = {"input_prices": ["wage"], "output_prices": ["p_corn"], "comparison": "previous", "rts": "crs"}
    got = index_numbers(DATA, ["labour"], ["corn"], index=index, **KEYS, **options)
    beside = malmquist(DATA, ["labour"], ["corn"], **KEYS).frame
    close(got.changes["tfp"], beside["index"])
    close(got.changes["ote"], beside["ec"])
    if "mp" in got.changes.columns:
        close(got.changes["mp"], beside["tc"])
        close(got.changes["tfpe"], beside["ec"])


@pytest.mark.parametrize("index", ["lowe", "fare_primont"])
def test_common_frontiers_have_no_technical_change_and_lasting_ones_no_regress(index: Any) -> None:
    close(found(index=index, reference="global").changes["mp"], 1.0)
    lasting = found(index=index, reference="sequential", comparison="previous").changes
    assert lasting["mp"].min() >= 1 - 1e-12  # type: ignore[operator]
    yearly = found(index=index, comparison="previous").changes
    assert yearly["mp"].min() < 1  # type: ignore[operator]


def test_what_is_not_observed_is_masked() -> None:
    gone = (pl.col("farm") == "f04") & (pl.col("year") == 2002)
    got, whole = (found(data, components=False) for data in (DATA.filter(~gone), DATA))
    lost = got.changes.filter(pl.col("status") == "no_pair")
    assert lost.select("farm", "from", "to").rows() == [("f04", 2001, 2002), ("f04", 2002, 2003)]
    assert lost["tfp"].to_list() == [None, None]
    kept = got.changes.filter(pl.col("status") == "defined")
    same(
        kept,
        whole.changes.filter(pl.col("farm") != "f04").vstack(kept.filter(pl.col("farm") == "f04")).sort("farm", "to"),
    )
    note = next(note for note in got.notes if note.code == "index_unpaired")
    assert (note.values["absent"], note.values["of"]) == (2, 24)
    assert got.levels.height == DATA.height - 1
    alone = got.levels.filter(pl.col("farm") == "f04", pl.col("year") == 2003)
    assert alone["from"].to_list() == [None]


def test_years_that_nobody_is_observed_in_are_named() -> None:
    got = found(DATA.filter(pl.col("year") != 2002), components=False)
    assert got.changes.select("from", "to").unique().rows() == [(2001, 2003)]
    assert next(n for n in got.notes if n.code == "change_years_skipped").values["years"].en == "2002"


def test_rows_with_an_empty_cell_are_left_out_of_frontiers_too() -> None:
    price = DATA.with_columns(wage=pl.when(pl.col("farm") == "f02").then(None).otherwise(pl.col("wage")))
    got = found(price, missing="skip", index="lowe")
    here = got.changes.filter(pl.col("farm") != "f02")
    same(here, found(DATA.filter(pl.col("farm") != "f02"), index="lowe").changes)
    assert set(got.changes.filter(pl.col("farm") == "f02")["status"]) == {"no_pair"}
    assert next(n for n in got.notes if n.code == "frontier_missing").values["count"] == 3


def test_comparison_with_another_unit() -> None:
    got = found(comparison="unit", base_unit="f05").changes
    itself = got.filter(pl.col("farm") == "f05")
    for name in numbers_of(got):
        close(itself[name], 1.0)
    assert (got["from"] == got["to"]).all()
    turned = found(comparison="unit", base_unit="f01").changes
    one = got.filter(pl.col("farm") == "f01")["tfp"]
    close(one, 1 / turned.filter(pl.col("farm") == "f05")["tfp"].to_numpy())  # Fisher can be turned round


def test_prices_by_quantity_or_in_order() -> None:
    by = {"output_prices": {"rye": "p_rye", "corn": "p_corn"}, "input_prices": {"land": "rent", "labour": "wage"}}
    same(found().changes, found(**by).changes, 0)


@pytest.mark.parametrize("index", SHADOWED)
def test_market_prices_change_nothing_at_shadow_prices(index: Any) -> None:
    plain = found(index=index, input_prices=None, output_prices=None).changes
    priced = found(index=index).changes
    assert "revenue" not in plain.columns
    same(plain, priced.select(plain.columns), 0)


def test_scaling_weighs_by_other_than_market_value() -> None:
    mean = {c: DATA[c].mean() for c in (*X, *Y)}
    by_hand = DATA.with_columns(pl.col(c) / mean[c] for c in (*X, *Y))
    got, other = found(scaled=True), found(by_hand)
    for name in ("tfp", "output", "input", "mp", "ote", "ome", "rose"):
        close(got.changes[name], other.changes[name])
    close(got.changes["revenue"], found().changes["revenue"])  # what was earned is what was earned
    assert "index_scaled" in {note.code for note in got.notes}


def test_chained_changes_and_their_means() -> None:
    got = found()
    assert got.cumulative is not None
    assert got.means is not None
    last = got.cumulative.filter(pl.col("year") == 2003)
    product = got.changes.group_by("farm", maintain_order=True).agg(pl.col("tfp").product())
    close(last.sort("farm")["tfp"], product.sort("farm")["tfp"])
    everything = got.means.filter(pl.col("over") == "all")
    close(everything["tfp"], exp(float(np.log(got.changes["tfp"].to_numpy()).mean())))
    assert (found(index="lowe").cumulative, found(index="lowe").means) == (None, None)


def test_prices_that_quantities_are_summed_at() -> None:
    fisher = found(components=False).prices
    now = fisher.filter(pl.col("at") == "now").join(DATA, on=["farm", "year"], suffix="_given")
    close(now["corn"], now["p_corn"])
    assert set(fisher["at"]) == {"before", "now"}
    mean = found(index="lowe", components=False).prices
    close(mean.select(*X, *Y).row(0), DATA.select(*WX, *PRICES["output_prices"]).mean().row(0))
    assert found(index="eks", components=False).prices.height == 0


def test_kind_of_dataframe_and_what_was_chosen() -> None:
    pandas = pytest.importorskip("pandas")
    got = found(DATA.to_pandas(), index="hicks_moorsteen", rts="drs")
    assert isinstance(got.to_frame(), pandas.DataFrame)
    assert got.method.id == "change.hicks_moorsteen"
    assert got.method.options == {
        "index": "hicks_moorsteen", "rts": "drs", "reference": "contemporaneous", "orientation": "output",
        "comparison": "previous", "components": True, "shadow": False, "missing": "error",
    }  # fmt: skip


def test_levels_of_what_is_not_transitive_carry_a_warning() -> None:
    for index in EVERY:
        codes = {note.code for note in found(index=index, components=False).notes}
        assert ("index_levels" in codes) == (index not in TRANSITIVE)
        assert "change_above_one" in codes


positive = st.floats(0.05, 20.0)


@settings(max_examples=min(25, settings().max_examples), deadline=None)
@given(
    st.lists(st.tuples(positive, positive, positive, positive), min_size=6, max_size=6),
    st.lists(st.tuples(positive, positive, positive, positive), min_size=6, max_size=6),
    st.sampled_from(EVERY),
)
def test_any_positive_panel(quantities: Any, prices: Any, index: Any) -> None:
    """Three farms in two years: every number is there, and they multiply up."""
    table = {"farm": ["a", "b", "c"] * 2, "year": [1] * 3 + [2] * 3}
    table |= dict(zip((*X, *Y), np.array(quantities).T, strict=True))
    table |= dict(zip((*WX, *PRICES["output_prices"]), np.array(prices).T, strict=True))
    t = found(pl.DataFrame(table), index=index).changes
    usable = t.filter(pl.col("status") == "defined")
    close(usable["tfp"], usable["output"] / usable["input"], 1e-7)
    rest = usable["mp"] * usable["rme"] if "mp" in t.columns else usable["o_rest"]
    close(usable["tfp"], usable["ote"] * usable["ose"] * rest, 1e-7)
    assert t.filter(pl.col("status") != "defined").height <= (3 if index in SHADOWED else 0)
