"""The catalogue keeps to its vocabularies, its units fit its formulas, and its theory ids exist."""

import re

import pytest

from nqpf.errors import SpecError
from nqpf.theory import VOCABULARY, catalogue, catalogue_indicator, items
from nqpf.theory.catalogue import _indicator
from nqpf.theory.tables import read_rows

HAN = re.compile(r"[\u3400-\u9fff]")


def test_there_are_60_indicators_with_unique_ids():
    assert len({i.id for i in catalogue()}) == len(catalogue()) == 60


@pytest.mark.parametrize("column", VOCABULARY)
def test_controlled_columns_keep_to_the_vocabulary(column):
    assert {getattr(i, column) for i in catalogue()} <= set(VOCABULARY[column])


@pytest.mark.parametrize("column", [c for c in VOCABULARY if c != "scale"])
def test_every_word_of_a_vocabulary_is_used(column):
    assert {getattr(i, column) for i in catalogue()} == set(VOCABULARY[column])


@pytest.mark.parametrize("column", VOCABULARY)
def test_a_word_outside_the_vocabulary_is_refused(column):
    row = read_rows("catalogue.csv")[0] | {column: "other"}
    with pytest.raises(ValueError, match=f"edu_years: {column}='other'"):
        _indicator(row)


def test_theory_ids_exist_and_stand_once():
    known = {i.id for i in items()}
    for one in catalogue():
        assert one.theory
        assert set(one.theory) <= known
        assert len(set(one.theory)) == len(one.theory)


@pytest.mark.parametrize("part", ["title", "formula", "source"])
def test_each_language_is_written_in_its_own_script(part):
    for text in (getattr(i, part) for i in catalogue()):
        assert HAN.search(text.zh), text
        assert text.en.strip(), text
        assert not HAN.search(text.en), text


def test_notes_stand_in_both_languages_or_in_none():
    for row in read_rows("catalogue.csv"):
        assert bool(row["note_zh"]) == bool(row["note_en"]), row["id"]
    assert catalogue_indicator("edu_fiscal").note is None


def test_units_stand_in_both_languages():
    assert all(i.unit.zh and i.unit.en and not HAN.search(i.unit.en) for i in catalogue())


def test_one_formula_an_indicator():
    """A percentage is one ratio; "A or B" would make two different figures share a name."""
    for one in catalogue():
        assert " or " not in re.sub(r"junior college or higher", "", one.formula.en), one.id
        if one.unit.zh == "%":
            assert one.formula.zh.count("÷") == one.formula.en.count("÷") == 1, one.id


def test_per_head_units_divide_by_people():
    for one in catalogue():
        if one.unit.zh.endswith("/万人") or one.unit.zh.endswith("/百人"):
            assert re.search(r"÷(年末常住人口|就业人员|制造业就业人员)$", one.formula.zh), one.id


def test_real_intensities_name_their_price_base():
    for one in catalogue():
        if re.search(r"/(万元|亿元)$", one.unit.zh):
            assert "不变价" in one.formula.zh, one.id
            assert "constant prices" in one.formula.en, one.id


def test_two_sided_indicators_have_no_monotone_direction():
    assert {i.id for i in catalogue() if i.direction == "context"} == {"tech_import", "capacity", "labour_share"}


def test_unknown_indicator_names_the_nearest():
    with pytest.raises(SpecError) as caught:
        catalogue_indicator("edu_year")
    assert caught.value.code == "unknown_catalogue_indicator"
    assert "“edu_years”" in caught.value.text().zh
    assert "supplier_hhi" in caught.value.text().en


def test_tags_are_those_of_a_framework():
    assert catalogue_indicator("tech_import").tags == {
        "element": "combination", "cause": "tech", "feature": "tech", "newdev": "open", "stage": "process"
    }  # fmt: skip
