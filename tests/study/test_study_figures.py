"""The demos' figures are those of their source, with the checks their READMEs state."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from nqpf.data import read
from nqpf.study import demo_names, demo_path

# SHA-256 as printed in each demo's README.
SUMS = {
    "thermal": "00535439aa965046d4f83d471c7f84954e31e72ab62d06463cbaefaadfad56f5",
    "oecd": "de1813555fa0ed10a8657cc49481328b6224cc1f1e9f65536f72052bc4c260d4",
}


def _csv(name: str) -> Path:
    return demo_path(name).with_name(f"{name}.csv")


@pytest.mark.parametrize("name", SUMS)
def test_checksum(name: str) -> None:
    # Figures are compared with line feeds, whatever the checkout made of them.
    content = _csv(name).read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == SUMS[name]
    assert SUMS[name] in demo_path(name).with_name("README.md").read_text(encoding="utf-8")


def test_every_demo_on_real_figures_has_its_sum() -> None:
    # firms and pages are constructed, by scripts that lie beside them; zones has tests of its own
    assert sorted([*SUMS, "firms", "pages", "zones"]) == demo_names()


def test_thermal_adds_up_to_official_totals() -> None:
    totals = pl.read_csv(_csv("thermal")).group_by("year").agg(pl.col("capacity", "generation", "energy").sum())
    year = {row["year"]: row for row in totals.to_dicts()}
    assert year[2010]["capacity"] == pytest.approx(70_970, rel=0.001)
    assert year[2017]["generation"] == pytest.approx(46_600, rel=0.005)
    # 100 g per kWh for each 10⁴ tce per 10⁸ kWh: a coal rate only right if generation is in 10⁸ kWh, not 10⁷.
    assert year[2017]["energy"] / year[2017]["generation"] * 100 == pytest.approx(329, abs=1)


def test_oecd_has_the_magnitudes_that_fixed_its_units() -> None:
    usa = pl.read_csv(_csv("oecd")).row(
        by_predicate=(pl.col("country") == "美国") & (pl.col("year") == 2019), named=True
    )
    assert usa["output"] * 1e3 == pytest.approx(19.97e12, rel=0.001)
    assert usa["labour"] == pytest.approx(158.3, rel=0.001)
    assert usa["energy"] == pytest.approx(100.5, rel=0.001)
    assert usa["co2"] == pytest.approx(5256, rel=0.001)


def test_shapes_and_places() -> None:
    thermal, oecd = (read(_csv(name)).to_panel() for name in ("thermal", "oecd"))
    assert thermal.values.shape == (11, 30, 5)
    assert "540000" not in thermal.units
    assert oecd.values.shape == (9, 33, 9)
    assert oecd.labels["LUX"].en == "Luxembourg"
