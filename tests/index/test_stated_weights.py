"""Stated weights in a tree: where they come from, and what is refused before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index.framework import Framework
from nqpf.index.options.weight import Weight
from nqpf.index.weights.stated import check_stated, stated
from nqpf.yamlfile import load, validate

TREE = {
    "D": {"x": "benefit", "y": "benefit", "z": "benefit"},
    "E": {"u": "benefit", "v": "benefit"},
    "F": {"w": "benefit"},
}


def local(framework: Framework, how: Weight, node: str) -> list[float]:
    return stated(framework, how, framework.node(node)).tolist()  # type: ignore[no-any-return]


def test_equal(grow: Any) -> None:
    tree, how = grow(TREE), Weight()
    assert local(tree, how, "D") == pytest.approx([1 / 3] * 3)
    assert local(tree, how, "I") == pytest.approx([1 / 3] * 3)
    assert local(tree, how, "F") == [1.0]


WEIGHTED = {
    "D": {"weight": 30, "x": {"direction": "benefit", "weight": 0.2}, "y": {"direction": "benefit", "weight": 0.8}},
    "E": {"weight": 70, "u": "benefit"},
}


def test_given_come_from_the_framework_or_the_recipe(grow: Any) -> None:
    tree, how = grow(WEIGHTED), Weight(method="given")
    assert local(tree, how, "I") == pytest.approx([0.3, 0.7])
    assert local(tree, how, "D") == pytest.approx([0.2, 0.8])
    assert local(tree, how, "E") == [1.0]
    here = Weight(method="given", values={"x": 60, "y": 40})
    assert local(tree, here, "D") == pytest.approx([0.6, 0.4])
    assert local(tree, here, "I") == pytest.approx([0.3, 0.7])
    assert check_stated(tree, here) == ()


def test_given_may_be_rescaled(grow: Any) -> None:
    tree = grow(WEIGHTED)
    assert local(tree, Weight(method="given", values={"x": 1, "y": 3}, rescale=True), "D") == pytest.approx(
        [0.25, 0.75]
    )
    with pytest.raises(SpecError, match=r"key weight\.values: The weights under “D” sum to 4, not to 1 \(or 100\)"):
        local(tree, Weight(method="given", values={"x": 1, "y": 3}), "D")
    with pytest.raises(SpecError, match=r"sum to 0"):
        local(tree, Weight(method="given", values={"x": 0, "y": 0}, rescale=True), "D")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x": 1}, r"key weight\.values\.y: “y” under “D” has no weight"),
        ({"x": 1.2, "y": -0.2}, r"key weight\.values\.y: The weight of “y” is negative"),
        ({"xx": 1}, r"key weight\.values\.xx: The framework has no node “xx”"),
        ({"I": 1}, r"“I” is the whole index"),
    ],
)
def test_given_weights_that_do_not_fit_are_refused(grow: Any, values: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        check_stated(grow(WEIGHTED), Weight(method="given", values=values))


def test_weights_of_the_framework_are_refused_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "tree.yaml"
    file.write_text(
        "id: I\ntitle: Index\ntree:\n  - id: D\n    weight: 1\n    children:\n"
        "      - {id: x, direction: benefit, weight: 0.5}\n      - {id: y, direction: benefit, weight: -0.5}\n"
    )
    with pytest.raises(SpecError, match=r"tree\.yaml.*line 8.*The weight of “y” is negative"):
        check_stated(Framework.from_yaml(file), Weight(method="given"))


JUDGED = {
    "I": {"D": {"E": 2, "F": 4}, "E": {"F": 2}},
    "D": [[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]],
    "E": [{"u": {"v": 9}}, {"u": {"v": "1/9"}}],
}


def test_judgements_stand_under_the_node_above(grow: Any) -> None:
    tree, how = grow(TREE), Weight.model_validate({"method": "ahp", "judgements": JUDGED})
    assert local(tree, how, "I") == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert local(tree, how, "D") == pytest.approx([0.6, 0.3, 0.1])
    assert local(tree, how, "E") == pytest.approx([0.5, 0.5])
    assert local(tree, how, "F") == [1.0]
    assert check_stated(tree, how) == ()
    assert Weight.model_validate_json(how.model_dump_json()) == how


def test_judgements_in_yaml(tmp_path: Path, grow: Any) -> None:
    file = tmp_path / "weight.yaml"
    file.write_text(
        "method: ahp\njudgements:\n  E:\n    - u: {v: 3}\n    - [[1, 1/3], [3, 1]]\n"
        "  D:\n    x: {y: 1, z: 1}\n    y: {z: 1}\n  I:\n    D: {E: 1, F: 1}\n    E: {F: 1}\n"
    )
    how = validate(Weight, load(file))
    assert local(grow(TREE), how, "E") == pytest.approx([0.5, 0.5])
    file.write_text("method: ahp\njudgements:\n  E:\n    u: {v: three}\n")
    with pytest.raises(SpecError, match=r"line 4.*“three” will not do.*a number or a fraction"):
        validate(Weight, load(file))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"D": None}, r"key weight\.judgements: There are no judgements for what is under “D” \(x, y, z\)"),
        ({"D": [[1, 2], ["1/2", 1]]}, r"weight\.judgements\.D.*there are 3 things to compare: x, y, z"),
        ({"E": {"u": {"w": 2}}}, r"Expert 1 judges “w”, which is not .*To be compared are: u, v"),
        ({"x": {"u": {"w": 2}}}, r"“x” is an indicator; there is nothing below it to compare"),
        ({"Q": {"u": {"w": 2}}}, r"The framework has no node “Q”"),
        ({"D": [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]}, r"weight\.judgements\.D.*consistency ratio"),
    ],
)
def test_judgements_that_do_not_fit_are_refused(grow: Any, change: Any, message: str) -> None:
    judgements = {key: value for key, value in (JUDGED | change).items() if value is not None}
    how = Weight.model_validate({"method": "ahp", "judgements": judgements})
    with pytest.raises((SpecError, MethodError), match=message):
        check_stated(grow(TREE), how)


def test_inconsistency_is_remarked_on_when_asked(grow: Any) -> None:
    bad = {"D": [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]}
    how = Weight.model_validate({"method": "ahp", "judgements": JUDGED | bad, "consistency": "note"})
    assert [note.code for note in check_stated(grow(TREE), how)] == ["ahp_inconsistent"]
    both = Weight.model_validate({"method": "combined", "of": [how, {"method": "equal"}]})
    assert [note.code for note in check_stated(grow(TREE), both)] == ["ahp_inconsistent"]


def test_rows_do_not_say_which_is_which_where_indicators_stand_beside_dimensions(grow: Any) -> None:
    tree = grow({"D": {"x": "benefit", "y": "benefit"}, "z": "benefit"})
    rows = Weight.model_validate({"method": "ahp", "judgements": {"I": [[1, 3], ["1/3", 1]]}})
    with pytest.raises(SpecError, match=r"indicators and dimensions side by side"):
        stated(tree, rows, tree.root)
    names = Weight.model_validate({"method": "ahp", "judgements": {"I": {"D": {"z": 3}}}})
    weights = dict(zip((tree.nodes[c].id for c in tree.children[-1]), stated(tree, names, tree.root), strict=True))
    assert weights == pytest.approx({"D": 0.75, "z": 0.25})


def test_orders_stand_under_the_node_above(grow: Any) -> None:
    orders = {
        "I": {"order": ["E", "D", "F"], "ratios": [1.5, 1.2]},
        "D": [{"order": ["x", "y", "z"], "ratios": [1, 1.2]}, {"order": ["z", "y", "x"], "ratios": [1.2, 1]}],
        "E": {"order": ["v", "u"], "ratios": ["3/2"]},
    }
    tree, how = grow(TREE), Weight.model_validate({"method": "g1", "orders": orders})
    assert local(tree, how, "I") == pytest.approx([0.30, 0.45, 0.25])
    assert local(tree, how, "E") == pytest.approx([0.4, 0.6])
    one, last = 1.2 / 3.4, 1 / 3.4
    reverse = [1 / 3.2, 1 / 3.2, 1.2 / 3.2]
    assert local(tree, how, "D") == pytest.approx([(a + b) / 2 for a, b in zip([one, one, last], reverse, strict=True)])
    del orders["E"]
    with pytest.raises(SpecError, match=r"There is no order of importance for what is under “E” \(u, v\)"):
        check_stated(tree, Weight.model_validate({"method": "g1", "orders": orders}))


@pytest.mark.parametrize(
    "options",
    [
        {"method": "equal", "judgements": {"I": [[1]]}},
        {"method": "ahp", "orders": {"I": {"order": ["D"], "ratios": []}}},
        {"method": "g1", "priority": "geometric"},
        {"method": "entropy", "of": [{"method": "equal"}, {"method": "given"}]},
    ],
)
def test_options_go_with_their_method(options: Any) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Weight.model_validate(options)


def test_data_driven_weights_have_nothing_to_check(grow: Any) -> None:
    assert check_stated(grow(TREE), Weight(method="entropy")) == ()
