"""Calibration: tenths beside a diagonal that reaches equally far both ways, and the cases below."""

import polars as pl
import pytest

from nqpf.charts.calibration import SIDE, calibration
from nqpf.errors import DataError


@pytest.fixture
def tenths():
    return pl.DataFrame({"predicted": [0.01, 0.05, 0.2], "observed": [0.0, 0.06, 0.15], "count": [900, 910, 905]})


def test_specification(tenths, words, check) -> None:
    spec = check(calibration(tenths, id="c", **words))["zh"]
    upper, lower = spec["layer"]
    assert [layer["mark"]["type"] for layer in upper["layer"]] == ["line", "line", "point"]
    assert lower["mark"]["type"] == "rule"
    assert spec["resolve"] == {"scale": {"y": "independent"}}
    full = tenths.with_columns(low=pl.col("observed") - 0.01, high=pl.col("observed") + 0.02)
    spec = check(calibration(full, id="c", **words))["en"]
    assert [layer["mark"]["type"] for layer in spec["layer"][0]["layer"]] == ["line", "rule", "line", "point"]


def test_both_axes_reach_equally_far(tenths, words, check) -> None:
    dots = check(calibration(tenths, id="c", **words))["en"]["layer"][0]["layer"][-1]["encoding"]
    assert dots["x"]["scale"]["domain"] == dots["y"]["scale"]["domain"] == [0, pytest.approx(0.216)]
    assert dots["y"]["scale"]["range"] == [SIDE, 0]
    sure = tenths.with_columns(pl.col("predicted") * 5)
    dots = check(calibration(sure, id="c", **words))["en"]["layer"][0]["layer"][-1]["encoding"]
    assert dots["x"]["scale"]["domain"] == [0, 1.0]  # no probability is beyond 1


def test_samples_are_told_apart_in_words(tenths, words, shown, check) -> None:
    both = pl.concat(
        [
            tenths.with_columns(group_zh=pl.lit(zh), group_en=pl.lit(en))
            for zh, en in (("建模", "train"), ("检验", "test"))
        ]
    )
    figure = calibration(both, id="c", **words)
    assert {"train", "test", "Predicted probability", "Cases"} <= set(shown(figure, "en"))
    check(figure)


def test_a_tenth_without_cases_is_left_out(tenths, words) -> None:
    gap = tenths.with_columns(observed=pl.Series([None, 0.06, float("nan")]))
    assert calibration(gap, id="c", **words).data["predicted"].to_list() == [0.05]


def test_nothing_to_draw(tenths, words, check) -> None:
    check(calibration(tenths.clear(), id="c", **words))


def test_missing_column(tenths, words) -> None:
    with pytest.raises(DataError, match="“count”"):
        calibration(tenths.drop("count"), id="c", **words)
