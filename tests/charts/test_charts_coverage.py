"""Coverage: gaps stand out, and a pair without a row is a gap."""

import polars as pl
import pytest

from nqpf.charts import theme
from nqpf.charts.coverage import coverage
from nqpf.errors import DataError


@pytest.fixture
def cells():
    rows = [
        ("rd", "研发强度", "R&D intensity", 2020, 1.0, 0.0, 30),
        ("rd", "研发强度", "R&D intensity", 2021, 0.996, 0.004, 30),
        ("edu", "受教育年限", "Schooling", 2021, 0.5, 0.1, 30),
    ]
    columns = ["indicator", "indicator_zh", "indicator_en", "period", "present", "imputed", "n"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_specification(cells, words, check) -> None:
    specs = check(coverage(cells, id="c", **words))
    whole, gaps, _ = specs["zh"]["layer"]
    assert whole["mark"]["fill"] == theme.COMPLETE
    assert gaps["encoding"]["color"]["scale"]["range"] == list(theme.GAPS)
    fields = ["indicator_zh", "period", "present", "imputed", "n"]
    for layer in (whole, gaps):
        assert [line["field"] for line in layer["encoding"]["tooltip"]] == fields


def test_a_pair_without_a_row_is_a_gap(cells, words, shown) -> None:
    figure = coverage(cells, id="c", **words)
    assert figure.data.height == 4
    assert figure.data.filter(indicator="edu", period=2020)["present"].item() == 0
    assert "0%" in shown(figure, "zh")


def test_only_incomplete_cells_carry_a_number_and_none_is_rounded_up(cells, words, shown) -> None:
    texts = shown(coverage(cells, id="c", **words), "en")
    assert {"99%", "50%", "complete", "Share of units with data"} <= set(texts)
    assert "100%" not in texts


def test_indicators_keep_their_order(cells, words, shown) -> None:
    texts = [text for text in shown(coverage(cells, id="c", **words), "zh") if text in ("研发强度", "受教育年限")]
    assert texts == ["研发强度", "受教育年限"]


def test_missing_column(cells, words) -> None:
    with pytest.raises(DataError, match="imputed"):
        coverage(cells.drop("imputed"), id="c", **words)
