"""Extraction and cuts by hand, what their tables say, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.input_output.cut import cut, cuts
from nqpf.industry.input_output.extraction import extraction
from nqpf.industry.input_output.table import IOTable


@pytest.fixture
def farm() -> IOTable:
    """Return two sectors with A = [[.1, .2], [.3, .1]], so that L = [[.9, .2], [.3, .9]] / .75."""
    flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    final = np.array([[50.0], [150.0]])
    return IOTable(("farm", "works"), flows, final, np.array([100.0, 200.0]), ("", ""), ("use",), np.zeros((0, 2)))


def world() -> IOTable:
    flows = np.array([[10.0, 5.0, 8.0, 2.0], [4.0, 12.0, 3.0, 6.0], [7.0, 1.0, 20.0, 9.0], [2.0, 8.0, 5.0, 11.0]])
    final = np.array([[30.0, 5.0], [20.0, 15.0], [6.0, 57.0], [9.0, 45.0]])
    output = flows.sum(axis=1) + final.sum(axis=1)
    regions, sectors = ("A", "A", "B", "B"), ("grain", "tools") * 2
    return IOTable(sectors, flows, final, output, regions, ("A|use", "B|use"), np.zeros((0, 4)))


def test_two_sectors_by_hand(farm: IOTable) -> None:
    total = extraction(farm).frame
    # Without works, farm makes f₁ / (1 − a₁₁) = 50 / .9; without farm, works makes 150 / .9.
    assert total["loss_outside"].to_list() == pytest.approx([200 - 150 / 0.9, 100 - 50 / 0.9])
    assert total["per_unit"].to_list() == pytest.approx([1 + (200 - 150 / 0.9) / 100, 1 + (100 - 50 / 0.9) / 200])
    assert total["share"].to_list() == pytest.approx([(300 - 150 / 0.9) / 300, (300 - 50 / 0.9) / 300])
    assert total["outside_share"].to_list() == pytest.approx([(200 - 150 / 0.9) / 200, (100 - 50 / 0.9) / 100])
    assert total["rank"].to_list() == [2, 1]
    assert total["rank_per_unit"].to_list() == [1, 2]
    # Farm buys nothing: works makes 150 / .9 and farm 50 + .2 × that.
    back = extraction(farm, ["farm"], "backward")
    assert back.losses[0].tolist() == pytest.approx([100 - (50 + 0.2 * 150 / 0.9), 200 - 150 / 0.9])
    # Farm delivers nothing (B₁ = 0): works has its inputs v₂ = 140 and b₂₂ = .1, farm v₁ = 60 and b₂₁ = .15.
    ahead = extraction(farm, ["farm"], "forward")
    assert ahead.losses[0].tolist() == pytest.approx([100 - (60 + 0.15 * 140 / 0.9), 200 - 140 / 0.9])
    # The same by Leontief: row 1 of A is 0, farm makes its final demand only.
    row = extraction(farm, ["farm"], "forward", model="leontief")
    assert row.losses[0].tolist() == pytest.approx([50, 200 - (150 + 0.3 * 50) / 0.9])


def test_variants_of_total_extraction(farm: IOTable) -> None:
    # Final demand stays: farm makes 50 (Schultz) or, with its inner deliveries, 50 / .9 (Cella); works 150 / .9.
    schultz = extraction(farm, ["farm"], final="kept")
    assert schultz.losses[0].tolist() == pytest.approx([50, 200 - 150 / 0.9])
    cella = extraction(farm, ["farm"], final="kept", own="kept")
    assert cella.losses[0].tolist() == pytest.approx([100 - 50 / 0.9, 200 - 150 / 0.9])
    assert cella.method.options["own"] == "kept"
    assert cella.method.options["final"] == "kept"
    assert extraction(farm).method.options == {
        "mode": "total", "share": 1.0, "model": "leontief", "final": "cut", "own": "cut",
    }  # fmt: skip
    assert extraction(farm, mode="forward").method.options["model"] == "ghosh"


def test_taking_everything_away_leaves_nothing(farm: IOTable) -> None:
    every = extraction(farm, groups={"economy": "all"})
    assert every.losses[0].tolist() == pytest.approx([100, 200])
    assert every.frame.row(0, named=True)["loss_outside"] == pytest.approx(0)
    assert every.frame["outside_share"][0] is None


def test_who_is_hit() -> None:
    found = extraction(world(), "B")
    assert found.frame.columns[:2] == ["region", "sector"]
    assert found.frame.select("region", "sector").rows() == [("B", "grain"), ("B", "tools")]
    hit = found.affected("B|grain")
    assert hit["loss"].to_list() == pytest.approx(found.losses[0].tolist())
    assert hit.filter((hit["region"] == "B") & (hit["sector"] == "grain"))["share"][0] == pytest.approx(1)
    with pytest.raises(DataError, match=r"has no “B|grian”\. Did you mean “B\|grain”"):
        found.affected("B|grian")


def test_regions_and_sectors_as_groups() -> None:
    table = world()
    by_region = extraction(table, groups="region")
    assert by_region.frame["group"].to_list() == ["A", "B"]
    named = extraction(table, groups={"A": ["A|grain", "A|tools"], "B": "B"})
    np.testing.assert_allclose(by_region.losses, named.losses)
    by_sector = extraction(table, groups="sector").frame
    assert by_sector["group"].to_list() == ["grain", "tools"]
    assert by_sector["output"].to_list() == pytest.approx([table.output[[0, 2]].sum(), table.output[[1, 3]].sum()])


def test_a_sector_without_output(farm: IOTable) -> None:
    wide = IOTable(
        ("farm", "works", "none"),
        np.pad(farm.flows, (0, 1)),
        np.pad(farm.final, ((0, 1), (0, 0))),
        np.append(farm.output, 0.0),
        ("",) * 3,
        ("use",),
        np.zeros((0, 3)),
    )
    for mode in ("total", "backward", "forward"):
        found = extraction(wide, mode=mode)
        last = found.frame.row(2, named=True)
        assert last["loss"] == pytest.approx(0)
        assert last["per_unit"] is None
        assert last["rank_per_unit"] is None
        codes = [note.code for note in found.notes]
        assert "sectors_without_output" in codes
        np.testing.assert_allclose(found.losses[:2, :2], extraction(farm, mode=mode).losses)


def test_notes_say_how_it_must_be_read(farm: IOTable) -> None:
    plain = extraction(farm)
    assert [note.code for note in plain.notes] == ["extraction_reading"]
    assert "no measure of choke points by itself" in str(plain.notes[0])
    assert "upper bounds" in str(plain.notes[0])
    assert [n.code for n in extraction(farm, mode="forward").notes] == ["ghosh_reading", "extraction_reading"]
    open_ = replace(farm, final=np.array([[50.0], [140.0]]))
    gap = extraction(open_).notes[0]
    assert gap.code == "final_demand_by_balance"
    assert "most in “works” (by 10)" in str(gap)
    np.testing.assert_allclose(extraction(open_).losses, plain.losses)


def test_what_is_refused_of_extraction(farm: IOTable) -> None:
    with pytest.raises(DataError, match=r"has no “work”\. Did you mean “works”\? There are: farm, works"):
        extraction(farm, ["work"])
    with pytest.raises(SpecError, match="No sector is named"):
        extraction(farm, [])
    with pytest.raises(SpecError, match=r"groups\.none.*No sector is named"):
        extraction(farm, groups={"one": ["farm"], "none": []})
    with pytest.raises(SpecError, match="No sector is named"):
        extraction(farm, groups={})
    with pytest.raises(SpecError, match="Both sectors and groups"):
        extraction(farm, ["farm"], groups={"one": ["farm"]})
    with pytest.raises(DataError, match="does not tell regions apart"):
        extraction(farm, groups="region")
    for share in (0.0, -0.5, 1.5, float("nan")):
        with pytest.raises(SpecError, match="A share lies above 0 and is at most 1"):
            extraction(farm, share=share)
    with pytest.raises(SpecError, match="totl"):
        extraction(farm, mode="totl")  # type: ignore[arg-type]


def test_a_remainder_that_is_singular_is_named() -> None:
    # A negative input keeps the whole solvable: without “prop”, sector “self” uses up all it makes.
    flows = np.array([[100.0, 20.0], [-50.0, 0.0]])
    table = IOTable(
        ("self", "prop"), flows, np.array([[-20.0], [90.0]]), np.array([100.0, 40.0]), ("", ""), ("use",),
        np.zeros((0, 2)),
    )  # fmt: skip
    with pytest.raises(MethodError, match=r"Without prop the system of the other sectors has no reliable solution"):
        extraction(table, ["prop"])
    assert extraction(table, ["self"]).frame["loss_own"][0] == pytest.approx(100)


def test_a_cut_by_hand(farm: IOTable) -> None:
    # Farm no longer delivers to works: it makes 50 / .9, works (150 + .3 × that) / .9.
    left = 50 / 0.9
    found = cut(farm, supplier="farm", users="works")
    assert found.frame["loss"].to_list() == pytest.approx([100 - left, 200 - (150 + 0.3 * left) / 0.9])
    row = found.summary.row(0, named=True)
    assert row["delivered"] == 40
    assert row["per_unit"] == pytest.approx(row["loss"] / 40)
    assert row["users_share"] == pytest.approx(row["loss_users"] / 200)
    # By Ghosh works shrinks: it has v = 140 and b₂₂ = .1.
    assert cut(farm, supplier="farm", users="works", model="ghosh").frame["loss"][1] == pytest.approx(200 - 140 / 0.9)
    assert "no forecast" in str(found.notes[-1])


def test_nothing_delivered_nothing_lost() -> None:
    table = world()
    table.flows[0, 2] = table.flows[0, 3] = 0.0
    row = cut(table, supplier="A|grain", users="B").summary.row(0, named=True)
    assert row["delivered"] == 0
    assert row["loss"] == pytest.approx(0)
    assert row["per_unit"] is None


def test_what_is_refused_of_cuts(farm: IOTable) -> None:
    with pytest.raises(DataError, match="has no “mill”"):
        cut(farm, supplier="mill", users="works")
    with pytest.raises(SpecError, match=r"users.*No sector is named"):
        cut(farm, supplier="farm", users=[])
    with pytest.raises(SpecError, match="at most 1"):
        cut(farm, supplier="farm", users="works", share=2.0)
    with pytest.raises(DataError, match="does not tell regions apart"):
        cuts(farm, users="works")
    with pytest.raises(DataError, match="no origin besides the users' own regions"):
        cuts(world(), users=["A", "B"])
    with pytest.raises(SpecError, match="word"):
        cuts(world(), users="A", model="word")  # type: ignore[arg-type]
    named = cuts(world(), users="A", suppliers={"grain of B": "B|grain", "all of B": "B"}).frame
    assert named["supplier"].to_list() == ["grain of B", "all of B"]
    assert named["loss"][0] < named["loss"][1]
