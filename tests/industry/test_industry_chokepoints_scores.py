"""Choke points and the three meters: components, what is not assessed, ranks under other rules, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.chain_risk.chokepoints import chokepoints
from nqpf.industry.chain_risk.components import COMPONENTS
from nqpf.industry.chain_risk.meters import meters
from nqpf.industry.input_output.extraction import extraction
from nqpf.industry.input_output.table import IOTable

SECTORS = ("ore", "chips", "cars")


def table(**more: object) -> IOTable:
    flows = np.array([[5.0, 10.0, 20.0], [2.0, 6.0, 30.0], [1.0, 3.0, 25.0]])
    output = np.array([60.0, 90.0, 200.0])
    final = (output - flows.sum(axis=1))[:, None]
    imports = np.array([[4.0, 6.0, 10.0], [0.0, 9.0, 30.0], [0.0, 3.0, 0.0]])
    made = IOTable(
        SECTORS, flows, final, output, ("",) * 3, ("use",), imports, ("ore", "chips", "chips"), ("X", "X", "Y"),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


KNOWN = {"sector": ["cars", "chips", "ore"], "rca": [1.4, 0.25, 0.5], "unique": [0.2, 0.9, 0.5]}


def test_components_by_hand() -> None:
    found = chokepoints(table(), KNOWN, capability="rca", non_substitutability="unique")
    rows = {row["sector"]: row for row in found.frame.iter_rows(named=True)}
    chips = rows["chips"]
    assert chips["import_share"] == pytest.approx(42 / 80)
    assert chips["hhi"] == pytest.approx((39**2 + 3**2) / 42**2)
    assert chips["import_concentration"] == pytest.approx(chips["import_share"] * chips["hhi"])
    assert chips["capability_gap"] == pytest.approx(0.75)
    assert rows["cars"]["capability_gap"] == 0
    assert rows["cars"]["import_concentration"] == 0
    per_unit = extraction(table()).frame["outside_per_unit"]
    assert [rows[s]["loss"] for s in SECTORS] == pytest.approx(per_unit.to_list())
    assert [rows[s]["criticality"] for s in SECTORS] == pytest.approx((per_unit / per_unit.max()).to_list())
    for row in rows.values():
        assert row["status"] == "assessed"
        assert row["missing"] is None
        assert row["score"] == pytest.approx(np.prod([row[name] for name in COMPONENTS]))
        assert all(0 <= row[name] <= 1 for name in COMPONENTS)
    assert sorted(found.frame["rank"]) == [1, 2, 3]
    assert rows["cars"]["rank"] == 3
    assert [note.code for note in found.notes] == ["chokepoints_reading", "few_assessed"]


def test_what_is_not_known_is_named_and_not_filled() -> None:
    found = chokepoints(table())
    assert found.frame["status"].to_list() == ["not_assessed"] * 3
    assert set(found.frame["missing"]) == {"capability_gap, non_substitutability"}
    assert found.frame["score"].null_count() == 3
    assert found.frame["rank"].null_count() == 3
    assert found.frame["criticality"].null_count() == 0
    assert found.sensitivity.height == 0
    partly = {"sector": ["chips", "ore"], "rca": [0.25, None], "unique": [0.9, 0.5]}
    some = chokepoints(table(), partly, capability="rca", non_substitutability="unique")
    assert some.frame["missing"].to_list() == ["capability_gap", None, "capability_gap, non_substitutability"]
    assert some.frame["rank"].to_list() == [None, 1, None]
    texts = [str(note) for note in some.notes]
    assert any("capability gap: not assessed for sectors without data (2: ore, cars)" in text for text in texts)


def test_a_table_without_imports_is_not_assessed_rather_than_zero() -> None:
    closed = table(imports=np.zeros((0, 3)), import_sectors=(), import_origins=())
    found = chokepoints(closed, KNOWN, capability="rca", non_substitutability="unique").frame
    assert set(found["missing"]) == {"import_concentration"}
    assert found["import_concentration"].null_count() == 3
    assert found["score"].null_count() == 3
    blank = table(import_origins=("", "", ""))
    found = chokepoints(blank, KNOWN, capability="rca", non_substitutability="unique").frame
    assert found["import_share"].null_count() == 0
    assert found["missing"].to_list() == ["import_concentration", "import_concentration", None]
    own = {**KNOWN, "share": [0.1, 0.5, 0.4], "h": [0.2, 0.8, 0.6]}
    found = chokepoints(
        closed, own, capability="rca", non_substitutability="unique", import_share="share", hhi="h"
    ).frame
    assert found["import_concentration"].to_list() == pytest.approx([0.24, 0.4, 0.02])
    assert found["status"].to_list() == ["assessed"] * 3


def test_redundancy_in_place_of_a_column_is_said() -> None:
    found = chokepoints(table(), KNOWN, capability="rca", redundancy=True)
    assert found.frame["non_substitutability"].to_list() == pytest.approx([20 / 55, 39 / 80, 0])
    assert "redundancy_for_substitution" in [note.code for note in found.notes]
    column = chokepoints(table(), KNOWN, capability="rca", redundancy=True, non_substitutability="unique")
    assert column.frame["non_substitutability"].to_list() == [0.5, 0.9, 0.2]


def test_scales_of_criticality() -> None:
    every = {how: chokepoints(table(), scale=how).frame["criticality"] for how in ("max", "minmax", "rank")}
    assert (every["minmax"].min(), every["minmax"].max(), every["max"].max()) == (0, 1, 1)
    assert sorted(every["rank"]) == pytest.approx([1 / 3, 2 / 3, 1])
    share = chokepoints(table(), measure="share").frame["loss"]
    assert share.to_list() == pytest.approx(extraction(table()).frame["outside_share"].to_list())
    ahead = chokepoints(table(), mode="forward").frame["loss"]
    assert ahead.to_list() == pytest.approx(extraction(table(), mode="forward").frame["outside_per_unit"].to_list())


@given(seed=st.integers(0, 5000))
def test_ranks_under_other_rules(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = {
        "sector": SECTORS,
        "rca": rng.uniform(0, 1.2, 3),
        "u": rng.random(3),
        "s": rng.random(3),
        "h": rng.random(3),
    }
    found = chokepoints(table(), known, capability="rca", non_substitutability="u", import_share="s", hhi="h")
    both = found.frame.join(found.sensitivity, on="sector", suffix="_again")
    assert (both["rank"] == both["rank_again"]).all()
    ranks = [c for c in found.sensitivity.columns if c.startswith("rank") and c not in ("rank_best", "rank_worst")]
    lines = found.sensitivity.select(ranks).to_numpy()
    assert (found.sensitivity["rank_best"].to_numpy() == lines.min(axis=1)).all()
    assert (found.sensitivity["rank_worst"].to_numpy() == lines.max(axis=1)).all()
    geometric = found.sensitivity["geometric"].rank("min", descending=True)
    assert (geometric == found.sensitivity["rank"]).all()
    parts = both.select(COMPONENTS).to_numpy()
    for k, name in enumerate(COMPONENTS):
        without = pl.Series(np.delete(parts, k, axis=1).prod(axis=1)).rank("min", descending=True)
        assert (without == both[f"rank_without_{name}"]).all()


def test_an_idle_sector_has_no_criticality() -> None:
    flows = table().flows.copy()
    flows[0] = flows[:, 0] = 0.0
    idle = table(flows=flows, output=np.array([0.0, 90.0, 200.0]), final=np.array([[0.0], [54.0], [172.0]]),
                 imports=np.array([[0.0, 6.0, 10.0], [0.0, 9.0, 30.0], [0.0, 3.0, 0.0]]))  # fmt: skip
    found = chokepoints(idle, KNOWN, capability="rca", non_substitutability="unique").frame
    assert found["missing"].to_list() == ["criticality", None, None]


def test_a_region_of_a_world() -> None:
    flows = np.array([[10.0, 5.0, 8.0, 2.0], [4.0, 12.0, 3.0, 6.0], [7.0, 1.0, 20.0, 9.0], [2.0, 8.0, 5.0, 11.0]])
    final = np.array([[30.0, 5.0], [20.0, 15.0], [6.0, 57.0], [9.0, 45.0]])
    world = IOTable(
        ("ore", "cars") * 2, flows, final, flows.sum(axis=1) + final.sum(axis=1), ("A", "A", "B", "B"),
        ("A|use", "B|use"), np.zeros((0, 4)),
    )  # fmt: skip
    found = chokepoints(world, region="A").frame
    assert found["sector"].to_list() == ["ore", "cars"]
    assert found["import_share"].to_list() == pytest.approx([8 / 23, 10 / 26])
    with pytest.raises(DataError, match="several regions, and none is named"):
        chokepoints(world)
    with pytest.raises(SpecError, match="C"):
        chokepoints(world, region="C")


def test_what_is_refused_of_chokepoints() -> None:
    with pytest.raises(MethodError, match=r"capability.*“rca” is named, but no table"):
        chokepoints(table(), capability="rca")
    with pytest.raises(MethodError, match=r"chips.*A capability is negative \(-0\.25\)"):
        chokepoints(table(), {**KNOWN, "rca": [1.4, -0.25, 0.5]}, capability="rca")
    with pytest.raises(MethodError, match=r"non_substitutability, industry ore: The number 50 is not between 0 and 1"):
        chokepoints(table(), {**KNOWN, "unique": [20, 90, 50]}, non_substitutability="unique")
    with pytest.raises(MethodError, match=r"hhi, industry ore: The number 6000 is not between 0 and 1.*10000"):
        chokepoints(table(), {"sector": ["ore"], "h": [6000]}, hhi="h")
    with pytest.raises(DataError, match="no “chip”"):
        chokepoints(table(), {"sector": ["chip"], "rca": [1]}, capability="rca")
    with pytest.raises(DataError, match="more than one row"):
        chokepoints(table(), {"sector": ["ore", "ore"], "rca": [1, 2]}, capability="rca")
    with pytest.raises(SpecError, match="scale"):
        chokepoints(table(), scale="log")  # type: ignore[arg-type]


def test_the_kind_of_table_comes_back() -> None:
    found = chokepoints(table(), pd.DataFrame(KNOWN), capability="rca")
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert isinstance(meters(table(), pd.DataFrame(KNOWN), rca="rca").to_frame(), pd.DataFrame)


def reading(found: pl.DataFrame, basis: str) -> dict[str, object]:
    return found.filter(pl.col("basis") == basis).row(0, named=True)


def test_meters_by_hand() -> None:
    known = {"sector": SECTORS, "rca": [0.5, 0.25, 1.4], "lp": [30.0, 50.0, 120.0], "best": [60.0, 100.0, 100.0]}
    found = meters(table(), known, rca="rca", own="lp", reference="best", least_sufficiency=0.6)
    assert reading(found.frame, "output")["value"] == 1
    assert reading(found.frame, "rca")["value"] == pytest.approx(1 / 3)
    assert reading(found.frame, "self_sufficiency")["value"] == pytest.approx(2 / 3)  # ore 35/55, chips 38/80, cars 1
    assert reading(found.frame, "reference")["value"] == pytest.approx((60 * 0.5 + 90 * 0.5) / 350)
    final = 350 - table().flows.sum()
    # What is imported for all of final demand is all that is imported.
    assert reading(found.frame, "import_content")["value"] == pytest.approx(62 / final)
    risk = (20 * 1.0 + 42 * (39**2 + 3**2) / 42**2) / final
    assert reading(found.frame, "concentrated_imports")["value"] == pytest.approx(risk)
    assert set(found.frame["status"]) == {"assessed"}
    equal = meters(table(), known, own="lp", reference="best", weights="equal").frame
    assert reading(equal, "reference")["value"] == pytest.approx(1 / 3)
    lower = meters(table(), known, own="lp", reference="best", better="lower").sectors["distance"]
    assert lower.to_list() == pytest.approx([0, 0, 1 - 100 / 120])
    large = meters(table(), least_output=0.2).frame
    assert reading(large, "output")["value"] == pytest.approx(2 / 3)


def test_meters_without_data_are_not_assessed() -> None:
    closed = table(imports=np.zeros((0, 3)), import_sectors=(), import_origins=())
    found = meters(closed)
    assert found.frame["status"].to_list() == ["assessed"] + ["not_assessed"] * 5
    assert found.frame["value"].null_count() == 5
    assert "supply risk (by import content): not assessed" in " ".join(str(note) for note in found.notes)
    partly = meters(table(import_origins=("", "", "")), {"sector": ["ore"], "rca": [2.0]}, rca="rca")
    assert reading(partly.frame, "rca")["status"] == "in_part"
    assert reading(partly.frame, "import_content")["status"] == "assessed"
    assert reading(partly.frame, "concentrated_imports")["status"] == "not_assessed"
    given_hhi = meters(table(import_origins=("", "", "")), {"sector": ["ore", "chips"], "h": [0.5, 1.0]}, hhi="h")
    final = 350 - table().flows.sum()
    assert reading(given_hhi.frame, "concentrated_imports")["value"] == pytest.approx((10 + 42) / final)


def test_what_is_refused_of_meters() -> None:
    known = {"sector": SECTORS, "lp": [30.0, 0.0, 120.0], "best": [60.0, 100.0, 100.0]}
    with pytest.raises(MethodError, match=r"own, industry chips: .*must be above zero; this is 0"):
        meters(table(), known, own="lp", reference="best")
    with pytest.raises(SpecError, match="own and reference must be named together"):
        meters(table(), known, own="lp")
    with pytest.raises(SpecError, match=r"least_sufficiency.*1\.5 is out of range"):
        meters(table(), least_sufficiency=1.5)
    with pytest.raises(SpecError, match="better"):
        meters(table(), better="more")  # type: ignore[arg-type]
