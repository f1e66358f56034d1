"""Plans for all regions together: time to a proven gap, beside greedy and individual plans, and how regions herd.

``python benchmarks/plan.py [zones.parquet]``: constructed cases of 31 × 390 and 300 × 400, and, where a table of US
commuting zones by manufacturing industries (columns czone, sic87dd, year, ind_share) is given, a plan on its densities.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from nqpf.industry.planning.greedy_plan import greedy
from nqpf.industry.planning.plan import plan

SPEC: Mapping[str, Any] = {
    "per_region": 8,
    "gate": {"rule": "quantile", "at": 0.8},
    "leap": {"share": 0.1},
    "crowding": {"price": 0.3, "steps": [{"upto": 0.5}, {"times": 3.0}]},
    "cluster_cap": 2,
    "gaps": {"target": 0.8, "price": 2.0},
    "resilience": {"price": 1.0},
    "floor": {"count": 1, "layers": ["emerging", "future"]},
}


def constructed(regions: int, lines: int, *, even: bool = True, seed: int = 0) -> dict[str, pl.DataFrame]:
    """Return tables: density from common factors, p rising with density and ubiquity, v falling with ubiquity."""
    rng = np.random.default_rng(seed)
    base, need = rng.normal(size=(regions, 6)), rng.normal(size=(lines, 6))
    density = base @ need.T / 2.4 + rng.normal(0, 0.6, (regions, lines)) + rng.normal(0, 0.5, (regions, 1))
    common = rng.normal(0, 0.8, lines)
    p = 1 / (1 + np.exp(3 - density - 0.5 * common + rng.normal(0, 0.4, (regions, lines))))
    value = np.exp(0.3 * rng.normal(size=lines) - 0.2 * common)
    size = np.ones((regions, lines)) if even else np.exp(0.4 * rng.normal(size=(regions, lines)))
    headroom = regions * 8 / lines * np.exp(0.5 * rng.normal(size=lines))
    r, j = np.divmod(np.arange(regions * lines), lines)
    chain = rng.permutation(lines)[:120]
    units, names = [f"R{i:03d}" for i in range(regions)], [f"I{i:03d}" for i in range(lines)]
    candidates = pl.DataFrame(
        {
            "region": np.array(units)[r],
            "industry": np.array(names)[j],
            "p": p.ravel(),
            "density": density.ravel(),
            "size": size.ravel(),
        }
    )
    layers = rng.choice(["traditional", "emerging", "future"], lines, p=[0.5, 0.35, 0.15])
    critical = np.isin(np.arange(lines), rng.permutation(lines)[:20])
    return {
        "candidates": candidates,
        "regions": pl.DataFrame({"region": units, "cluster": rng.integers(0, max(2, regions // 10), regions)}),
        "industries": pl.DataFrame(
            {"industry": names, "value": value, "headroom": headroom, "layer": layers, "critical": critical}
        ),
        "gaps": pl.DataFrame({"gap": np.arange(120) // 3, "industry": np.array(names)[chain]}),
    }


def zones(file: str) -> dict[str, pl.DataFrame]:
    """Return tables of commuting zones: density of 1990, p a logit line in it, headroom a tenth of who is there."""
    table = pl.read_parquet(file).filter(pl.col("year") == 1990)
    wide = table.pivot(on="sic87dd", index="czone", values="ind_share").fill_null(0.0).sort("czone")
    names = [c for c in wide.columns if c != "czone"]
    share = wide.select(names).to_numpy()
    rca = share / share.sum(axis=1, keepdims=True) / np.maximum(share.mean(axis=0) / share.sum(axis=1).mean(), 1e-12)
    there = (rca >= 1).astype(float)
    kept, lines = there.sum(axis=1) >= 10, there.sum(axis=0) >= 3
    there, ubiquity = there[kept][:, lines], there[kept][:, lines].sum(axis=0)
    near = there.T @ there / np.maximum.outer(ubiquity, ubiquity)
    density = there @ near / near.sum(axis=0)
    p = 1 / (1 + np.exp(4.5 - 12 * density))
    r, j = np.nonzero(there == 0)
    units = np.array(wide["czone"].to_list())[kept]
    lined = np.array(names)[lines]
    return {
        "candidates": pl.DataFrame({"region": units[r], "industry": lined[j], "p": p[r, j], "density": density[r, j]}),
        "industries": pl.DataFrame({"industry": lined, "value": 1.0, "headroom": 0.1 * ubiquity}),
    }


def compare(name: str, tables: Mapping[str, pl.DataFrame], spec: Mapping[str, Any], curve: bool = False) -> None:
    """Print the time and the figures of a plan, the greedy one, and of every region by itself."""
    words: dict[str, Any] = {**tables, "unit": "region", "industry": "industry"}
    start = time.perf_counter()
    found = plan(**words, spec=dict(spec))
    took = time.perf_counter() - start
    print(f"{name}: {took:.2f} s, {found.status}, gap {found.gap:.1e}, {found.case.open.size} pairs may be chosen, "
          f"{found.frame.height} targets, objective {found.value:.3f}")  # fmt: skip
    start = time.perf_counter()
    rival = greedy(**words, spec=dict(spec))
    took = time.perf_counter() - start
    share = rival.value / found.value
    print(f"  greedy: {took:.2f} s, objective {rival.value:.3f} ({share:.1%} of the plan), order {rival.order}")
    if curve:
        print(found.coordination().frame.select("rule", "price", "status", "gap", "expected", "given_up", "max_regions",
                                                "hhi", "similarity", "excess", "gaps_open"))  # fmt: skip


if __name__ == "__main__":
    pl.Config.set_tbl_rows(20).set_tbl_cols(20).set_tbl_width_chars(160)
    plan(**constructed(5, 120), unit="region", industry="industry", spec=dict(SPEC))  # loads what has to be loaded
    gated = {key: value for key, value in SPEC.items() if key != "leap"}
    compare("31 × 390", constructed(31, 390), SPEC, curve=True)
    compare("300 × 400 without leaps", constructed(300, 400), gated)
    compare("300 × 400", constructed(300, 400), SPEC, curve=True)
    compare("300 × 400, uneven sizes", constructed(300, 400, even=False), gated)
    if len(sys.argv) > 1:
        compare("commuting zones", zones(sys.argv[1]), {**gated, "floor": None})
