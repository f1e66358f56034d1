"""The backtest card of entry on commuting zones and on trade, beside the figures of a separate program.

``python benchmarks/backtest.py DATA``, DATA a folder with ``us_cz_sic_share_1990_2000.parquet`` and
``trade_hs4_1962_1980_2017.parquet``. ``OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1`` keeps it on one core; with scikit-learn
installed its areas and logit are compared, too.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from nqpf.industry.entry.backtest import BacktestCard, backtest
from nqpf.industry.entry.entry_model import entry_model

RUNS = 3
ZONES = {"unit": "czone", "industry": "sic87dd", "time": "year"}
TRADE = {"unit": "country", "industry": "product", "time": "year"}

# Deep entries: area over all pairs, precision, area within regions. Zones: one random half of them; trade: all pairs.
FIGURES = {
    "zones": {
        "ubiquity": (0.628, 0.083, 0.661), "pci": (0.458, 0.021, 0.422), "diversity_ubiquity": (0.704, 0.083, 0.661),
        "density": (0.682, 0.102, 0.693), "collaborative": (0.690, 0.104, 0.684), "svd": (0.720, 0.133, 0.687),
        "logit_margins": (0.698, 0.083, 0.661), "logit": (0.715, 0.100, 0.693), "boosting": (0.751, 0.147, 0.727),
    },
    "trade": {
        "ubiquity": (0.569, 0.127, 0.595), "pci": (0.439, 0.071, 0.400), "diversity_ubiquity": (0.696, 0.127, 0.595),
        "density": (0.700, 0.158, 0.646), "collaborative": (0.667, 0.158, 0.629), "svd": (0.687, 0.186, 0.641),
        "logit_margins": (0.695, 0.127, 0.595), "logit": (0.701, 0.143, 0.624), "boosting": (0.685, 0.192, 0.640),
    },
}  # fmt: skip


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def steady(table: pl.DataFrame, value: str, least: dict[str, float]) -> pl.DataFrame:
    """Return the rows of whoever has more than a least in every year."""
    years = table["year"].n_unique()
    kept = []
    for column, line in least.items():
        total = table.group_by(column, "year").agg(pl.col(value).sum()).filter(pl.col(value) > line)
        kept.append(total.group_by(column).len().filter(pl.col("len") == years).select(column))
    for names in kept:
        table = table.join(names, on=names.columns, how="semi")
    return table


def show(name: str, card: BacktestCard) -> None:
    """Print the deep entries of a card beside the other program's figures."""
    print(f"{name}: deep entries, ours (theirs)")
    for row in card.frame.filter(pool="deep").iter_rows(named=True):
        theirs = FIGURES[name].get(row["model"], ())
        columns = ("auc", "precision", "auc_within")
        cells = [f"{row[c]:.3f} ({t:.3f})" for c, t in zip(columns, theirs, strict=False)]
        gain = row["gain"] is not None and f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
        print(f"  {row['model']:20s} {'  '.join(cells)}  {gain or ''} {row['verdict']}")


def peer(zones: pl.DataFrame) -> None:
    """Compare areas and a logit with scikit-learn's."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    from nqpf.numerics.logistic import logit
    from nqpf.numerics.roc import Ordered, areas

    model = entry_model(zones, "ind_share", **ZONES, pool="deep")
    x, y = (model.rows.x - model.fitted.mean) / model.fitted.spread, model.rows.y
    score = model.fitted.raw(model.rows.x)
    one, whole = np.zeros(y.size, dtype=np.intp), np.column_stack([np.ones(y.size), x])
    np.testing.assert_allclose(areas(Ordered.of(score, one, 1), y)[0], roc_auc_score(y, score), rtol=0, atol=1e-12)
    theirs = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=200)
    found = logit(whole, y.astype(float), model.rows.region).coefficients
    np.testing.assert_allclose(found[1:], theirs.fit(x, y).coef_[0], rtol=0, atol=1e-10)
    times = {
        "nqpf area": lambda: areas(Ordered.of(score, one, 1), y),
        "scikit-learn roc_auc_score": lambda: roc_auc_score(y, score),
        "nqpf logit with clustered errors": lambda: logit(whole, y.astype(float), model.rows.region),
        "scikit-learn LogisticRegression": lambda: theirs.fit(x, y),
    }
    for name, work in times.items():
        print(f"{name} on {y.size:,} pairs: {seconds(work):.3f} s")


def main(folder: Path) -> None:
    zones = pl.read_parquet(folder / "us_cz_sic_share_1990_2000.parquet")
    zones = steady(zones, "ind_share", {"czone": 0.01})
    trade = pl.read_parquet(folder / "trade_hs4_1962_1980_2017.parquet")
    trade = steady(trade, "value", {"country": 1e7, "product": 1e6})

    def on_zones(**options: object) -> BacktestCard:
        return backtest(zones, "ind_share", **ZONES, **options)  # type: ignore[arg-type]

    def on_trade(**options: object) -> BacktestCard:
        split = {"start": 1980, "end": 2017, "scheme": "time", "k": 20, "ties": "order"}
        return backtest(trade, "value", **TRADE, **split, **options)  # type: ignore[arg-type]

    trees = importlib.util.find_spec("sklearn") is not None
    for name, work in (("zones", on_zones), ("trade", on_trade)):
        print(f"{name}: both pools, {len(FIGURES[name]) - 1} models, 999 draws: {seconds(work):.2f} s")
        models = tuple(FIGURES[name]) if trees else tuple(FIGURES[name])[:-1]
        show(name, work(models=models, pools=["deep"]))
    if trees:
        peer(zones)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
