"""Ranking: what rests on imputed figures is marked in the picture and told in its tooltip."""

import polars as pl
import pytest

from nqpf.charts.ranking import ranking


@pytest.fixture
def last(scores):
    rank = pl.col("value").rank("ordinal", descending=True).cast(pl.Int64)
    share = pl.when(pl.col("unit") == "110000").then(0.25).otherwise(0.0)
    return scores.filter(period=2021).with_columns(rank=rank, rank_low=rank, rank_high=rank + 1, imputed=share)


def test_a_dagger_marks_the_units_that_rest_on_imputed_figures(last, words, value_title, shown, check) -> None:
    figure = ranking(last, id="r", value_title=value_title, **words)
    texts = shown(figure, "zh")
    assert sum(text.endswith("†") for text in texts) == 1
    titles = [line["title"] for line in check(figure)["zh"]["layer"][0]["encoding"]["tooltip"]]
    assert "插补指标占比" in titles


def test_without_imputed_figures_nothing_is_marked(last, words, value_title, shown, check) -> None:
    figure = ranking(last.drop("imputed"), id="r", value_title=value_title, **words)
    assert "†" not in "".join(shown(figure, "en"))
    assert "Indicators imputed" not in str(check(figure)["en"])
