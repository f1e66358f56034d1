"""The logic diagram: a value where there is one, "not measured" where there is none, sources behind every node."""

from xml.etree import ElementTree as ET

import polars as pl
import pytest

from nqpf.charts import theme
from nqpf.charts.fit import LEAST, text_width
from nqpf.charts.logic import logic_diagram
from nqpf.charts.logic_layout import layout
from nqpf.charts.logic_node import BOLDER, State, lettering
from nqpf.errors import DataError, SpecError
from nqpf.theory.diagram import diagram

SVG = "{http://www.w3.org/2000/svg}"
SCHEMA = {
    "node": pl.String, "value": pl.Float64, "change": pl.Float64, "measured": pl.Boolean,
    "detail_zh": pl.String, "detail_en": pl.String,
}  # fmt: skip


@pytest.fixture
def states() -> pl.DataFrame:
    rows = [
        ("nqpf", 0.62, 0.08, True, "由 34 个指标测度", "measured by 34 indicators"),
        ("cause_tech", 0.9, -0.031, True, "研发强度", "R&D intensity"),
        ("element_labourer", 0.2, None, True, "受教育年限", "Schooling"),
        ("feature_tech", 0.5, 0.001, True, "高技术产业", "High-tech industry"),
        ("reform", None, None, False, "需要市场化指数", "needs a marketisation index"),
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture
def figure(states, words):
    return logic_diagram(states, id="logic", **words)


def groups(figure, lang, attribute="data-node"):
    root = ET.fromstring(figure.svg(lang))
    return {g.attrib[attribute]: g for g in root.iter(f"{SVG}g") if attribute in g.attrib}


def letters(group) -> str:
    return " ".join(span.text for span in group.iter(f"{SVG}tspan"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_node_is_drawn_with_its_words(figure, lang) -> None:
    drawn = groups(figure, lang)
    assert set(drawn) == {node.id for node in diagram().nodes}
    for node in diagram().nodes:
        assert node.title[lang].replace(" ", "") in letters(drawn[node.id]).replace(" ", "")
        assert drawn[node.id].attrib["tabindex"] == "0"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_source_stands_behind_every_node(figure, lang) -> None:
    drawn = groups(figure, lang)
    for node in diagram().nodes:
        hover = drawn[node.id].find(f"{SVG}title").text
        assert node.phrase in hover
        assert f"{node.file}:{node.line}" in hover
    detail = {"zh": "研发强度", "en": "R&D intensity"}[lang]
    assert detail in drawn["cause_tech"].find(f"{SVG}title").text


def test_measured_nodes_carry_value_and_change(figure) -> None:
    drawn = groups(figure, "en")
    assert "0.62 ▲+0.08" in letters(drawn["nqpf"])
    assert "0.90 ▼−0.03" in letters(drawn["cause_tech"])
    assert letters(drawn["element_labourer"]).endswith("0.20")
    assert "0.50 ±0.00" in letters(drawn["feature_tech"])


def test_measured_nodes_are_filled_by_the_scale(figure) -> None:
    drawn = groups(figure, "zh")
    for node, value in (("nqpf", 0.62), ("cause_tech", 0.9), ("element_labourer", 0.2)):
        rectangle = drawn[node].find(f"{SVG}rect")
        assert rectangle.attrib["fill"] == theme.score_color(value)
        assert "stroke-dasharray" not in rectangle.attrib


@pytest.mark.parametrize("node", ["reform", "hallmark_tfp"])
def test_a_node_without_data_says_so(figure, node) -> None:
    for lang, text in (("zh", "未测度"), ("en", "not measured")):
        group = groups(figure, lang)[node]
        assert letters(group).endswith(text)
        assert group.find(f"{SVG}rect").attrib["fill"] == "white"
        assert "stroke-dasharray" in group.find(f"{SVG}rect").attrib


def test_measured_without_a_value_is_not_measured(states, words) -> None:
    empty = states.with_columns(value=pl.lit(None, dtype=pl.Float64))
    figure = logic_diagram(empty, id="logic", **words)
    assert not figure.data["measured"].any()
    assert letters(groups(figure, "en")["nqpf"]).endswith("not measured")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_arrows_and_their_words(figure, lang) -> None:
    arrows = groups(figure, lang, "data-edge")
    assert set(arrows) == {f"{edge.source}>{edge.target}" for edge in diagram().edges}
    texts = letters(ET.fromstring(figure.svg(lang))).replace(" ", "")
    for edge in diagram().edges:
        line = arrows[f"{edge.source}>{edge.target}"].find(f"{SVG}path")
        assert ("stroke-dasharray" in line.attrib) == edge.inferred
        assert edge.label[lang].replace(" ", "") in texts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_and_legend(figure, lang) -> None:
    headings = groups(figure, lang, "data-caption")
    for caption in diagram().captions:
        assert caption.title[lang].replace(" ", "") in letters(headings[caption.kind]).replace(" ", "")
    legend = letters(groups(figure, lang, "data-part")["legend"])
    for key in ("scale", "change", "not_measured", "inferred"):
        assert theme.word(f"logic.{key}", lang) in legend


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("value", [None, 0.5])
def test_words_fit_their_boxes(lang, value) -> None:
    plan, whole = layout(), diagram()
    change = None if value is None else -0.08
    states = {n.id: State(n.id, value, change, value is not None, None, None) for n in whole.nodes}
    for id, words in lettering(whole, states, plan, lang).items():
        box = plan.boxes[id]
        bolder = BOLDER if words.bold and lang == "en" else 1.0
        name = max(text_width(line, words.name.size) for line in words.name.lines) * bolder
        value_width = max(text_width(line, words.value.size) for line in words.value.lines)
        high = max(words.name.height, words.value.height) if words.row else words.name.height + words.value.height
        assert (name + value_width if words.row else max(name, value_width)) < box.width - 4, id
        assert high <= box.height, id
        assert words.name.size > LEAST, id


def test_nodes_of_one_kind_share_a_size() -> None:
    whole = diagram()
    states = {n.id: State(n.id, None, None, False, None, None) for n in whole.nodes}
    words = lettering(whole, states, layout(), "en")
    assert len({words[n.id].name.size for n in whole.of_kind("measure")}) == 1


def test_two_draws_are_equal(figure) -> None:
    assert figure.draw("zh") == figure.draw("zh")
    assert figure.svg("zh") != figure.svg("en")


def test_data_hold_a_row_for_every_node(figure) -> None:
    assert figure.data["node"].to_list() == [node.id for node in diagram().nodes]
    assert figure.data.filter(node="cause_tech")["source"].item() == "002_aa0614a1174eeba0:382"


def test_words_are_escaped(states, words) -> None:
    odd = states.with_columns(detail_en=pl.lit('<b>"&'))
    assert '<b>"&' in groups(logic_diagram(odd, id="logic", **words), "en")["nqpf"].find(f"{SVG}title").text


def test_unknown_node(states, words) -> None:
    with pytest.raises(SpecError, match="cause_teck"):
        logic_diagram(states.with_columns(node=pl.lit("cause_teck")), id="logic", **words)


def test_value_off_the_scale(states, words) -> None:
    with pytest.raises(DataError, match=r"value 62 of a node"):
        logic_diagram(states.with_columns(value=pl.lit(62.0)), id="logic", **words)


def test_missing_column(states, words) -> None:
    with pytest.raises(DataError, match="change"):
        logic_diagram(states.drop("change"), id="logic", **words)
