"""The logic diagram is well-formed, and what it says of itself (tags, items, arrows) holds."""

import re

import pytest

from nqpf.errors import SpecError
from nqpf.theory import VOCABULARY, diagram, items

HAN = re.compile(r"[\u3400-\u9fff]")
SIZES = {
    "cause": 3,
    "core": 1,
    "trait": 3,
    "element": 3,
    "leap": 3,
    "feature": 3,
    "hallmark": 1,
    "shakeoff": 2,
    "circle": 3,
    "caution": 1,
    "reform": 1,
    "measure_set": 3,
    "measure": 16,
}


def test_every_kind_of_node_is_complete():
    assert {kind: len(diagram().of_kind(kind)) for kind in SIZES} == SIZES
    assert len(diagram().nodes) == sum(SIZES.values())


def test_ids_are_unique_and_snake_case():
    ids = [n.id for n in diagram().nodes]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", i) for i in ids)


def test_edges_join_existing_nodes_once():
    ids = {n.id for n in diagram().nodes}
    pairs = [(e.source, e.target) for e in diagram().edges]
    assert {i for pair in pairs for i in pair} <= ids
    assert len(set(pairs)) == len(pairs)


def test_every_node_but_a_measure_is_joined_by_an_arrow():
    joined = {i for e in diagram().edges for i in (e.source, e.target)}
    assert {n.id for n in diagram().nodes if n.kind != "measure"} == joined


def test_an_arrow_without_words_is_inferred_and_has_no_place():
    for e in diagram().edges:
        assert (e.phrase is None) == (e.file is None) == (e.line is None)
        assert e.phrase is not None or e.inferred


def test_the_circle_closes():
    then = {e.source: e.target for e in diagram().edges if e.label.zh == "良性循环"}
    assert then[then[then["circle_education"]]] == "circle_education"


def test_measures_and_only_measures_belong_to_a_measure_set():
    sets = {n.id for n in diagram().of_kind("measure_set")}
    assert {n.parent for n in diagram().of_kind("measure")} == sets
    assert all(n.parent is None for n in diagram().nodes if n.kind != "measure")
    assert [len(diagram().children(s.id)) for s in diagram().of_kind("measure_set")] == [7, 5, 4]


def test_measures_repeated_by_the_page_are_taken_once():
    phrases = [n.phrase for n in diagram().of_kind("measure")]
    assert len(set(phrases)) == len(phrases)


def test_damaged_words_are_kept_as_they_stand_and_say_so():
    noted = {n.id: n for n in diagram().nodes if n.note}
    assert set(noted) == {"digital_industry", "caution_traditional"}
    assert noted["digital_industry"].phrase == "积极推进数字"
    assert "船业" in noted["caution_traditional"].phrase


def test_items_of_nodes_exist():
    assert {i for n in diagram().nodes for i in n.items} <= {i.id for i in items()}
    assert all(n.items for n in diagram().nodes)


def test_tags_are_words_of_the_catalogue():
    words = {**VOCABULARY, "theory": {i.id for i in items()}}
    assert all(value in words[name] for n in diagram().nodes for name, value in n.tags.items())
    assert diagram().node("feature_quality").tags == {"feature": "quality"}
    assert diagram().node("nqpf").tags == {}


def test_both_languages_are_written_in_their_own_script():
    texts = [diagram().title, *(c.title for c in diagram().captions), *(e.label for e in diagram().edges)]
    for text in [*texts, *(n.title for n in diagram().nodes)]:
        assert HAN.search(text.zh), text
        assert text.en, text
        assert not HAN.search(text.en), text


def test_a_kind_has_at_most_one_caption():
    kinds = [c.kind for c in diagram().captions]
    assert len(set(kinds)) == len(kinds)
    assert diagram().caption("cause").phrase == "3个因素"
    assert diagram().caption("hallmark") is None


def test_unknown_node_names_the_nearest():
    with pytest.raises(SpecError) as caught:
        diagram().node("cause_tec")
    assert caught.value.code == "unknown_diagram_node"
    assert "“cause_tech”" in caught.value.text().en
