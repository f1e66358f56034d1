"""The multiverse at the sizes it is promised for, and beside COINr on the ASEM index where a folder of it is given.

``python benchmarks/multiverse.py [FOLDER]``; FOLDER holds ``asem_input_data.csv`` and
``asem_input_meta.csv`` as COINr exports them. Each job runs in a process of its own, so that its memory can be told.
COINr is timed in the same run where Rscript and it are installed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.data import Panel, Series
from nqpf.data.panel import Status, complete
from nqpf.index import Framework, Recipe
from nqpf.index.multiverse import Multiverse, multiverse
from nqpf.messages import Text
from nqpf.yamlfile import Document

NOISE = {"kind": "dirichlet", "concentration": 50}
SCALES = [
    {"normalise": {"method": "minmax", "range": [1, 100]}, "aggregate": "arithmetic"},
    {"normalise": {"method": "minmax", "range": [1, 100]}, "aggregate": "geometric"},
    {"normalise": {"method": "minmax", "range": [10, 100]}, "aggregate": "geometric"},
    {"normalise": {"method": "zscore", "mean": 100, "sd": 10}, "aggregate": "arithmetic"},
    {"normalise": {"method": "zscore", "mean": 100, "sd": 10}, "aggregate": "geometric"},
    {"normalise": "rank", "aggregate": "arithmetic"},
    {"normalise": "rank", "aggregate": "geometric"},
    {"normalise": "percentile_rank", "aggregate": "arithmetic"},
]
WEIGHTS = ["equal", "entropy", "critic", "cv", "sd"]
COINR = """
suppressMessages(library(COINr))
coin <- suppressMessages(build_example_coin(quietly = TRUE))
levels <- data.frame(Level = c(2, 3), NoiseFactor = c(.25, .25))
noise <- get_noisy_weights(coin$Meta$Weights$Original, noise_specs = levels, Nrep = 100)
minmax <- list(f_n = "n_minmax", f_n_para = list(l_u = c(1, 100)))
zscore <- list(f_n = "n_zscore", f_n_para = list(m_sd = c(10, 2)))
specs <- list(
  Winmax = list(Address = "$Log$Treat$global_specs$f1_para$winmax", Distribution = 1:5, Type = "discrete"),
  Normalisation = list(Address = "$Log$Normalise$global_specs", Distribution = list(minmax, zscore), Type = "discrete"),
  Weights = list(Address = "$Log$Aggregate$w", Distribution = noise, Type = "discrete"),
  Aggregation = list(Address = "$Log$Aggregate$f_ag", Distribution = c("a_amean", "a_gmean"), Type = "discrete"))
set.seed(1)
spent <- system.time(suppressMessages(get_sensitivity(coin, specs, N = 100, SA_type = "UA", dset = "Aggregated",
  iCode = "Index", quietly = TRUE, check_addresses = FALSE)))
cat(spent[["elapsed"]])
"""


def synthetic(years: int, units: int, dimensions: int, each: int) -> tuple[Panel, Framework]:
    """Return a panel of skewed positive numbers and a tree over them."""
    ids = [[f"x{d}_{k}" for k in range(each)] for d in range(dimensions)]
    tree = [
        {
            "id": f"D{d}",
            "children": [{"id": i, "direction": "cost" if k % 4 == 3 else "benefit"} for k, i in enumerate(row)],
        }
        for d, row in enumerate(ids)
    ]
    framework = Framework.from_document(Document("synthetic", {"id": "I", "title": "Index", "tree": tree}, {}))
    values = np.random.default_rng(1).lognormal(0, 0.5, (years, units, dimensions * each))
    return panel_of(values, [i for row in ids for i in row], [f"u{n}" for n in range(units)]), framework


def panel_of(values: np.ndarray, ids: list[str], units: list[str]) -> Panel:
    """Return a panel of plain series."""
    return Panel(
        periods=tuple(range(2020, 2020 + len(values))),
        units=tuple(units),
        series=tuple(Series(i, Text.same(i)) for i in ids),
        values=values,
        status=np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8),
        labels={u: Text.same(u) for u in units},
        origin=complete(pl.DataFrame(schema={"unit": pl.String})),
    )


def asem(folder: Path) -> tuple[Panel, Framework, Recipe]:
    """Return the ASEM example as COINr builds it: denominated, treated, min-max 0–100, arithmetic."""
    data = pl.read_csv(folder / "asem_input_data.csv", null_values=["NA"])
    meta = pl.read_csv(folder / "asem_input_meta.csv", null_values=["NA"])
    names = meta.filter(pl.col("Type").is_in(["Indicator", "Denominator"]))["iCode"].to_list()
    panel = panel_of(data.select(pl.col(names).cast(pl.Float64)).to_numpy()[None], names, data["uCode"].to_list())
    rows = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).to_dicts()

    def node(row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"id": row["iCode"], "weight": float(row["Weight"])}
        below = [node(r) for r in rows if r["Parent"] == row["iCode"]]
        if below:
            return found | {"children": below}
        found |= {"direction": "benefit" if row["Direction"] == 1 else "cost"}
        return found | ({"denominator": row["Denominator"]} if row["Denominator"] else {})

    root = next(r for r in rows if r["Parent"] is None)
    tree = [node(r) for r in rows if r["Parent"] == root["iCode"]]
    framework = Framework.from_document(Document("asem", {"id": root["iCode"], "title": "ASEM", "tree": tree}, {}))
    recipe = Recipe.model_validate(
        {
            "denominate": True,
            "treat": {"method": "coinr"},
            "normalise": {"method": "minmax", "range": [0, 100]},
            "weight": {"method": "given", "rescale": True},
            "availability": 0,
        }
    )
    return panel, framework, recipe


def tell(what: str, start: float, found: Multiverse, promise: str) -> None:
    """Print time, memory and how many runs there were."""
    spent, most = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    runs = f"{len(found)} runs, {len(found.failures)} failed"
    print(f"{what:<44} {spent:7.2f} s  {most:5.2f} GB  {runs}  (promised {promise})", flush=True)


def provinces() -> None:
    panel, framework = synthetic(12, 31, 4, 10)
    start = time.perf_counter()
    found = multiverse(
        panel, framework, vary={"scale": SCALES, "weight": WEIGHTS, "weights_noise": NOISE | {"draws": 50}}
    )
    tell("2,000 recipes, 31 × 12 × 40, with noise", start, found, "≤ 3 s")
    start = time.perf_counter()
    found = multiverse(panel, framework, vary={"scale": SCALES, "weight": [*WEIGHTS, "gini"], "leave_out": "all"})
    tell("1,968 recipes, 31 × 12 × 40, leaving one out", start, found, "≤ 3 s")


def counties() -> None:
    panel, framework = synthetic(10, 3000, 4, 10)
    start = time.perf_counter()
    vary = {"scale": [*SCALES[:4], SCALES[5]], "weight": WEIGHTS, "weights_noise": NOISE | {"draws": 20}}
    found = multiverse(panel, framework, vary=vary)
    tell("500 recipes, 3,000 × 10 × 40", start, found, "≤ 30 s, ≤ 2 GB")


def countries(folder: str) -> None:
    panel, framework, recipe = asem(Path(folder))
    normalisations = [{"method": "minmax", "range": [1, 100]}, {"method": "zscore", "mean": 10, "sd": 2}]
    vary = {
        "treat.winmax": [1, 2, 3, 4, 5],
        "normalise": normalisations,
        "weights_noise": {"kind": "uniform", "width": 0.25},
        "aggregate": ["arithmetic", "geometric"],
    }
    start = time.perf_counter()
    found = multiverse(panel, framework, recipe, vary=vary, design="montecarlo", n=100, seed=1)
    tell("100 sampled recipes of ASEM with treatment", start, found, "≤ 0.2 s")
    if shutil.which("Rscript") is None:
        print("COINr: no Rscript here")
        return
    done = subprocess.run(["Rscript", "-e", COINR], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"COINr could not be timed: {done.stderr.strip().splitlines()[-1]}")
        return
    print(f"COINr, 100 replications of the same choices   {float(done.stdout):7.2f} s")


def main() -> None:
    """Run each job in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--job", choices=("provinces", "counties", "countries"))
    given = parser.parse_args()
    if given.job:
        jobs = {"provinces": provinces, "counties": counties, "countries": lambda: countries(given.folder)}
        jobs[given.job]()
        return
    for job in ("provinces", "counties", *(["countries"] if given.folder else [])):
        own = [sys.executable, __file__, *([given.folder] if given.folder else []), "--job", job]
        subprocess.run(own, check=False)
    if not given.folder:
        print("ASEM: no folder was given")


if __name__ == "__main__":
    main()
