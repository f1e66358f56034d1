"""Published systems: what is said of each, how far it was checked, and that nothing from memory goes unmarked."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from nqpf.errors import SpecError
from nqpf.index import Recipe
from nqpf.messages import speak
from nqpf.theory import catalogue
from nqpf.theory.systems import STATES, Level, Part, State, System, system, systems
from nqpf.theory.systems_show import describe_system, mark, systems_overview

every = pytest.mark.parametrize("one", systems(), ids=lambda one: one.id)
HAN = re.compile(r"[\u3400-\u9fff]")


def test_there_are_thirty_four_in_order() -> None:
    ids = [one.id for one in systems()]
    assert len(ids) == 34
    assert ids == sorted(set(ids))
    assert systems() is systems()


@every
def test_words_are_those_of_the_vocabulary(one: System) -> None:
    assert set(one.levels) <= set(get_args(Level))
    assert set(one.parts) <= set(get_args(Part))
    assert set(one.parts.values()) <= set(get_args(State)) == set(STATES)


@every
def test_every_part_that_is_stated_says_how_far_it_was_checked(one: System) -> None:
    stated = {
        "citation": True,
        "sample": one.sample is not None,
        "method": one.method is not None,
        "dimensions": bool(one.dimensions),
        "indicators": bool(one.indicators),
        "formulas": any(i.formula is not None for i in one.indicators),
        "weights": any(i.weight is not None for i in one.indicators),
    }
    assert set(one.parts) == {part for part, there in stated.items() if there}


@every
def test_the_state_is_that_of_the_least_sure_part(one: System) -> None:
    assert one.state == max(one.parts.values(), key=STATES.index)
    assert ("recalled" in one.parts.values()) == (one.state == "recalled")


@every
def test_what_was_checked_is_told_with_its_date_and_verified_ones_have_an_address(one: System) -> None:
    assert "2026-11-21" in one.checked.zh
    assert "2026-11-21" in one.checked.en
    if one.state == "verified":
        assert one.address
        assert "66376bdf" in one.checked.en  # a commit, so that what was read can be read again
    if one.address is not None:
        assert re.match(r"https?://\S+$", one.address)


@every
def test_both_languages_are_there(one: System) -> None:
    texts = [one.cite, one.checked, one.sample, one.method, one.follow_on, one.caution]
    texts += [d.title for d in one.dimensions]
    texts += [t for i in one.indicators for t in (i.title, i.group, i.formula, i.unit, i.note)]
    for text in (t for t in texts if t is not None):
        assert text.zh.strip()
        assert text.en.strip()
        assert not HAN.search(text.en), text.en
    for text in (one.checked, *(d.title for d in one.dimensions), *(i.title for i in one.indicators)):
        assert HAN.search(text.zh), text.zh


@every
def test_indicators_have_unique_ids_known_dimensions_and_catalogue_entries(one: System) -> None:
    ids = [i.id for i in one.indicators] + [d.id for d in one.dimensions]
    assert len(ids) == len(set(ids))
    known = {c.id: c for c in catalogue()}
    for indicator in one.indicators:
        assert indicator.dimension in {None, *(d.id for d in one.dimensions)}
        if indicator.catalogue is not None:
            assert known[indicator.catalogue].direction == indicator.direction
            assert known[indicator.catalogue].scale == indicator.size


@every
def test_a_recipe_is_one_that_nqpf_can_read(one: System) -> None:
    if one.recipe is not None:
        assert one.method is not None
        Recipe.model_validate(dict(one.recipe))


def test_sizes_of_the_tables_that_are_known() -> None:
    counts = {one.id: len(one.indicators) for one in systems() if one.indicators}
    assert counts == {
        "cao_dai_2025_counterfactual": 1,
        "firm_11_digital_variant": 11,
        "lu_jiang_2024": 18,
        "pinggu_16422357": 8,
        "song_jia_2024_firm": 11,
        "wang_jue_2024": 23,
    }
    assert sum(i.size == "extensive" for i in system("lu_jiang_2024").indicators) == 9


def test_the_remembered_weights_sum_to_a_hundred_and_are_marked() -> None:
    one = system("song_jia_2024_firm")
    weights = [i.weight for i in one.indicators]
    assert sum(w for w in weights if w is not None) == 100
    assert one.parts["weights"] == "recalled"
    shown = [line for line in describe_system(one.id, "en").splitlines() if "of 100" in line]
    assert len(shown) == 12  # eleven indicators and the caution
    assert all("of 100 (unverified)" in line for line in shown if not line.startswith("Caution"))


@every
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whatever_is_from_memory_is_marked_where_it_is_shown(one: System, lang: str) -> None:
    word = {"zh": "未核实", "en": "unverified"}[lang]
    shown = describe_system(one.id, lang)  # type: ignore[arg-type]
    assert (word in shown) == (one.state == "recalled")
    if one.state == "recalled":
        for i in one.indicators:
            line = next(line for line in shown.splitlines() if line.startswith(f"  {i.id}  "))
            formula_recalled = i.formula is not None and one.parts["formulas"] == "recalled"
            assert (word in line) == (one.parts["indicators"] == "recalled" or formula_recalled)
    assert one.checked[lang] in shown  # type: ignore[index]
    assert one.address is None or one.address in shown


def test_the_overview_has_a_line_for_each_with_state_and_address() -> None:
    lines = systems_overview("en").splitlines()
    assert len(lines) == 35
    for one, line in zip(systems(), lines, strict=False):
        assert line.startswith(one.id)
        assert ("unverified" in line) == (one.state == "recalled")
        assert (one.address or "no address") in line
    assert "未核实" in systems_overview("zh")


def test_the_mark_is_for_memory_only() -> None:
    assert [mark(state).en for state in STATES] == ["", "", " (unverified)"]


def test_an_unknown_system_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"no system “wang_jue_2023”\. Did you mean “wang_jue_2024”"):
        system("wang_jue_2023")
    with pytest.raises(SpecError) as caught:
        system("宋佳")
    with speak("zh"):
        assert "没有体系“宋佳”" in str(caught.value)
        assert "song_jia_2024_firm" in str(caught.value)


def test_an_unknown_indicator_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"“wang_jue_2024” has no indicator “patent”\. Did you mean “patents”"):
        system("wang_jue_2024").indicator("patent")
    assert system("wang_jue_2024").indicator("rd").catalogue == "rd_intensity"


def test_systems_cannot_be_changed() -> None:
    one = system("lu_jiang_2024")
    with pytest.raises(TypeError):
        one.parts["citation"] = "verified"  # type: ignore[index]
    with pytest.raises(AttributeError):
        one.address = "x"  # type: ignore[misc]
