"""Entry beside figures of a separate program on commuting zones and on trade, and of scikit-learn.

The figures are printed with three decimals. On trade there is no split to guess, so that they are met exactly; on
commuting zones they are of one random half of the regions, ours of all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry.entry.backtest import BacktestCard, backtest
from nqpf.industry.entry.entry_model import entry_model

pytestmark = [pytest.mark.reference, pytest.mark.slow]

ZONES = {"unit": "czone", "industry": "sic87dd", "time": "year"}
TRADE = {"unit": "country", "industry": "product", "time": "year"}


def steady(table: pl.DataFrame, column: str, value: str, least: float) -> pl.DataFrame:
    """Return the rows of whoever has more than `least` in every year."""
    total = table.group_by(column, "year").agg(pl.col(value).sum()).filter(pl.col(value) > least)
    kept = total.group_by(column).len().filter(pl.col("len") == table["year"].n_unique())
    return table.join(kept.select(column), on=column, how="semi")


@pytest.fixture(scope="module")
def zones(shared: Path) -> pl.DataFrame:
    table = pl.read_parquet(shared / "data" / "industry" / "us_cz_sic_share_1990_2000.parquet")
    return steady(table, "czone", "ind_share", 0.01)


@pytest.fixture(scope="module")
def trade(shared: Path) -> pl.DataFrame:
    table = pl.read_parquet(shared / "data" / "industry" / "trade_hs4_1962_1980_2017.parquet")
    countries = table.group_by("country", "year").agg(pl.col("value").sum()).filter(pl.col("value") > 1e7)
    products = table.group_by("product", "year").agg(pl.col("value").sum()).filter(pl.col("value") > 1e6)
    for found, column in ((countries, "country"), (products, "product")):
        kept = found.group_by(column).len().filter(pl.col("len") == 3)
        table = table.join(kept.select(column), on=column, how="semi")
    return table


def figures(card: BacktestCard, pool: str, model: str) -> list[float]:
    own = card.frame.filter(pool=pool, model=model)
    return own.select("auc", "precision", "auc_within").row(0)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def on_trade(trade: pl.DataFrame) -> BacktestCard:
    return backtest(trade, "value", **TRADE, start=1980, end=2017, scheme="time", k=20, ties="order")


DEEP_TRADE = {
    "ubiquity": (0.569, 0.127, 0.595),
    "pci": (0.439, 0.071, 0.400),
    "diversity_ubiquity": (0.696, 0.127, 0.595),
    "density": (0.700, 0.158, 0.646),
    "collaborative": (0.667, 0.158, 0.629),
    "svd": (0.687, 0.186, 0.641),
    "logit_margins": (0.695, 0.127, 0.595),
    "logit": (0.701, 0.143, 0.624),
}
"""Area over all pairs, precision among the first 20, area within countries: 111 × 981, 1980 to 2017."""


@pytest.mark.parametrize("model", DEEP_TRADE)
def test_trade_is_met_to_the_last_digit(on_trade: BacktestCard, model: str) -> None:
    np.testing.assert_allclose(figures(on_trade, "deep", model), DEEP_TRADE[model], rtol=0, atol=6e-4)


def test_trade_has_the_same_pairs(on_trade: BacktestCard) -> None:
    row = on_trade.frame.row(by_predicate=(pl.col("pool") == "deep") & (pl.col("model") == "density"), named=True)
    assert (row["pairs"], row["positives"]) == (87667, 6560)
    assert row["base_rate"] == pytest.approx(0.075, abs=5e-4)
    assert row["verdict"] == "skill"
    assert figures(on_trade, "all", "density")[0] == pytest.approx(0.712, abs=5e-4)


HALF_ZONES = {
    "ubiquity": (0.628, 0.083, 0.661),
    "pci": (0.458, 0.021, 0.422),
    "diversity_ubiquity": (0.704, 0.083, 0.661),
    "density": (0.682, 0.102, 0.693),
    "collaborative": (0.690, 0.104, 0.684),
    "svd": (0.720, 0.133, 0.687),
    "logit_margins": (0.698, 0.083, 0.661),
    "logit": (0.715, 0.100, 0.693),
}
"""The same with 10 industries, of one half of 714 zones: 121 thousand pairs, 3.4 % of which were entered."""


@pytest.fixture(scope="module")
def on_zones(zones: pl.DataFrame) -> BacktestCard:
    return backtest(zones, "ind_share", **ZONES, pools=["deep"])


@pytest.mark.parametrize("model", HALF_ZONES)
def test_a_half_of_the_zones_is_as_near_as_halves_are(on_zones: BacktestCard, model: str) -> None:
    """A half differs from the whole as another half does: its error is that of the whole."""
    row = on_zones.frame.row(by_predicate=pl.col("model") == model, named=True)
    for name, theirs in zip(("auc", "precision", "auc_within"), HALF_ZONES[model], strict=True):
        assert abs(row[name] - theirs) < 2.5 * row[f"{name}_se"], (name, row[name], theirs)


def test_relatedness_is_real_and_small_on_zones(on_zones: BacktestCard) -> None:
    rows = {row["model"]: row for row in on_zones.frame.iter_rows(named=True)}
    assert rows["ubiquity"]["pairs"] == 244951
    assert rows["density"]["auc_within"] == pytest.approx(0.69, abs=0.006)
    assert rows["ubiquity"]["auc_within"] == pytest.approx(0.66, abs=0.009)
    assert rows["density"]["precision"] == pytest.approx(0.10, abs=0.005)
    for model in ("density", "collaborative", "logit"):
        assert rows[model]["verdict"] == "skill"
        assert 0.015 < rows[model]["gain"] < 0.04
    assert rows["pci"]["verdict"] == "no_skill"
    assert rows["logit"]["ece"] < 0.01


@pytest.mark.parametrize("within", ["czone", "sic87dd"])
def test_zones_dealt_anew_have_no_skill(zones: pl.DataFrame, within: str) -> None:
    """The year 2000 is shuffled among the industries of each zone, or among the zones of each industry."""
    other = "sic87dd" if within == "czone" else "czone"
    rng = np.random.default_rng(0)
    grid = zones.select("czone").unique().join(zones.select("sic87dd").unique(), how="cross").sort(within, other)
    late = grid.join(zones.filter(year=2000), on=["czone", "sic87dd"], how="left", maintain_order="left")
    square = late["ind_share"].fill_null(0).to_numpy().reshape(grid[within].n_unique(), -1)
    dealt = grid.with_columns(
        year=pl.lit(2000, dtype=zones["year"].dtype), ind_share=pl.Series(rng.permuted(square, axis=1).ravel())
    )
    table = pl.concat([zones.filter(year=1990).select(dealt.columns), dealt.filter(pl.col("ind_share") > 0)])
    models = ("density", "collaborative", "svd", "logit")
    found = backtest(table, "ind_share", **ZONES, pools=["deep"], models=models, draws=199, empty="drop")
    assert set(found.frame["verdict"]) == {"reference", "no_skill"}


def test_a_logit_on_zones_is_that_of_scikit_learn(zones: pl.DataFrame) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    metrics = pytest.importorskip("sklearn.metrics")
    ours = entry_model(zones, "ind_share", **ZONES, pool="deep")
    z = (ours.rows.x - ours.fitted.mean) / ours.fitted.spread
    peer = linear.LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=200).fit(z, ours.rows.y)
    p = ours.fitted.probability(ours.rows.x)
    np.testing.assert_allclose(ours.coefficients["per_sd"][1:], peer.coef_[0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(p, peer.predict_proba(z)[:, 1], rtol=0, atol=1e-10)
    assert metrics.brier_score_loss(ours.rows.y, p) < ours.rows.y.mean() * (1 - ours.rows.y.mean())
