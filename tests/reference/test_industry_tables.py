"""Tables beside pymrio 0.7 on its test system, and the world of WIOD 2011 with China in it.

pymrio's numbers are printed with 17 digits; what is a formula agrees to 1e-12.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry.input_output.table import IOTable

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def world(shared: Path) -> IOTable:
    held = np.load(shared / "data" / "industry" / "wiod_2011.npz")
    return IOTable.from_blocks(
        held["Z"], held["Y"], held["x"], regions=held["countries"].tolist(), sectors=held["sectors"].tolist(),
        unit="M USD", year=2011,
    )  # fmt: skip


@pytest.fixture(scope="module")
def china(world: IOTable) -> IOTable:
    return world.country("CHN")


def test_multipliers_and_linkages_of_pymrio(shared: Path) -> None:
    z = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_Z.csv")
    theirs = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_multipliers.csv")
    assert z[""].to_list() == theirs[""].to_list() == z.columns[1:]
    regions, sectors = zip(*(label.split("|") for label in z[""].to_list()), strict=True)
    table = IOTable.of(
        z.drop("").to_numpy(), theirs["Y_total"].to_numpy(), theirs["x"].to_numpy(), sectors=sectors, regions=regions
    )
    near = dict(rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(table.leontief().frame["multiplier"], theirs["output_multiplier"], **near)
    np.testing.assert_allclose(table.ghosh().frame["multiplier"], theirs["input_multiplier_ghosh"], **near)
    linkages = table.linkages().frame
    np.testing.assert_allclose(linkages["backward_norm"], theirs["backward_norm"], **near)
    np.testing.assert_allclose(linkages["forward_norm"], theirs["forward_norm_ghosh"], **near)
    x = table.output
    np.testing.assert_allclose(table.allocation, table.coefficients * x / x[:, None], **near)


def test_the_world_is_read_with_its_rounding(world: IOTable) -> None:
    notes = {note.code: note.values for note in world.notes}
    assert notes["io_gaps_row"]["gap"] == -108
    assert notes["io_negative_final"] == {"count": 352, "least": -42061.0}
    assert notes["io_no_output"]["count"] == 22
    assert world.balance().balanced
    assert len(world.labels) == 1435


def test_china_out_of_the_world(shared: Path, china: IOTable) -> None:
    folder = shared / "ref" / "industry"
    for file, block in (("wiod_chn2011_Zd.csv", china.flows), ("wiod_chn2011_Zm.csv", None)):
        theirs = pl.read_csv(folder / file)
        users = [china.sectors.index(name) for name in theirs.columns[1:]]
        if block is not None:
            makers = [china.sectors.index(name) for name in theirs[""]]
            np.testing.assert_array_equal(block[np.ix_(makers, users)], theirs.drop("").to_numpy())
            continue
        by_sector = {s: np.zeros(len(china.sectors)) for s in china.sectors}
        for name, row in zip(china.import_sectors, china.imports, strict=True):
            by_sector[name] = by_sector[name] + row
        ours = np.array([by_sector[name][users] for name in theirs[""]])
        np.testing.assert_array_equal(ours, theirs.drop("").to_numpy())
    assert china.balance().balanced


def test_what_china_imports(china: IOTable) -> None:
    frame = china.import_content().frame.sort("total", descending=True, nulls_last=True)
    assert frame["sector"].to_list()[:5] == ["CokePetroleum", "ElecOptical", "BasicMetals", "Chemicals", "Machinery"]
    np.testing.assert_allclose(frame["total"][:5], [0.4353, 0.3036, 0.2731, 0.2434, 0.2345], atol=5e-5)
    shares = dict(zip(frame["sector"], frame["input_share"], strict=True))
    assert shares["CokePetroleum"] == pytest.approx(0.446, abs=5e-4)
    assert shares["ElecOptical"] == pytest.approx(0.158, abs=5e-4)
    np.testing.assert_allclose((frame["total"] + frame["domestic"]).drop_nulls(), 1)


def test_chinas_construction_pulls(china: IOTable) -> None:
    linkages = china.linkages()
    found = dict(zip(linkages.frame["sector"], linkages.frame["backward_norm"], strict=True))
    assert found["Construction"] == pytest.approx(1.19, abs=0.005)
    assert linkages.frame["backward_norm"].mean() == pytest.approx(1)
    assert [n.code for n in linkages.notes] == ["linkages_without_output"]


def test_the_years_of_china_agree_with_the_world(shared: Path, china: IOTable) -> None:
    years = pl.read_parquet(shared / "data" / "industry" / "wiod_chn_io35_1995_2011.parquet")
    theirs = years.filter(year=2011)
    assert theirs["sector"].to_list() == list(china.sectors)
    sold = china.final[:, [china.finals.index(n) for n in ("exports_intermediate", "exports_final")]]
    np.testing.assert_array_equal(sold, theirs.select("exports_intermediate", "exports_final").to_numpy())
    own = china.final.sum(axis=1) - sold.sum(axis=1)
    np.testing.assert_array_equal(own, theirs["final_domestic"].to_numpy())


def test_positions_in_the_chain(world: IOTable) -> None:
    """Value added in all exports is all exports; what some take into theirs others have delivered."""
    frame = world.chain_position().frame
    np.testing.assert_allclose(frame["domestic_share"] + frame["foreign_share"], 1)
    given = (frame["indirect_share"] * frame["exports"]).sum()
    assert given == pytest.approx((frame["foreign_share"] * frame["exports"]).sum())
