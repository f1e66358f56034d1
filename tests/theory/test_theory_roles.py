"""Roles are told by marks, and the sets they form are those of the theory."""

from dataclasses import dataclass, field

import pytest

from nqpf.errors import SpecError
from nqpf.theory import (
    assign,
    balances,
    catalogue,
    circles,
    diagram,
    item,
    items,
    readings,
    role,
    role_set,
    role_sets,
    roles,
    select,
)
from nqpf.theory.roles import _condition


@dataclass(frozen=True)
class One:
    id: str
    theory: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


def ids(found):
    return [one.id for one in found]


def test_ids_are_unique_and_every_role_is_read_by_a_set():
    assert len({r.id for r in roles()}) == len(roles())
    assert {r.id for s in role_sets() for r in s.roles} == {r.id for r in roles()}
    assert len({s.id for s in role_sets()}) == len(role_sets()) == 12


def test_items_exist_and_titles_are_in_both_languages():
    known = {i.id for i in items()}
    for one in (*roles(), *role_sets()):
        assert one.item is None or one.item in known
        assert one.title.zh != one.title.en
    assert role("ability_transport").title == item("N03").title


def test_the_sets_are_those_of_the_theory():
    assert [(s.id, s.item, ids(s.roles)) for s in circles()][:2] == [
        ("education_science_talent", "H01", ["education", "science", "talent"]),
        ("science_industry_finance", "H02", ["science", "industry", "finance"]),
    ]
    assert {s.item: len(s.roles) for s in circles()} == {"H01": 3, "H02": 3, "H03": 2, "F12": 4}
    # The four relations of O01 and the two hands of J03.
    assert {s.item for s in balances()} == {"J01", "A03", "F04", "G01", "J03"}
    assert [r.item for r in role_set("abilities").roles] == [f"N0{i}" for i in range(1, 9)]
    assert [s.id for s in readings()] == ["abilities", "concepts", "nature"]


def test_a_circle_closes_and_a_balance_does_not():
    pairs = [(a.id, b.id) for a, b in role_set("education_science_talent").edges]
    assert pairs == [("education", "science"), ("science", "talent"), ("talent", "education")]
    assert [(a.id, b.id) for a, b in role_set("self_open").edges] == [("self_reliance", "openness")]


def test_the_circle_selects_what_lights_the_boxes_of_the_diagram():
    for node, name in (("circle_education", "education"), ("circle_science", "science"), ("circle_talent", "talent")):
        marked = diagram().node(node).tags["theory"]
        assert ids(select(name, catalogue())) == [i.id for i in catalogue() if marked in i.theory]


def test_all_marks_of_a_condition_must_agree_and_one_condition_is_enough():
    process, entry = One("a", ("J03",), {"stage": "process"}), One("b", ("J03",), {"stage": "input"})
    price, other = One("c", ("J05",)), One("d", ("A04",), {"stage": "process"})
    assert ids(select("market", [process, entry, price, other])) == ["a", "c"]
    assert ids(select(role("government"), [process, entry, price, other])) == ["b"]
    assert select("old_industry", [process, entry, price, other]) == ()


def test_one_of_several_words_of_a_tag_is_enough():
    kinds = [One(word, (), {"element": word}) for word in ("labourer", "green", "object")]
    assert ids(select("forces", kinds)) == ["labourer", "object"]


def test_an_indicator_goes_to_the_role_of_its_earliest_item_whatever_the_order_of_indicators():
    staff, grants, both = One("staff", ("B02", "N01")), One("grants", ("N01", "B02")), One("x", ("B02",))
    circle = role_set("education_science_talent")
    for given in ([staff, grants, both], [both, grants, staff]):
        found = assign(circle, given)
        assert ids(found["science"]) == ["grants"]
        assert set(ids(found["talent"])) == {"staff", "x"}
        assert found["education"] == ()
    assert ids(select("science", [staff, grants, both])) == ["staff", "grants"]


def test_an_item_goes_before_a_tag():
    firms = One("firms", ("L03", "J06"), {"element": "labourer"})
    assert ids(assign(role_set("forces_relations"), [firms])["relations"]) == ["firms"]


def test_no_indicator_is_given_twice():
    for one in role_sets():
        given = [i.id for found in assign(one, catalogue()).values() for i in found]
        assert len(given) == len(set(given)), one.id
        assert set(given) == {i.id for r in one.roles for i in select(r, catalogue())}, one.id


def test_the_catalogue_fills_all_roles_but_two():
    assert [r.id for r in roles() if not select(r, catalogue())] == ["old_industry", "ability_governance"]


def test_unknown_ids_name_the_nearest():
    with pytest.raises(SpecError) as caught:
        role("educaton")
    assert caught.value.code == "unknown_role"
    assert "“education”" in caught.value.text().zh
    with pytest.raises(SpecError) as caught:
        role_set("four_chain")
    assert caught.value.code == "unknown_role_set"
    assert "four_chains" in caught.value.text().en


@pytest.mark.parametrize(("raw", "told"), [({"sector": "x"}, "'sector' is none of"), ({"element": "gold"}, "element")])
def test_marks_outside_the_vocabulary_are_refused(raw, told):
    with pytest.raises(ValueError, match=told):
        _condition("probe", raw)
    with pytest.raises(SpecError):
        _condition("probe", {"theory": "Z99"})
