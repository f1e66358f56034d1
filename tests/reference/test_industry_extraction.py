"""Extraction, cuts, embodied emissions and sources on real tables, beside numbers of other programs.

The losses of China's sectors and the cuts are independent results by direct solution, printed to the digits given here;
multipliers of emissions are those of pymrio 0.7 on its own test system.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry.chain_risk.chokepoints import chokepoints
from nqpf.industry.chain_risk.meters import meters
from nqpf.industry.input_output.carbon import embodied
from nqpf.industry.input_output.cut import cut, cuts
from nqpf.industry.input_output.extraction import extraction
from nqpf.industry.input_output.suppliers import suppliers
from nqpf.industry.input_output.table import IOTable

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def world(shared: Path) -> IOTable:
    """Return the world of 41 economies × 35 sectors in 2011; cells are cut to whole millions, so rows do not add up."""
    file = np.load(shared / "data" / "industry" / "wiod_2011.npz")
    regions, sectors = (file[name].astype(str).tolist() for name in ("countries", "sectors"))
    uses = [f"{region}|{k}" for region in regions for k in range(5)]
    z, y, x = (file[name].astype(float) for name in ("Z", "Y", "x"))
    return IOTable(
        tuple(sectors) * 41, z, y, x, tuple(np.repeat(regions, 35).tolist()), tuple(uses), np.zeros((0, len(x)))
    )


@pytest.fixture(scope="module")
def pymrio(shared: Path) -> IOTable:
    z = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_Z.csv")
    more = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_multipliers.csv")
    labels = z.columns[1:]
    assert z[""].to_list() == more[""].to_list() == labels
    regions, sectors = zip(*(label.split("|") for label in labels), strict=True)
    flows, output = z.drop("").to_numpy(), more["x"].to_numpy()
    return IOTable(
        sectors, flows, more["Y_total"].to_numpy()[:, None], output, regions, ("reg1|all",), np.zeros((0, len(output)))
    )


def test_loss_outside_of_sectors_of_china(shared: Path, world: IOTable) -> None:
    found = extraction(world.region("CHN")).frame.sort("rank")
    top = dict(found.head(5).select("sector", "loss_outside").rows())
    expected = {"Construction": 3.86e6, "ElecOptical": 1.97e6, "BasicMetals": 1.41e6, "Machinery": 1.27e6,
                "Chemicals": 1.08e6}  # fmt: skip
    assert list(top) == list(expected)
    for sector, loss in expected.items():
        assert top[sector] == pytest.approx(loss, abs=0.005e6)
    z = pl.read_csv(shared / "ref" / "industry" / "wiod_chn2011_Zd.csv")
    china = world.region("CHN")
    at = [china.sectors.index(name) for name in z.columns[1:]]
    np.testing.assert_array_equal(china.flows[np.ix_(at, at)], z.drop("").to_numpy())


@pytest.mark.parametrize("mode", ["total", "backward", "forward"])
def test_closed_form_equals_direct_solution(pymrio: IOTable, mode: str) -> None:
    found = extraction(pymrio, mode=mode)  # type: ignore[arg-type]
    x = pymrio.output
    for i in range(len(x)):
        a, b = pymrio.flows / x, pymrio.flows / x[:, None]
        f, v = x - a @ x, x - x @ b
        if mode == "forward":
            b[i] = 0.0
            left = np.linalg.solve((np.eye(len(x)) - b).T, v)
        else:
            a[:, i] = 0.0
            if mode == "total":
                a[i], f[i] = 0.0, 0.0
            left = np.linalg.solve(np.eye(len(x)) - a, f)
        np.testing.assert_allclose(found.losses[i], x - left, rtol=0, atol=1e-9 * x.max())
        assert found.frame["loss"][i] == pytest.approx((x - left).sum(), rel=1e-9)


def test_groups_of_a_world_equal_direct_solution(world: IOTable) -> None:
    found = extraction(world, groups={"China": "CHN", "electronics": "ElecOptical"})
    for g, out in enumerate(([r == "CHN" for r in world.regions], [s == "ElecOptical" for s in world.sectors])):
        rest = ~np.array(out)
        a = world.coefficients[np.ix_(rest, rest)]
        f = world.output - world.coefficients @ world.output
        left = np.linalg.solve(np.eye(int(rest.sum())) - a, f[rest])
        np.testing.assert_allclose(found.losses[g][rest], world.output[rest] - left, rtol=0, atol=1e-3)
        assert found.frame["loss_outside"][g] == pytest.approx((world.output[rest] - left).sum(), rel=1e-9)


def test_cut_of_deliveries_to_china(world: IOTable) -> None:
    found = {row["supplier"]: row for row in cuts(world, users="CHN").frame.iter_rows(named=True)}
    assert "CHN" not in found
    for origin, per_cent in {"AUS": 0.134, "BRA": 0.046, "CAN": 0.039, "BEL": 0.018, "AUT": 0.013}.items():
        assert round(100 * found[origin]["share"], 3) == per_cent
    a = world.coefficients.copy()
    a[np.ix_([r == "AUS" for r in world.regions], [r == "CHN" for r in world.regions])] = 0.0
    left = np.linalg.solve(np.eye(len(a)) - a, world.output - world.coefficients @ world.output)
    loss = cut(world, supplier="AUS", users="CHN").frame["loss"].to_numpy()
    np.testing.assert_allclose(loss, world.output - left, rtol=0, atol=1e-3)


def test_multipliers_of_emissions(shared: Path, pymrio: IOTable) -> None:
    """The file has multipliers M = S L only; emissions are S = M (I − A) times output."""
    theirs = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_M_emissions.csv", skip_rows=1)
    assert theirs[""].to_list() == list(pymrio.labels)
    m = theirs["air"].to_numpy()
    e = (m - m @ pymrio.coefficients) * pymrio.output
    data = {"region": pymrio.regions, "sector": pymrio.sectors, "air": e}
    found = embodied(pymrio, data, "air")
    np.testing.assert_allclose(found.frame["multiplier"], m, rtol=1e-10)
    assert found.final["embodied"].sum() == pytest.approx(e.sum(), rel=1e-7)


def test_multipliers_of_emissions_from_the_emissions_themselves(pymrio: IOTable, shared: Path) -> None:
    peer = pytest.importorskip("pymrio")
    system = peer.load_test().calc_all()
    air = system.emissions.F.iloc[0]
    finals = tuple(f"{region}|{category}" for region, category in system.Y.columns)
    table = IOTable(
        pymrio.sectors, pymrio.flows, system.Y.to_numpy(), pymrio.output, pymrio.regions, finals, pymrio.imports
    )
    data = {"region": pymrio.regions, "sector": pymrio.sectors, "air": air.to_numpy()}
    found = embodied(table, data, "air")
    theirs = pl.read_csv(shared / "ref" / "industry" / "pymrio_test_M_emissions.csv", skip_rows=1)
    np.testing.assert_allclose(found.frame["multiplier"], theirs["air"], rtol=1e-10)
    np.testing.assert_allclose(found.accounts["imports"], system.emissions.D_imp_reg.iloc[0], rtol=1e-9)
    np.testing.assert_allclose(found.accounts["exports"], system.emissions.D_exp_reg.iloc[0], rtol=1e-9)
    direct = system.emissions.F_Y.iloc[0].groupby(level=0, sort=False).sum().to_numpy()
    consumed = found.accounts["consumption"].to_numpy() + direct
    np.testing.assert_allclose(consumed, system.emissions.D_cba_reg.iloc[0], rtol=1e-9)


def test_sources_of_china(world: IOTable) -> None:
    found = suppliers(world, region="CHN", by="user").frame
    shares = dict(found.select("sector", pl.col("import_share").round(3)).rows())
    assert (shares["CokePetroleum"], shares["ElecOptical"]) == (0.446, 0.158)


def test_readings_of_china(world: IOTable) -> None:
    china = world.region("CHN")
    found = meters(world, region="CHN")
    values = {row["basis"]: row for row in found.frame.iter_rows(named=True)}
    assert values["output"]["value"] == pytest.approx(33 / 35)
    final = china.output - china.flows.sum(axis=1)
    assert values["import_content"]["value"] == pytest.approx(china.imports.sum() / final.sum(), rel=1e-3)
    content = dict(found.sectors.select("sector", pl.col("import_content").round(3)).rows())
    assert content["CokePetroleum"] == 0.435
    assert content["ElecOptical"] == 0.304
    points = chokepoints(world, region="CHN")
    assert set(points.frame["status"]) == {"not_assessed"}
    assert points.frame["import_concentration"].null_count() == 1  # PrivHouseh is neither made nor imported
