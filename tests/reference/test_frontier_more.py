"""More of frontiers beside deaR 1.5.3: the price of the scale, which every solver may pick from an interval of its own.

Column ``rts_label`` holds deaR's multiplier of Σλ = 1 in the input-oriented model under variable returns; it is minus
the price of the scale here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.frontier.returns import scale_efficiency

pytestmark = pytest.mark.reference

SETS = {
    "tone2001": (["Input1", "Input2"], ["Output1", "Output2"]),
    "economy2005": (["Capital2005", "Labor2005"], ["GIOV2005"]),
    "charnes1981": (["x1", "x2", "x3", "x4", "x5"], ["y1", "y2", "y3"]),
}


@pytest.mark.parametrize("name", SETS)
def test_price_of_the_scale_of_dear(shared: Path, name: str) -> None:
    """It lies in the interval everywhere and is the price where there is one only; returns have its sign there."""
    folder = shared / "ref" / "productivity"
    theirs = pl.read_csv(folder / f"{name}_deaR.csv", null_values="NA").select(
        "dmu", price=-pl.col("rts_label").cast(pl.Float64), crs=pl.col("crs_io"), vrs=pl.col("vrs_io")
    )
    inputs, outputs = SETS[name]
    found = scale_efficiency(pl.read_csv(folder / f"{name}.csv"), inputs, outputs, unit="dmu").frame
    both = found.join(theirs, on="dmu", validate="1:1", suffix="_theirs")
    assert both.height == theirs.height
    np.testing.assert_allclose(both["scale"], both["crs_theirs"] / both["vrs_theirs"], rtol=0, atol=1e-8)
    assert (both["price"] >= both["price_low"] - 1e-6).all()
    assert (both["price"] <= both["price_high"] + 1e-6).all()
    alone = both.filter(pl.col("price_high") - pl.col("price_low") < 1e-9)
    np.testing.assert_allclose(alone["price"], alone["price_low"], rtol=0, atol=1e-6)
    assert alone.height == {"tone2001": 1, "economy2005": 25, "charnes1981": 43}[name]
    signed = both.filter(pl.col("returns_local") != "constant")
    assert ((signed["price"] < 0) == (signed["returns_local"] == "increasing")).all()
