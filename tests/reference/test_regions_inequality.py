"""Dagum's decomposition beside literal double sums, R's dineq and IC2; a real sample with weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.regions.inequality.dagum import dagum
from nqpf.regions.inequality.differences import pair_sum
from nqpf.regions.inequality.theil import theil

pytestmark = pytest.mark.reference

TOTALS = {
    "G": "gini",
    "Gw": "within",
    "Gnb": "between",
    "Gt": "transvariation",
    "share_w": "share_within",
    "share_nb": "share_between",
    "share_t": "share_transvariation",
}
GROUPS = {"Gj": "gini", "p": "population_share", "s": "value_share", "mean": "mean"}
PAIRS = {"Gjh": "gini", "Djh": "affluence", "djh": "d", "pjh": "p"}


@pytest.mark.parametrize("name", ["toy6", "ties"])
def test_every_number_of_the_decomposition(shared: Path, name: str) -> None:
    home = shared / "ref" / "regions"
    found = dagum(pl.read_csv(home / f"dagum_{name}_input.csv"), "y", group="group")
    seen = 0
    for quantity, value in pl.read_csv(home / f"dagum_{name}_expected.csv").iter_rows():
        what, one, other = re.fullmatch(r"(\w+)(?:\[(\w+)(?:,(\w+))?\])?", quantity).groups()  # type: ignore[union-attr]
        if what in TOTALS:
            ours = found.frame[TOTALS[what]].item()
        elif other is None:
            ours = found.groups.filter(group=one)[GROUPS[what]].item()
        else:
            ours = found.pairs.filter(group_j=one, group_h=other)[PAIRS[what]].item()
        assert ours == pytest.approx(value, abs=1e-12, rel=1e-12), quantity
        seen += 1
    assert seen > 25


@pytest.mark.parametrize("name", ["prov31", "equalmeans", "singleton"])
def test_two_ways_to_the_same_parts(shared: Path, name: str) -> None:
    table = pl.read_csv(shared / "ref" / "regions" / f"dagum_{name}_input.csv")
    with_pairs, totals = (dagum(table, "y", group="group", pairs=pairs).frame for pairs in (True, False))
    np.testing.assert_allclose(with_pairs.to_numpy(), totals.to_numpy(), rtol=0, atol=1e-14)
    if name == "equalmeans":
        assert with_pairs["between"].item() == 0


def test_weights_of_a_real_sample(shared: Path) -> None:
    """The sample with weights is the population with as many rows (told apart by two ways to sum)."""
    table = pl.read_csv(shared / "ref" / "regions" / "mex2008_input.csv")
    found = dagum(table, "income", group="education", weight="factor")
    copies = table.sort("income").group_by("income", maintain_order=True).agg(pl.col("factor").sum())
    y, w = copies["income"].to_numpy(), copies["factor"].to_numpy().astype(float)
    assert found.frame["gini"].item() == pytest.approx(float(pair_sum(y, w)) / w.sum() / (w @ y), abs=1e-12)
    for order in (0, 1, 2):
        row = theil(table, "income", groups="education", weight="factor", order=order).frame.row(0, named=True)
        assert row["between"] + row["within"] == pytest.approx(row["theil"], abs=1e-12)
