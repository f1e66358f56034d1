"""YAML files: every fault is told with its line, the nearest right word, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, FiniteFloat

from nqpf.errors import SpecError, Where
from nqpf.messages import Text
from nqpf.yamlfile import Document, Label, Strict, load, validate

Writer = Callable[[str], Path]


class Part(Strict):
    id: str
    weight: FiniteFloat | None = None
    parts: tuple[Part, ...] = ()


class Model(Strict):
    title: Label
    kind: Literal["linear", "loglinear"] = "linear"
    span: tuple[int, int] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    on: bool = False
    names: tuple[str, ...] = ()
    rules: Mapping[str, Literal["stop", "keep"]] = {}
    groups: Literal["bloc4", "zone8"] | tuple[Part, ...] | None = None
    tree: tuple[Part, ...] = ()


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def writer(text: str) -> Path:
        path = tmp_path / "s.yaml"
        path.write_bytes(text.encode())
        return path

    return writer


def fault(path: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        validate(Model, load(path))
    assert caught.value.where.file == str(path)
    return caught.value


def test_a_good_file_is_read(write: Writer) -> None:
    path = write(
        "title: {zh: 甲, en: A}\nkind: loglinear\nspan: [1, 2]\ntree:\n  - id: a\n    parts: [{id: b, weight: 2}]\n"
    )
    model = validate(Model, load(path))
    assert model.title == Text("甲", "A")
    assert model.span == (1, 2)
    assert model.tree[0].parts[0].weight == 2.0


def test_every_key_and_item_has_its_line(write: Writer) -> None:
    document = load(
        write("# first\ntitle: t\ntree:\n  - id: a\n  - id: b\n    parts:\n      - {id: c,\n         weight: 1}\n")
    )
    assert document.lines[("title",)] == 2
    assert document.lines[("tree", 1)] == 5
    assert document.lines[("tree", 1, "parts", 0, "weight")] == 8
    assert document.where(("tree", 1, "parts", 0)) == Where(file=document.file, line=7, key="tree.1.parts.0")


def test_what_is_not_written_is_told_by_the_line_above_it(write: Writer) -> None:
    document = load(write("title: t\ntree:\n  - id: a\n"))
    assert document.where(("tree", 0, "weight")) == Where(file=document.file, line=3, key="tree.0.weight")
    assert document.where(("nope",)).line == 1
    assert document.where() == Where(file=document.file, line=1)


def test_content_is_plain(write: Writer) -> None:
    content = load(write("a: 1\nb: 1.5\nc: 'x'\nd: [true, null]\ne: {f: g}\n")).content
    kinds = [type(content[k]) for k in "abcde"] + [type(content["d"][0])]
    assert kinds == [int, float, str, list, dict, bool]


def test_keys_merged_in_have_a_line(write: Writer) -> None:
    document = load(write("base: &base {unit: x}\nother:\n  <<: *base\n  file: y\n"))
    assert document.content["other"] == {"file": "y", "unit": "x"}
    assert document.lines[("other", "unit")] == 2
    assert document.lines[("other", "file")] == 4


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_text("title: t\n", encoding="utf-8-sig")
    assert load(path).content == {"title": "t"}


NOT_YAML = {
    "unclosed quote": ('title: "x\n', 2, "end of stream"),
    "tab": ("title: x\n\tkind: y\n", 2, "\\t"),
    "indentation": ("title: x\n  kind: y\n", 2, "mapping values"),
    "no such anchor": ("title: *x\n", 1, "undefined alias"),
    "two documents": ("title: x\n---\ntitle: y\n", 2, "another document"),
    "control character": ("title: x\nkind: \x01\n", 2, "#x0001"),
}


@pytest.mark.parametrize("case", NOT_YAML)
def test_what_is_not_yaml_is_told_with_its_line(case: str, write: Writer) -> None:
    text, line, problem = NOT_YAML[case]
    error = fault(write(text))
    assert (error.code, error.where.line) == ("yaml_syntax", line)
    assert problem in error.text().en
    assert error.text().zh.startswith(f"文件 {error.where.file}，第 {line} 行：YAML 写法有误")
    assert "请检查缩进、冒号后的空格和引号" in error.text().zh


def test_a_key_that_stands_twice(write: Writer) -> None:
    error = fault(write("title: x\nkind: linear\ntitle: y\n"))
    assert error.text().en.endswith("line 3: “title” stands twice in one place. Keep one of them.")
    assert error.text().zh.endswith("第 3 行：同一处写了两个“title”。请只保留一个。")


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "word\n"])
def test_a_file_of_no_keys(text: str, write: Writer) -> None:
    error = fault(write(text))
    assert (error.code, error.where.line) == ("yaml_not_mapping", 1)
    assert "nqpf new" in error.text().zh


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("title: 新质生产力\n".encode("gb18030"))
    for path, code, zh in (
        (tmp_path / "none.yaml", "file_not_found", "没有这个文件"),
        (tmp_path, "unreadable", "文件打不开"),
        (gbk, "not_utf8", "请另存为 UTF-8"),
    ):
        error = fault(path)
        assert error.code == code
        assert zh in error.text().zh


WRONG = {
    "unknown key": (
        "title: t\nknid: linear\n",
        2,
        "knid",
        "no key “knid” here. Did you mean “kind”?",
        "您是不是想写“kind”？",
    ),
    "unknown key below": (
        "title: t\ntree:\n  - id: a\n    wieght: 1\n",
        4,
        "tree.0.wieght",
        "Did you mean “weight”?",
        "weight",
    ),
    "unknown key in a flow": ("title: t\ntree: [{id: a,\n  parst: []}]\n", 3, "tree.0.parst", "“parts”", "“parts”"),
    "nothing near": (
        "title: t\nzzz: 1\n",
        2,
        "zzz",
        "These can stand here: groups, kind, names",
        "此处可用：groups、kind",
    ),
    "key that is a number": ("title: t\n2020: x\n", 2, "2020", "no key “2020”", "没有“2020”这个键"),
    "missing key": ("kind: linear\n", 1, None, "“title” is missing. Add it.", "缺少“title”。请补上。"),
    "missing key below": ("title: t\ntree:\n  - weight: 1\n", 3, "tree.0", "“id” is missing", "缺少“id”"),
    "choice": (
        "title: t\nkind: linaer\n",
        2,
        "kind",
        "“linaer” is not one of the choices. Did you mean “linear”?",
        "可选：linear、loglinear",
    ),
    "choice in a mapping": (
        "title: t\nrules:\n  gdp: kepe\n",
        3,
        "rules.gdp",
        "Did you mean “keep”?",
        "“kepe”不在可选之列",
    ),
    "choice or list": ("title: t\ngroups: bloc5\n", 2, "groups", "Did you mean “bloc4”?", "可选：bloc4、zone8"),
    "key inside choice or list": (
        "title: t\ngroups:\n  - {id: a, wegiht: 1}\n",
        3,
        "groups.0.wegiht",
        "Did you mean “weight”?",
        "没有“wegiht”这个键",
    ),
    "empty": ("title:\nkind: linear\n", 1, "title", "Nothing is written after “title”.", "“title”后面没有内容"),
    "not a label": ("title: [a]\n", 1, "title", "a text, or {zh: …, en: …}", "一段文字，或 {zh: …, en: …}"),
    "label that is a number": ("title: 2020\n", 1, "title", "“2020” will not do", "“2020”不合要求"),
    "label of one language": ("title: {zh: 甲}\n", 1, "title", "a text, or {zh: …, en: …}", "一段文字"),
    "not a number": (
        "title: t\ntree: [{id: a, weight: x}]\n",
        2,
        "tree.0.weight",
        "This should be: a number",
        "这里应为：数字",
    ),
    "not finite": ("title: t\ntree: [{id: a, weight: .inf}]\n", 2, "tree.0.weight", "a finite number", "有限的数字"),
    "not whole": ("title: t\nspan: [2010.5, 2012]\n", 2, "span.0", "a whole number", "整数"),
    "half a pair": ("title: t\nspan: [2010]\n", 2, "span", "more items", "更多的项"),
    "more than a pair": ("title: t\nspan: [1, 2, 3]\n", 2, "span", "fewer items", "更少的项"),
    "not a list": ("title: t\nnames: 北京\n", 2, "names", "a list, e.g. [a, b]", "列表，如 [a, b]"),
    "number for a text": ("title: t\nnames: [110000]\n", 2, "names.0", "put numbers in quotes", "数字请加引号"),
    "not a mapping": ("title: t\nrules: [a]\n", 2, "rules", "key: value pairs", "“键: 值”"),
    "not a model": ("title: t\ntree: [a]\n", 2, "tree.0", "key: value pairs", "“键: 值”"),
    "not yes or no": ("title: t\non: maybe\n", 2, "on", "true or false", "true 或 false"),
    "above the limit": ("title: t\nshare: 80\n", 2, "share", "a number not above the limit", "不大于上限的数"),
    "below the limit": ("title: t\nshare: -1\n", 2, "share", "a number not below the limit", "不小于下限的数"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_line_key_and_what_would_be_right(case: str, write: Writer) -> None:
    text, line, key, en, zh = WRONG[case]
    error = fault(write(text))
    assert (error.where.line, error.where.key) == (line, key)
    assert en in error.text().en
    assert zh in error.text().zh
    assert "  " not in error.text().en


def test_nothing_of_pydantics_own_words_reaches_the_reader(write: Writer) -> None:
    for text, *_ in WRONG.values():
        said = fault(write(text)).text()
        assert "Input should" not in said.en + said.zh
        assert "literal[" not in said.en


def test_a_long_value_is_cut(write: Writer) -> None:
    assert "x" * 80 in fault(write(f"title: t\nkind: {'x' * 500}\n")).text().en
    assert "x" * 81 not in fault(write(f"title: t\nkind: {'x' * 500}\n")).text().en


def test_the_first_fault_is_told(write: Writer) -> None:
    assert fault(write("title: t\nspan: [a, 2]\ntree: [{id: 3}]\n")).where.line == 2


def test_a_part_of_a_document_keeps_its_lines(write: Writer) -> None:
    document = load(write("other: 1\npart:\n  title: t\n  kidn: x\n"))
    with pytest.raises(SpecError) as caught:
        validate(Model, document, ("part",))
    assert caught.value.where == Where(file=document.file, line=4, key="part.kidn")


def test_what_stands_in_a_file_is_frozen() -> None:
    document = Document("x", {"title": "t"}, {(): 1})
    model = validate(Model, document)
    with pytest.raises(Exception, match="frozen"):
        model.kind = "loglinear"
