"""Embodied emissions, digital inputs and suppliers: accounts that close, cases by hand, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.input_output.carbon import embodied
from nqpf.industry.input_output.digital import digital_integration
from nqpf.industry.input_output.suppliers import suppliers
from nqpf.industry.input_output.table import IOTable

CO2 = {"sector": ["works", "farm"], "co2": [100.0, 20.0]}


def farm(**more: object) -> IOTable:
    flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    final = np.array([[30.0, 20.0], [100.0, 50.0]])
    table = IOTable(
        ("farm", "works"), flows, final, np.array([100.0, 200.0]), ("", ""), ("home", "abroad"), np.zeros((0, 2)),
        uses=("consumption", "exports"),
    )  # fmt: skip
    return replace(table, **more)  # type: ignore[arg-type]


def world(seed: int) -> IOTable:
    rng = np.random.default_rng(seed)
    flows, final = rng.gamma(1.0, 10.0, (6, 6)), rng.gamma(1.0, 40.0, (6, 6))
    regions, sectors = tuple("AABBCC"), ("chips", "cars") * 3
    finals = tuple(f"{r}|{use}" for r in "ABC" for use in ("consumption", "capital"))
    uses = ("consumption", "capital") * 3
    output = flows.sum(axis=1) + final.sum(axis=1)
    return IOTable(sectors, flows, final, output, regions, finals, np.zeros((0, 6)), uses=uses)


def emitted(table: IOTable, seed: int) -> pl.DataFrame:
    values = np.random.default_rng(seed).gamma(1.0, 5.0, (len(table.sectors), 2))
    return pl.DataFrame({"region": table.regions, "sector": table.sectors, "co2": values[:, 0], "so2": values[:, 1]})


def test_multipliers_by_hand() -> None:
    found = embodied(farm(), CO2, "co2")
    # s = (.2, .5), L = [[.9, .2], [.3, .9]] / .75
    assert found.frame["intensity"].to_list() == pytest.approx([0.2, 0.5])
    assert found.frame["multiplier"].to_list() == pytest.approx([0.33 / 0.75, 0.49 / 0.75])
    assert found.frame["upstream"].to_list() == pytest.approx([0.33 / 0.75 - 0.2, 0.49 / 0.75 - 0.5])
    assert found.frame["in_final"].sum() == pytest.approx(120)
    row = found.accounts.row(0, named=True)
    assert row["production"] == 120
    assert row["exports"] == pytest.approx((20 * 0.33 + 50 * 0.49) / 0.75)
    assert row["own_use"] == pytest.approx((30 * 0.33 + 100 * 0.49) / 0.75)
    assert row["imports"] is None
    assert row["consumption"] is None
    assert [note.code for note in found.notes] == ["imports_not_assessed"]
    assert found.final["embodied"].to_list() == pytest.approx([row["own_use"], row["exports"]])
    assert found.flows is None


@given(seed=st.integers(0, 5000))
def test_world_accounts_close(seed: int) -> None:
    table = world(seed)
    data = emitted(table, seed)
    found = embodied(table, data, ["co2", "so2"])
    for name in ("co2", "so2"):
        one = found.accounts.filter(pl.col("extension") == name)
        assert one["production"].sum() == pytest.approx(data[name].sum(), rel=1e-9)
        assert one["consumption"].sum() == pytest.approx(one["production"].sum(), rel=1e-9)
        assert one["exports"].sum() == pytest.approx(one["imports"].sum(), rel=1e-9)
        np.testing.assert_allclose(one["production"], one["own_use"] + one["exports"], rtol=1e-9)
        np.testing.assert_allclose(one["production"] - one["balance"], one["consumption"], rtol=1e-9)
        assert found.flows is not None
        traded = found.flows.filter((pl.col("extension") == name) & (pl.col("origin") != pl.col("destination")))
        by_origin = traded.group_by("origin").agg(pl.col("embodied").sum()).sort("origin")
        np.testing.assert_allclose(by_origin["embodied"], one["exports"], rtol=1e-9)
        final = found.final.filter(pl.col("extension") == name)["embodied"]
        assert final.sum() == pytest.approx(data[name].sum(), rel=1e-9)
    assert found.notes == ()


def test_rows_are_found_by_key() -> None:
    table = world(3)
    data = emitted(table, 3)
    shuffled = data.sample(fraction=1.0, shuffle=True, seed=1)
    assert embodied(table, data, "co2").frame.equals(embodied(table, shuffled.to_pandas(), "co2").frame)


def test_imports_made_as_at_home() -> None:
    imports = np.array([[5.0, 10.0], [10.0, 0.0]])
    table = farm(
        imports=imports, import_sectors=("farm", "works"), import_origins=("", ""),
        final_imports=np.array([[4.0, 0.0], [6.0, 0.0]]),
    )  # fmt: skip
    row = embodied(table, CO2, "co2", imports="same_technology").accounts.row(0, named=True)
    # All that home uses, made by home's technology with imports made at home: s (I − A − Aᵐ)⁻¹.
    whole = np.array([0.2, 0.5]) @ np.linalg.inv(np.eye(2) - (table.flows + imports) / table.output)
    assert row["consumption"] == pytest.approx(whole @ (np.array([30.0, 100.0]) + np.array([4.0, 6.0])))
    assert row["consumption"] == pytest.approx(row["own_use"] + row["imports"])
    with pytest.raises(DataError, match="does not show imports apart"):
        embodied(farm(), CO2, "co2", imports="same_technology")


def test_a_table_with_imports_inside() -> None:
    final = np.array([[40.0, 20.0, -10.0], [130.0, 50.0, -30.0]])
    table = farm(final=final, finals=("home", "abroad", "imports"), uses=("consumption", "exports", "imports"))
    plain = embodied(table, CO2, "co2").accounts.row(0, named=True)
    assert plain["own_use"] is None
    assert plain["imports"] is None
    assert plain["exports"] == pytest.approx((20 * 0.33 + 50 * 0.49) / 0.75)
    row = embodied(table, CO2, "co2", imports="same_technology").accounts.row(0, named=True)
    assert row["imports"] == pytest.approx((10 * 0.33 + 30 * 0.49) / 0.75)
    assert row["consumption"] == pytest.approx(row["production"] - row["exports"] + row["imports"])


def test_exports_that_are_not_marked_are_not_assessed() -> None:
    found = embodied(farm(uses=()), CO2, "co2")
    row = found.accounts.row(0, named=True)
    assert (row["production"], row["exports"], row["own_use"]) == (120, None, None)
    assert [note.code for note in found.notes] == ["exports_not_marked"]


def test_an_unbalanced_table_is_told() -> None:
    found = embodied(farm(final=np.array([[30.0, 20.0], [100.0, 40.0]])), CO2, "co2")
    assert "the table's rows do not add up" in str(found.notes[0])


def test_negative_emissions() -> None:
    sink = {"sector": ["farm", "works"], "co2": [-20.0, 100.0]}
    with pytest.raises(MethodError, match=r"farm.*co2.*An emission is negative \(-20; 1 in all\)"):
        embodied(farm(), sink, "co2")
    assert embodied(farm(), sink, "co2", negative="keep").accounts["production"][0] == 80


def test_what_is_refused_of_emissions() -> None:
    with pytest.raises(DataError, match=r"“works” has no number \(sectors that lack one: 1\)"):
        embodied(farm(), {"sector": ["farm"], "co2": [1.0]}, "co2")
    with pytest.raises(DataError, match="“farm” has no number"):
        embodied(farm(), {"sector": ["farm", "works"], "co2": [None, 1.0]}, "co2")
    with pytest.raises(DataError, match=r"row 2.*has no “wrks”\. Did you mean “works”"):
        embodied(farm(), {"sector": ["farm", "wrks"], "co2": [1.0, 1.0]}, "co2")
    with pytest.raises(DataError, match="more than one row"):
        embodied(farm(), {"sector": ["farm", "works", "farm"], "co2": [1.0, 1.0, 2.0]}, "co2")
    with pytest.raises(DataError, match="so2"):
        embodied(farm(), CO2, "so2")
    with pytest.raises(DataError, match="region"):
        embodied(world(1), CO2, "co2")
    idle = farm(output=np.array([0.0, 200.0]), flows=np.array([[0.0, 0.0], [0.0, 20.0]]))
    with pytest.raises(MethodError, match="no output but emissions of 20"):
        embodied(idle, CO2, "co2")
    stray = replace(world(1), finals=("A|c", "A|k", "B|c", "B|k", "C|c", "rest"))
    with pytest.raises(DataError, match="do not say which region they belong to: rest"):
        embodied(stray, emitted(stray, 1), "co2")
    with pytest.raises(SpecError, match="technolgy"):
        embodied(farm(), CO2, "co2", imports="technolgy")  # type: ignore[arg-type]


def test_digital_inputs_by_hand() -> None:
    found = digital_integration(farm(added=np.array([[60.0, 140.0]]), addeds=("value added",)), "farm")
    # L − I = [[.15, .2], [.3, .15]] / .75
    assert found.frame["direct"].to_list() == pytest.approx([0.1, 0.2])
    assert found.frame["complete"].to_list() == pytest.approx([0.2, 0.2 / 0.75])
    assert found.frame["direct_share"].to_list() == pytest.approx([10 / 40, 40 / 60])
    assert found.frame["complete_share"].to_list() == pytest.approx([0.15 / 0.45, 0.2 / 0.35])
    assert found.frame["digital"].to_list() == [True, False]
    assert found.frame["imported_direct"].to_list() == [None, None]
    both = found.overall.rows(named=True)
    assert both[0]["direct"] == pytest.approx(50 / 300)
    assert both[0]["direct_share"] == pytest.approx(50 / 100)
    assert both[1]["users"] == "others"
    assert both[1]["complete"] == pytest.approx(0.2 / 0.75)
    assert found.industry.rows(named=True) == [
        {"output_share": pytest.approx(1 / 3), "added_share": pytest.approx(0.3)}
    ]
    assert "farm" in str(found.notes[0])


def test_imported_digital_inputs() -> None:
    imports = np.array([[5.0, 10.0], [10.0, 0.0]])
    table = farm(imports=imports, import_sectors=("farm", "works"), import_origins=("X", "Y"))
    apart, together = (digital_integration(table, "farm", imports=how) for how in ("apart", "together"))
    assert apart.frame["imported_direct"].to_list() == pytest.approx([0.05, 0.05])
    np.testing.assert_allclose(together.frame["direct"] - apart.frame["direct"], [0.05, 0.05])
    whole = np.linalg.inv(np.eye(2) - (table.flows + imports) / table.output) - np.eye(2)
    np.testing.assert_allclose(together.frame["complete"], whole[0])
    with pytest.raises(DataError, match="does not show imports apart"):
        digital_integration(farm(), "farm", imports="together")


def test_any_set_of_suppliers_and_users() -> None:
    table = world(2)
    found = digital_integration(table, "chips", of=["B", "A|cars"])
    assert found.frame.select("region", "sector").rows() == [("A", "cars"), ("B", "chips"), ("B", "cars")]
    assert found.industry["region"].to_list() == ["A", "B", "C"]
    assert found.industry["added_share"].null_count() == 3
    assert "shares in it are not assessed" in str(found.notes[-1])
    every = digital_integration(table, "all").frame
    assert every["complete_share"].to_list() == pytest.approx([1.0] * 6)
    assert digital_integration(table, "all").overall["direct"][1] is None
    with pytest.raises(SpecError, match="No sector is named"):
        digital_integration(table, [])
    with pytest.raises(DataError, match="no “chps”"):
        digital_integration(table, "chps")


def importing() -> IOTable:
    imports = np.array([[6.0, 2.0], [2.0, 2.0], [4.0, 4.0]])
    return farm(imports=imports, import_sectors=("farm", "farm", "works"), import_origins=("X", "Y", "X"))


def test_suppliers_by_hand() -> None:
    first, second = suppliers(importing()).frame.rows(named=True)
    assert (first["domestic"], first["imported"], first["origins"]) == (50, 12, 2)
    assert first["import_share"] == pytest.approx(12 / 62)
    assert first["hhi"] == pytest.approx((8**2 + 4**2) / 12**2)
    assert first["effective"] == pytest.approx(1 / first["hhi"])
    assert first["hhi_within"] == pytest.approx((8 * (0.75**2 + 0.25**2) + 4 * 0.5) / 12)
    assert (first["main_origin"], first["main_share"]) == ("X", pytest.approx(8 / 12))
    assert first["redundancy"] == pytest.approx(1 - 8 / 62)
    assert first["hhi_all"] == pytest.approx((8**2 + 4**2 + 50**2) / 62**2)
    assert second["hhi"] == 1
    by_user = suppliers(importing(), by="user").frame
    assert by_user["imported"].to_list() == [12, 8]
    assert by_user["hhi"].to_list() == pytest.approx([(10**2 + 2**2) / 12**2, (6**2 + 2**2) / 8**2])


def test_suppliers_of_a_region_of_a_world() -> None:
    table = world(4)
    frame = suppliers(table, region="B").frame
    used = table.flows[:, 2:4]
    assert frame["domestic"].to_list() == pytest.approx(used[2:4].sum(axis=1).tolist())
    assert frame["imported"].to_list() == pytest.approx((used[0:2].sum(axis=1) + used[4:6].sum(axis=1)).tolist())
    assert set(frame["main_origin"]) <= {"A", "C"}


def test_suppliers_that_are_not_known() -> None:
    found = suppliers(replace(importing(), import_origins=("", "", "")))
    assert "hhi" not in found.frame.columns
    assert [note.code for note in found.notes] == ["origins_unknown"]
    with pytest.raises(DataError, match="does not show imports apart"):
        suppliers(farm())
    with pytest.raises(DataError, match="several regions, and none is named"):
        suppliers(world(1))
    negative = replace(importing(), imports=np.array([[6.0, -2.0], [2.0, 2.0], [4.0, 4.0]]))
    with pytest.raises(MethodError, match=r"works.*farm.*An imported input is negative \(-2\)"):
        suppliers(negative)


def test_pandas_goes_in() -> None:
    frame = pd.DataFrame(CO2)
    assert embodied(farm(), frame, "co2").frame.equals(embodied(farm(), CO2, "co2").frame)
