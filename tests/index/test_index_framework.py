"""The framework: read from YAML, and every way it can be wrong told with file, line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nqpf.errors import SpecError
from nqpf.index import Framework
from nqpf.index.framework import OF_INDICATORS, Indicator
from nqpf.messages import Text, speak

GOOD = """\
id: I
title: {zh: 指数, en: Index}
source: A book
tree:
  - id: D
    title: {zh: 维度, en: Dimension}
    theory: [B01]
    availability: 0.5
    children:
      - id: rd_intensity
        catalogue: rd_intensity
        formula: rd / gdp * 100
      - id: hours
        direction: target
        target: 1700
        unit: hours
        theory: [A05]
        tags: {stage: process}
  - id: ratio
    direction: interval
    interval: [2, 3.5]
"""


def read(folder: Path, text: str) -> Framework:
    file = folder / "framework.yaml"
    file.write_text(text, encoding="utf-8")
    return Framework.from_yaml(file)


def test_a_framework_is_read(tmp_path: Path) -> None:
    framework = read(tmp_path, GOOD)
    assert framework.title == Text("指数", "Index")
    assert framework.source == Text.same("A book")
    assert [n.id for n in framework.nodes] == ["rd_intensity", "hours", "ratio", "D", "I"]
    assert [n.level for n in framework.nodes] == [2, 2, 1, 1, 0]
    assert [n.parent for n in framework.nodes] == [3, 3, 4, 4, -1]
    assert [n.at for n in framework.nodes] == [0, 1, 2, 3, 4]
    assert [n.where.line for n in framework.nodes] == [10, 13, 19, 5, 1]
    assert [c.tolist() for c in framework.children] == [[], [], [], [0, 1], [2, 3]]
    assert [c.tolist() for c in framework.leaves] == [[0], [1], [2], [0, 1], [0, 1, 2]]
    assert framework.node("D").availability == 0.5
    assert framework.dimension_of(framework.node("hours")).id == "D"
    assert framework.dimension_of(framework.node("ratio")).id == "ratio"


def test_the_catalogue_fills_in_what_is_not_written(tmp_path: Path) -> None:
    known, hours, ratio = read(tmp_path, GOOD).indicators
    assert known.formula == "rd / gdp * 100"
    assert (known.direction, known.ideal) == ("benefit", None)
    assert known.title.zh != known.title.en
    assert known.theory
    assert set(known.tags) == {"element", "cause", "feature", "newdev", "stage"}
    assert (hours.direction, hours.ideal, hours.formula) == ("target", (1700, 1700), "hours")
    assert (dict(hours.tags), hours.unit, hours.theory) == ({"stage": "process"}, Text.same("hours"), ("A05",))
    assert (ratio.ideal, ratio.title, ratio.unit) == ((2, 3.5), Text.same("ratio"), Text("", ""))
    own = read(tmp_path, GOOD.replace("formula: rd /", "direction: cost\n        formula: rd /")).indicators[0]
    assert own.direction == "cost"
    assert isinstance(own, Indicator)


def test_what_methods_ask_of_an_indicator_is_read(tmp_path: Path) -> None:
    """Denominator, goalposts, goal, size and whether it is an index itself; the catalogue knows the size."""
    more = ("unit: hours", "denominator: people", "goalposts: [0, 3000]", "goal: 1800", "composite: true")
    framework = read(tmp_path, GOOD.replace("unit: hours", "\n        ".join(more)))
    known, hours, ratio = framework.indicators
    assert (hours.denominator, hours.goalposts, hours.goal, hours.composite) == ("people", (0, 3000), 1800, True)
    assert (ratio.denominator, ratio.goalposts, ratio.goal, ratio.composite) == (None, None, None, False)
    assert (known.size, hours.size, ratio.size) == ("intensive", None, None)
    own = read(tmp_path, GOOD.replace("formula: rd /", "size: extensive\n        formula: rd /"))
    assert own.indicators[0].size == "extensive"


@pytest.mark.parametrize("key", OF_INDICATORS)
def test_what_only_an_indicator_has_is_refused_of_a_dimension(tmp_path: Path, key: str) -> None:
    words = {
        "target": "0",
        "interval": "[0, 1]",
        "goalposts": "[0, 1]",
        "goal": "1",
        "tags": "{stage: input}",
        "size": "extensive",
        "direction": "cost",
        "mixed_vintages": "true",
        "mixed_scopes": "true",
        "composite": "true",
    }
    with pytest.raises(SpecError, match=rf"“D” has children and cannot have {key}") as caught:
        read(tmp_path, GOOD.replace("availability: 0.5", f"{key}: {words.get(key, 'rd')}"))
    assert (caught.value.code, caught.value.where.line) == ("dimension_with_formula", 5)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [("size: large", "not one of the choices"), ("goalposts: [1]", "two numbers"), ("goal: soon", "a number")],
)
def test_words_that_methods_cannot_use_are_refused(tmp_path: Path, wrong: str, expected: str) -> None:
    with pytest.raises(SpecError, match=expected) as caught:
        read(tmp_path, GOOD.replace("unit: hours", wrong))
    assert caught.value.where.line in (16, 17)


def test_a_tree_without_an_indicator(tmp_path: Path) -> None:
    """Positions close up, and a dimension that is left empty goes as well."""
    framework = read(tmp_path, GOOD)
    smaller, kept = framework.without(0)
    assert [n.id for n in smaller.nodes] == ["hours", "ratio", "D", "I"]
    assert kept.tolist() == [1, 2, 3, 4]
    assert [n.at for n in smaller.nodes] == [0, 1, 2, 3]
    assert [n.parent for n in smaller.nodes] == [2, 3, 3, -1]
    assert [c.tolist() for c in smaller.leaves] == [[0], [1], [0], [0, 1]]
    empty, kept = smaller.without(0)
    assert [n.id for n in empty.nodes] == ["ratio", "I"]
    assert kept.tolist() == [1, 3]
    assert [n.level for n in empty.nodes] == [1, 0]
    assert [n.id for n in framework.nodes] == ["rd_intensity", "hours", "ratio", "D", "I"]


@pytest.mark.parametrize(
    ("code", "old", "new", "line", "english", "chinese"),
    [
        (
            "direction_missing",
            "direction: interval\n    interval: [2, 3.5]",
            "formula: x",
            19,
            "“ratio” has no direction",
            "指标“ratio”没有写明方向",
        ),
        (
            "unknown_theory",
            "theory: [A05]",
            "theory: [A5]",
            13,
            "no theory item “A5”. Did you mean “A",
            "没有编号为“A5”的理论条目",
        ),
        ("unknown_theory", "theory: [B01]", "theory: [B01, Z99]", 5, "no theory item “Z99”", "没有编号为“Z99”"),
        ("twin_nodes", "id: ratio", "id: hours", 19, "“hours” is used twice", "编号“hours”用了两次"),
        ("twin_nodes", "id: ratio", "id: I", 19, "“I” is used twice", "编号“I”用了两次"),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "formula: a + b",
            5,
            "“D” has children and cannot have formula",
            "“D”下面还有子项，不能再写 formula",
        ),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "direction: cost",
            5,
            "cannot have direction",
            "不能再写 direction",
        ),
        ("dimension_with_formula", "availability: 0.5", "target: 0", 5, "cannot have target", "不能再写 target"),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "interval: [0, 1]",
            5,
            "cannot have interval",
            "不能再写 interval",
        ),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "catalogue: rd_intensity",
            5,
            "cannot have catalogue",
            "不能再写 catalogue",
        ),
        ("dimension_with_formula", "availability: 0.5", "unit: ''", 5, "cannot have unit", "不能再写 unit"),
        ("dimension_with_formula", "availability: 0.5", "tags: {stage: input}", 5, "cannot have tags", "不能再写 tags"),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "mixed_vintages: true",
            5,
            "cannot have mixed_vintages",
            "不能再写 mixed_vintages",
        ),
        (
            "dimension_with_formula",
            "availability: 0.5",
            "mixed_scopes: true",
            5,
            "cannot have mixed_scopes",
            "不能再写 mixed_scopes",
        ),
        (
            "target_missing",
            "        target: 1700\n",
            "",
            14,
            "“hours” has direction target but no target",
            "适度型指标“hours”没有写最优值",
        ),
        (
            "interval_missing",
            "\n    interval: [2, 3.5]",
            "",
            20,
            "“ratio” has direction interval but no interval",
            "区间型指标“ratio”没有写最优区间",
        ),
        ("interval_missing", "[2, 3.5]", "[3.5, 2]", 20, "no interval with low ≤ high", "下限大于上限"),
        (
            "ideal_without_direction",
            "direction: target",
            "direction: benefit",
            14,
            "“hours” has an ideal, but its direction is benefit",
            "方向却是 benefit",
        ),
        (
            "ideal_without_direction",
            "direction: interval",
            "direction: cost",
            20,
            "its direction is cost",
            "方向却是 cost",
        ),
        (
            "two_ideals",
            "target: 1700",
            "target: 1700\n        interval: [1, 2]",
            14,
            "“hours” has both target and interval. Its direction is target",
            "请只保留 target",
        ),
        (
            "two_ideals",
            "[2, 3.5]",
            "[2, 3.5]\n    target: 0",
            20,
            "“ratio” has both target and interval. Its direction is interval",
            "同时写了 target 和 interval",
        ),
        (
            "indicator_with_availability",
            "unit: hours",
            "availability: 0.5",
            13,
            "“hours” is an indicator",
            "指标“hours”下面没有子项",
        ),
        (
            "unknown_catalogue_indicator",
            "catalogue: rd_intensity",
            "catalogue: rd_intensty",
            10,
            "“rd_intensty”. Did you mean “rd_intensity”",
            "您是不是想写“rd_intensity”",
        ),
        (
            "unknown_key",
            "    availability: 0.5",
            "    availabilty: 0.5",
            8,
            "no key “availabilty” here. Did you mean “availability”",
            "您是不是想写“availability”",
        ),
        (
            "unknown_key",
            "source: A book",
            "sources: A book",
            3,
            "no key “sources” here. Did you mean “source”",
            "没有“sources”这个键",
        ),
        (
            "bad_choice",
            "direction: interval",
            "direction: intervall",
            20,
            "“intervall” is not one of the choices. Did you mean “interval”",
            "“intervall”不在可选之列",
        ),
        (
            "bad_choice",
            "stage: process",
            "stges: process",
            18,
            "“stges” is not one of the choices",
            "“stges”不在可选之列",
        ),
        ("bad_value", "target: 1700", "target: many", 15, "a number", "数字"),
        ("bad_value", "target: 1700", "target: .nan", 15, "a finite number", "有限的数字"),
        ("bad_value", "availability: 0.5", "availability: 50", 8, "between 0 and 1", "0 与 1 之间"),
        ("bad_value", "[2, 3.5]", "[2]", 21, "two numbers", "两个数"),
        ("bad_value", "title: {zh: 维度, en: Dimension}", "title: {zh: 维度}", 6, "{zh: …, en: …}", "{zh: …, en: …}"),
        ("missing_key", "id: I\n", "", 1, "“id” is missing", "缺少“id”"),
        ("missing_key", "- id: ratio\n    direction", "- direction", 19, "“id” is missing", "缺少“id”"),
        ("yaml_syntax", "tree:", "tree: [", 5, "not valid YAML", "YAML 写法有误"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, code: str, old: str, new: str, line: int, english: str, chinese: str
) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(SpecError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    error = caught.value
    text = str(error)
    assert (error.code, error.where.line) == (code, line), text
    assert english in text
    assert "framework.yaml" in text
    assert f"line {line}" in text
    with speak("zh"):
        assert chinese in str(error)
        assert f"第 {line} 行" in str(error)


def test_a_catalogue_indicator_without_direction_needs_one(tmp_path: Path) -> None:
    from nqpf.theory import catalogue

    context = next(i.id for i in catalogue() if i.direction == "context")
    text = GOOD.replace("catalogue: rd_intensity", f"catalogue: {context}")
    with pytest.raises(SpecError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "direction_missing"


@pytest.mark.parametrize("tree", ["tree: []", "tree:", ""])
def test_an_empty_tree_is_refused(tmp_path: Path, tree: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, f"id: I\ntitle: Index\n{tree}\n")
    assert caught.value.code in ("bad_value", "missing_key", "empty_key")
    assert caught.value.where.line in (1, 3)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file") as caught:
        Framework.from_yaml(tmp_path / "nowhere.yaml")
    with speak("zh"):
        assert "没有这个文件" in str(caught.value)
    (tmp_path / "list.yaml").write_text("- a\n- b\n")
    with pytest.raises(SpecError, match="key: value"):
        Framework.from_yaml(tmp_path / "list.yaml")
    (tmp_path / "gbk.yaml").write_bytes("title: 指数".encode("gbk"))
    with pytest.raises(SpecError, match="UTF-8"):
        Framework.from_yaml(tmp_path / "gbk.yaml")


def test_an_unknown_node_names_what_there_is(tmp_path: Path) -> None:
    framework = read(tmp_path, GOOD)
    with pytest.raises(
        SpecError, match=r"no node “ratios”. Did you mean “ratio”.*rd_intensity, hours, ratio, D, I"
    ) as caught:
        framework.node("ratios")
    with speak("zh"):
        assert "框架中没有节点“ratios”" in str(caught.value)
