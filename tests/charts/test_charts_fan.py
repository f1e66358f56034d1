"""Fan: three bands behind a median, the past before them, a panel for each scenario or a colour and a bar."""

import numpy as np
import polars as pl
import pytest

from nqpf.charts.fan import NUMBERS, fan
from nqpf.errors import DataError, SpecError
from nqpf.messages import Text

VALUE = {"value_title": Text("产出（亿元）", "Output (100 million yuan)")}
NAMES = {"baseline": ("基准", "Baseline"), "all": ("全部杠杆", "All levers"), "rd": ("研发", "R&D")}


@pytest.fixture
def history():
    return pl.DataFrame({"period": [2020, 2018, 2019], "value": [3.0, 1.0, 2.0]})


@pytest.fixture
def bands():
    rows = []
    for n, (scenario, (zh, en)) in enumerate(NAMES.items()):
        for h in (1, 2, 3):
            spread = np.array([-3, -2, -1, 0, 1, 2, 3]) * h / 10
            numbers = dict(zip(NUMBERS, 3.0 + h + n / 10 + spread, strict=True))
            rows.append({"scenario": scenario, "scenario_zh": zh, "scenario_en": en, "period": 2020 + h} | numbers)
    return pl.DataFrame(rows)


def kinds(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def test_a_panel_for_each_scenario(bands, history, words, check, shown) -> None:
    figure = fan(bands.filter(pl.col("scenario") != "rd"), history, id="f", **VALUE, **words)
    spec = check(figure)["zh"]
    assert kinds(spec["spec"]) == ["area"] * 3 + ["line"] * 3 + ["point"] * 2
    assert spec["facet"]["sort"] == ["基准", "全部杠杆"]
    texts = shown(figure, "en")
    assert {"Baseline", "All levers", "90 % interval", "actual", "median of: Baseline", "2023"} <= set(texts)
    assert spec["spec"]["layer"][0]["encoding"]["y"]["title"] == "产出（亿元）"
    assert spec["spec"]["layer"][3]["encoding"]["stroke"]["scale"]["domain"][2] == "“基准”的中位数"


def test_one_scenario_has_no_panels_and_nothing_to_be_held_against(bands, history, words) -> None:
    figure = fan(bands.filter(scenario="baseline"), history, id="f", **VALUE, **words)
    assert kinds(figure.drawn("en")) == ["area"] * 3 + ["line"] * 2 + ["point"] * 2


def test_colours_have_a_bar_each_beside_the_last_year(bands, history, words, shown) -> None:
    figure = fan(bands, history, id="f", layout="colours", **VALUE, **words)
    assert kinds(figure.draw("en")) == ["area", "line", "line", "rule", "rule", "point", "point"]
    bars = figure.data.drop_nulls("bar")
    assert bars["scenario"].to_list() == list(NAMES)
    assert (bars["period"] == 2023).all()
    assert bars["bar"].is_sorted()
    assert bars["bar"].min() > 2023
    texts = shown(figure, "en")
    assert {"Baseline", "All levers", "R&D", "2018", "2023"} <= set(texts)
    assert "2024" not in texts


def test_bands_begin_where_the_past_ends(bands, history, words) -> None:
    data = fan(bands, history, id="f", **VALUE, **words).data
    begin = data.filter(kind="ahead", period=2020)
    assert begin.height == 3
    assert (begin.select("q5", "q50", "q95").to_numpy() == 3.0).all()
    assert data.filter(scenario="rd", kind="past")["period"].to_list() == [2018, 2019, 2020]
    assert data.filter(scenario="baseline")["first"].null_count() == data.filter(scenario="baseline").height
    own, first = (data.filter(scenario=s, kind="ahead") for s in ("rd", "baseline"))
    assert own["first"].to_list() == first["q50"].to_list()


def test_what_cannot_be_drawn(bands, history, words) -> None:
    with pytest.raises(DataError, match="“q10”"):
        fan(bands.drop("q10"), history, id="f", **VALUE, **words)
    with pytest.raises(DataError, match="0 scenarios"):
        fan(bands.clear(), history, id="f", **VALUE, **words)
    many = pl.concat(bands.with_columns(pl.col("scenario") + str(k)) for k in range(3))
    with pytest.raises(DataError, match="9 scenarios"):
        fan(many, history, id="f", layout="colours", **VALUE, **words)
    with pytest.raises(SpecError, match="panels"):
        fan(bands, history, id="f", layout="lines", **VALUE, **words)
