"""Variance shares: largest first, totals behind, intervals where there are any."""

import polars as pl
import pytest

from nqpf.charts.variance_shares import variance_shares
from nqpf.errors import DataError


@pytest.fixture
def shares():
    return pl.DataFrame(
        {
            "slot": ["weight", "normalise"],
            "slot_zh": ["权重", "标准化"],
            "slot_en": ["weights", "normalisation"],
            "first": [0.12, 0.48],
            "total": [0.2, 0.6],
            "low": [0.1, 0.4],
            "high": [0.15, 0.55],
        }
    )


def marks(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def test_specification(shares, words, check) -> None:
    assert marks(check(variance_shares(shares, id="v", **words))["zh"]) == ["bar", "bar", "rule", "text"]


def test_largest_first_with_its_share(shares, words, shown) -> None:
    texts = shown(variance_shares(shares, id="v", **words), "zh")
    assert [text for text in texts if text in ("权重", "标准化")] == ["标准化", "权重"]
    assert {"48%", "12%", "单独解释", "占名次方差的份额"} <= set(texts)


def test_exact_shares_have_no_interval_and_random_ones_no_total(shares, words, check) -> None:
    exact = shares.with_columns(pl.lit(None, pl.Float64).alias(c) for c in ("low", "high"))
    assert marks(check(variance_shares(exact, id="v", **words))["en"]) == ["bar", "bar", "text"]
    random = shares.with_columns(total=pl.lit(None, pl.Float64))
    assert marks(check(variance_shares(random, id="v", **words))["en"]) == ["bar", "rule", "text"]


def test_missing_column(shares, words) -> None:
    with pytest.raises(DataError, match="first"):
        variance_shares(shares.drop("first"), id="v", **words)
