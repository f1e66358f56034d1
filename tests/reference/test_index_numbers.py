"""Index numbers of productivity beside R's productivity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity import index_numbers

pytestmark = pytest.mark.reference

X = ["q.capital", "q.land", "q.labor", "q.materials"]
Y = ["q.livestock", "q.crop", "q.other"]
AGRI: Any = {
    "unit": "States",
    "time": "Years",
    "input_prices": [c.replace("q.", "p.") for c in X],
    "output_prices": [c.replace("q.", "p.") for c in Y],
}
NAMES = {
    "dREV": "revenue", "dCOST": "cost", "dPROF": "profitability", "dP": "output_price", "dW": "input_price",
    "dTT": "terms_of_trade", "dAO": "output", "dAI": "input", "dTFP": "tfp", "dMP": "mp", "dTFPE": "tfpe",
    "dOTE": "ote", "dOSE": "ose", "dRAE": "ome", "dROSE": "rose", "dOSME": "osme", "dRME": "rme", "dRE": "re",
}  # fmt: skip
"""Their names of the numbers, and ours."""


def read(shared: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "productivity" / f"{name}.csv", null_values=["NA"], infer_schema_length=None)


def beside(shared: Path, **options: Any) -> dict[str, float]:
    """Return the largest difference of each number from R's, 20 states and 9 changes."""
    theirs = read(shared, "usagri20_fisher_vrs_out_Changes").drop_nulls()
    ours = index_numbers(read(shared, "usagri20"), X, Y, **AGRI, **options).changes
    both = theirs.join(ours, left_on=["States", "Years"], right_on=["States", "to"])
    assert both.height == 20 * 9
    assert set(both["status"]) == {"defined"}
    return {c: float(np.abs(both[c].to_numpy() - both[name].to_numpy()).max()) for c, name in NAMES.items()}


def test_fisher_and_its_components(shared: Path) -> None:
    assert max(beside(shared, scaled=True).values()) < 1e-8


def test_what_scaling_does_to_them(shared: Path) -> None:
    """Values and technical efficiency stay; what is weighed by prices that do not fit the quantities does not."""
    apart = beside(shared)
    assert max(apart[c] for c in ("dREV", "dCOST", "dPROF", "dOTE", "dOSE")) < 1e-8
    assert min(apart[c] for c in ("dAO", "dAI", "dTFP", "dMP")) > 1e-3


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_shadow_prices_that_changes_hang_on_are_unique(shared: Path, rts: Any) -> None:
    """Of US agriculture before yearly frontiers: only levels of the first year are one choice among several."""
    found = index_numbers(read(shared, "usagri"), X, Y, **AGRI, index="hicks_moorsteen", rts=rts)
    assert found.changes.height == 48 * 9
    assert not found.changes["tied"].any()
    tied = found.levels.filter(pl.col("tied"))
    assert tied.height > 0
    assert set(tied["Years"]) == {1995}
