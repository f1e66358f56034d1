"""Slacks-based, additive and Russell measures beside deaR 1.5.3 and Benchmarking 0.33.

deaR's scores come from one simplex code without scaling; 1e-6 is what it keeps. Sums of slacks are compared relative to
their size. Benchmarking divides by column means before it maximises wherever a mean is beyond 1e4, which is
``weights="mean"`` here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.technology import Rts

pytestmark = pytest.mark.reference

SETS = {
    "tone2001": (["Input1", "Input2"], ["Output1", "Output2"]),
    "economy2005": (["Capital2005", "Labor2005"], ["GIOV2005"]),
    "charnes1981": (["x1", "x2", "x3", "x4", "x5"], ["y1", "y2", "y3"]),
}
ORIENTATIONS = {"no": "both", "io": "input", "oo": "output"}


def scores(folder: Path, name: str, rts: Rts, **options: object) -> pl.DataFrame:
    data = pl.read_csv(folder / f"{name}.csv")
    inputs, outputs = SETS[name]
    return dea(data, inputs, outputs, unit="dmu", rts=rts, **options).frame  # type: ignore[arg-type]


@pytest.mark.parametrize("rts", ["crs", "vrs"])
@pytest.mark.parametrize("name", SETS)
def test_scores_of_dear(shared: Path, name: str, rts: Rts) -> None:
    folder = shared / "ref" / "productivity"
    theirs = pl.read_csv(folder / f"{name}_deaR.csv", null_values="NA")
    for short, orientation in ORIENTATIONS.items():
        for measure, column in (("sbm", "sbm"), ("super_sbm_one", "sbmsuper")):
            ours = scores(folder, name, rts, measure=measure, orientation=orientation)
            both = ours.join(theirs.select(pl.col("dmu"), pl.col(f"{column}_{rts}_{short}").alias("theirs")), on="dmu")
            assert both["score"].is_null().equals(both["theirs"].is_null())
            assert set(both.filter(pl.col("score").is_null())["status"]) <= {"infeasible"}
            assert (both["score"] - both["theirs"]).abs().max() < 1e-6
    russell = scores(folder, name, rts, measure="russell", orientation="input")
    assert np.allclose(russell["score"], theirs[f"russell_nonrad_{rts}_io"], rtol=0, atol=1e-6)
    slacks = scores(folder, name, rts, measure="additive")
    assert np.allclose(slacks["score"], theirs[f"additive_{rts}"], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("rts", ["crs", "vrs"])
@pytest.mark.parametrize("name", ["economy2005", "charnes1981", "milkProd"])
def test_sums_of_slacks_of_benchmarking(shared: Path, name: str, rts: Rts) -> None:
    folder = shared / "ref" / "productivity"
    theirs = pl.read_csv(folder / f"{name}_benchmarking.csv")[f"add_{rts}_slacksum"]
    data = pl.read_csv(folder / f"{name}.csv")
    inputs, outputs = SETS.get(name, (["energy", "vet", "cows"], ["milk"]))
    means = data.select([*inputs, *outputs]).mean().row(0)
    weights = "mean" if max(means) > 1e4 else "one"
    found = dea(data, inputs, outputs, unit="dmu", rts=rts, measure="additive", weights=weights)
    assert found.slacks is not None
    ours = found.slacks.select(pl.sum_horizontal([*inputs, *outputs])).to_series()
    assert (name == "milkProd") == (weights == "mean")
    assert np.allclose(ours, theirs, rtol=1e-8, atol=1e-8 * max(means))
