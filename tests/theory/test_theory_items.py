"""The items are complete, readable in both languages and found by id."""

import re

import pytest

from nqpf.errors import SpecError
from nqpf.theory import groups, indicators_of, item, items, nodes_of

HAN = re.compile(r"[\u3400-\u9fff]")
FULL_WIDTH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def test_there_are_118_items_with_unique_ids_in_order():
    ids = [i.id for i in items()]
    assert len(ids) == 118
    assert ids == sorted(set(ids))


def test_every_item_belongs_to_the_group_of_its_letter_and_every_group_has_items():
    assert [g.id for g in groups()] == list("ABCDEFGHIJKLMNO")
    assert all(i.group == i.id[0] for i in items())
    assert {i.group for i in items()} == {g.id for g in groups()}


def test_numbers_run_without_gaps_in_every_group():
    for group in groups():
        numbers = [int(i.id[1:]) for i in items() if i.group == group.id]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("part", ["title", "measure", "data"])
def test_each_language_is_written_in_its_own_script(part):
    for text in (getattr(i, part) for i in items()):
        assert HAN.search(text.zh), text
        assert text.en.strip(), text
        assert not FULL_WIDTH.search(text.en), text


def test_group_titles_are_written_in_both_scripts_and_differ():
    assert all(HAN.search(g.title.zh) and not FULL_WIDTH.search(g.title.en) for g in groups())
    assert len({g.title for g in groups()}) == 15


def test_titles_are_not_shared():
    assert len({i.title.zh for i in items()}) == len({i.title.en for i in items()}) == 118


def test_every_item_has_phrases_with_a_place_and_a_known_status():
    for i in items():
        assert i.phrases
        assert all(p.text == p.text.strip() and p.text and p.line >= 1 for p in i.phrases)
        assert all(re.fullmatch(r"00[0-4]_[0-9a-f]{16}", p.file) for p in i.phrases)
        assert i.status in ("core", "ext", "text")


def test_status_counts_are_those_of_the_survey_of_the_documents():
    counts = {s: sum(i.status == s for i in items()) for s in ("core", "ext", "text")}
    assert counts == {"core": 78, "ext": 36, "text": 4}


def test_every_item_asks_for_a_level_a_relation_or_texts():
    counts = {kind: sum(i.asks == kind for i in items()) for kind in ("level", "relation", "text")}
    assert counts == {"level": 53, "relation": 60, "text": 5}
    asked = {id: item(id).asks for id in ("B01", "C01", "N01", "A04", "L07", "H01", "G10", "L05", "J09")}
    assert asked == dict.fromkeys(("B01", "C01", "N01"), "level") | dict.fromkeys(
        ("A04", "L07", "H01", "G10"), "relation"
    ) | dict.fromkeys(("L05", "J09"), "text")


def test_an_item_on_policy_texts_asks_for_texts():
    assert all(i.asks == "text" for i in items() if i.status == "text")


def test_item_is_found_by_id():
    assert item("A04").phrases[1].text == "新质生产力以大幅提升全要素生产率为核心标志"
    assert (item("A04").phrases[1].file, item("A04").phrases[1].line) == ("003_02b36b855911883c", 41)


@pytest.mark.parametrize(("id", "named"), [("A99", "A01–A13"), ("a04", "“A04”"), ("K4", "K01–K03"), ("", "A01…")])
def test_unknown_id_names_the_ids_that_exist(id, named):
    with pytest.raises(SpecError) as caught:
        item(id)
    assert caught.value.code == "unknown_theory_item"
    assert named in caught.value.text().zh
    assert named in caught.value.text().en


def test_indicators_and_nodes_of_an_item_speak_to_it():
    assert [i.id for i in indicators_of("I02")] == ["renewable"]
    assert {n.id for n in nodes_of("H01")} == {"circle_education", "circle_science", "circle_talent"}
    assert indicators_of("N08") == ()
