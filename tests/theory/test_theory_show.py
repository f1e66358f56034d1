"""The plain-text views say what the data say, in the language asked for."""

import re

import pytest

from nqpf.errors import SpecError
from nqpf.messages import catalogue as messages
from nqpf.theory import VOCABULARY, describe, describe_indicator, diagram, diagram_text, item, items, overview

HAN = re.compile(r"[\u3400-\u9fff]")


def test_an_item_shows_its_words_place_measure_and_what_speaks_to_it():
    text = describe("A04", "zh")
    assert "原文：“新质生产力以大幅提升全要素生产率为核心标志” 003_02b36b855911883c:41" in text
    assert "所属：A 内涵与逻辑关系" in text
    assert "对应指标：全要素生产率（tfp）" in text
    assert "关系图节点：全要素生产率大幅提升（hallmark_tfp）" in text
    assert item("A04").measure.zh in text


def test_an_item_that_nothing_measures_says_so():
    assert "Indicators: none" in describe("N08", "en")
    assert "Diagram nodes: none" in describe("N08", "en")


def test_english_holds_chinese_only_in_quoted_phrases():
    for one in items():
        assert not HAN.search(re.sub(r"“[^”]*(“[^”]*”)*[^”]*”", "", describe(one.id, "en"))), one.id


def test_an_indicator_shows_every_tag_in_words():
    text = describe_indicator("energy_int", "en")
    assert "Unit: tonnes of coal equivalent per 10,000 yuan" in text
    assert "Direction: cost: less is better" in text
    assert "Element: green" in text
    assert "(I01)" in text
    assert "(E04)" in text
    assert "Note:" not in text
    assert "说明：" in describe_indicator("tfp", "zh")


def test_unknown_ids_raise():
    with pytest.raises(SpecError):
        describe("Q01", "zh")
    with pytest.raises(SpecError):
        describe_indicator("gdp", "zh")


def test_the_overview_lists_every_item_once_under_its_group():
    lines = overview("en").splitlines()
    assert len(lines) == 118 + 15
    assert lines[0] == "A Definition and logic"
    assert lines[1].startswith("  A01 Three causes")
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [i.id for i in items()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_drawing_holds_every_node_and_every_arrow(lang):
    text = diagram_text(lang)
    assert all(n.title[lang] in text for n in diagram().nodes)
    arrows = re.findall(r"(──|┄┄)[^─┄]+\1▶", text)
    assert len(arrows) == len(diagram().edges)
    assert arrows.count("┄┄") == sum(e.inferred for e in diagram().edges)


def test_the_drawing_says_what_is_damaged():
    assert "残缺" in diagram_text("zh")
    assert "breaks off" in diagram_text("en")


def test_every_word_of_a_vocabulary_and_every_kind_of_node_has_a_name():
    wanted = {f"theory.tag.{name}.{word}" for name, words in VOCABULARY.items() for word in words}
    wanted |= {f"theory.kind.{n.kind}" for n in diagram().nodes}
    assert wanted <= set(messages())
