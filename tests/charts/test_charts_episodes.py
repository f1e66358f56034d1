"""Episodes: shade from the first to the last period of an episode over both pictures, the statistic below."""

import polars as pl
import pytest

from nqpf.charts.episodes import ABOVE, BELOW, BETWEEN, episodes
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = {"value_title": Text("投资", "Investment")}


@pytest.fixture
def series():
    return pl.DataFrame(
        {
            "period": [2014, 2010, 2011, 2012, 2013],
            "value": [4.0, 1.0, 1.1, 2.0, 3.5],
            "statistic": [1.9, None, -0.4, 1.2, 1.5],
            "critical": [1.0, None, 1.0, 1.0, 1.0],
        }
    )


def spans(*rows):
    return pl.DataFrame(list(rows), schema={"start": pl.Int64, "end": pl.Int64}, orient="row")


def shade(spec):
    return spec["datasets"][spec["layer"][0]["data"]["name"]]


def test_specification(series, words, check) -> None:
    spec = check(episodes(series, spans((2012, 2013)), id="e", **VALUE, **words))["zh"]
    first, upper, lower, *key = spec["layer"]
    assert first["mark"]["type"] == "rect"
    assert [layer["mark"]["type"] for layer in upper["layer"]] == ["line", "point"]
    assert [layer["mark"]["type"] for layer in lower["layer"]] == ["line", "line"]
    assert [layer["mark"]["type"] for layer in key] == ["rect", "text"] * 3
    assert spec["height"] == ABOVE + BETWEEN + BELOW
    assert upper["layer"][0]["encoding"]["y"]["scale"]["range"] == [ABOVE, 0]


def test_shade_takes_in_the_first_and_the_last_period(series, words, check) -> None:
    assert shade(check(episodes(series, spans((2012, 2013)), id="e", **VALUE, **words))["en"]) == [
        {"left": 2011.5, "right": 2013.5}
    ]
    quarters = series.with_columns(period=2010 + (pl.col("period") - 2010) / 4)
    spans_q = pl.DataFrame({"start": [2010.5], "end": [2010.75]})
    assert shade(check(episodes(quarters, spans_q, id="e", **VALUE, **words))["en"]) == [
        {"left": 2010.375, "right": 2010.875}
    ]


def test_an_open_episode_lasts_to_the_end(series, words, check) -> None:
    figure = episodes(series, spans((2012, None)), id="e", **VALUE, **words)
    assert shade(check(figure)["en"]) == [{"left": 2011.5, "right": 2014.5}]
    assert figure.data["period"].to_list() == [2010, 2011, 2012, 2013, 2014]
    assert figure.data["exuberant"].to_list() == [False, False, True, True, True]


def test_without_an_episode_nothing_is_shaded_nor_explained(series, words, check, shown) -> None:
    figure = episodes(series, spans(), id="e", **VALUE, **words)
    check(figure)
    assert not figure.data["exuberant"].any()
    texts = shown(figure, "en")
    assert "Exuberant episode" not in texts
    assert {"BSADF statistic", "Critical value", "Investment"} <= set(texts)
    assert "泡沫化区间" in shown(episodes(series, spans((2012, 2013)), id="e", **VALUE, **words), "zh")


def test_nothing_to_draw(series, words, check) -> None:
    check(episodes(series.clear(), spans(), id="e", **VALUE, **words))


def test_missing_column(series, words) -> None:
    with pytest.raises(DataError, match="“critical”"):
        episodes(series.drop("critical"), spans(), id="e", **VALUE, **words)
    with pytest.raises(DataError, match="“end”"):
        episodes(series, spans().drop("end"), id="e", **VALUE, **words)
