"""Types, paths and peers of the provinces: they run on real panels, and say what can be checked by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.regions.paths.peers import peers
from nqpf.regions.paths.sufficiency import sufficiency
from nqpf.regions.paths.typology import typology

pytestmark = pytest.mark.reference

ENDOWMENT = ["rd_intensity", "population", "disposable_income_pc", "capital_stock_zj2000", "mobile_per_100"]


@pytest.fixture(scope="module")
def panel(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv")


def test_types_of_provinces(panel: pl.DataFrame) -> None:
    found = typology(panel, ENDOWMENT, unit="region", time="year", draws=99)
    pair = found.frame.filter(pl.col("region").is_in(["北京", "上海"]))["cluster"].to_list()
    assert pair == [2, 2]  # two cities far ahead of all others
    assert found.clusters["n"].to_list() == [28, 2]
    assert not found.clusters["stable"][1]  # and half of all resamples hold only one of them
    ranked = typology(panel, ENDOWMENT, unit="region", time="year", draws=99, standardise="rank")
    assert ranked.clusters["n"].min() >= 5  # type: ignore[operator]


def test_paths_to_invention(panel: pl.DataFrame) -> None:
    expected = dict.fromkeys(ENDOWMENT, "present")
    found = sufficiency(
        panel, ENDOWMENT, "invention_grants", unit="region", time="year", nudge=0.001,
        solution="intermediate", expectations=expected, draws=999,  # type: ignore[arg-type]
    )  # fmt: skip
    assert found.paths == 3
    assert found.p < 0.01
    assert found.terms.filter(condition="rd_intensity")["state"].unique().to_list() == ["present"]
    assert found.solutions["coverage"].item() > 0.9
    pooled = sufficiency(
        panel, ENDOWMENT, "invention_grants", unit="region", time="year", period="pooled", nudge=0.001, draws=199
    )
    assert pooled.memberships.height == 330
    assert np.isfinite(pooled.p)
    assert pooled.years.height == 11 * pooled.frame["path"].n_unique()


def test_peers_of_provinces(panel: pl.DataFrame) -> None:
    found = peers(panel, ENDOWMENT, unit="region", time="year", targets=["invention_grants"])
    assert found.units.filter(~pl.col("supported"))["region"].to_list() == ["上海", "北京"]
    assert (found.columns["after"] < found.columns["before"]).all()
    assert found.targets.height == 30
