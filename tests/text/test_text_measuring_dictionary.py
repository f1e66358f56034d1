"""Dictionaries: three forms, what is refused, and the hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from nqpf.errors import SpecError
from nqpf.messages import speak
from nqpf.text.measuring.dictionary import Dictionary, as_dictionary, shipped

OWN = """\
name: mine
version: "3"
title: {zh: 我的词表, en: Mine}
groups:
  tech:
    title: {zh: 科技, en: Technology}
    terms:
      - 人工智能
      - {term: 全要素生产率, synonyms: [TFP], source: 会议}
"""


def write(folder: Path, text: str, name: str = "words.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    with speak("en"), pytest.raises(SpecError) as caught:
        Dictionary.load(write(folder, text))
    with speak("en"):
        return str(caught.value)


def test_our_own_form(tmp_path: Path) -> None:
    found = Dictionary.load(write(tmp_path, OWN))
    assert (found.name, found.version, found.title.en) == ("mine", "3", "Mine")
    assert found.forms == ("人工智能", "全要素生产率", "TFP")
    assert found.to_frame().rows() == [("tech", "人工智能", None, None), ("tech", "全要素生产率", "TFP", "会议")]
    assert found.notes == ()


def test_the_form_of_cntext(tmp_path: Path) -> None:
    text = "Name: 数字化\nDesc: 说明\nRefer: 某文\nCategory: [a, b]\nDictionary:\n  a: [大数据]\n"
    text += "  b:\n  - 云计算\n  - 5G\n"
    found = Dictionary.load(write(tmp_path, text, "digital.yaml"))
    assert [group.id for group in found.groups] == ["a", "b"]
    assert (found.name, found.version, str(found.title), str(found.source)) == ("digital", "", "数字化", "某文")
    assert found.forms == ("大数据", "云计算", "5G")
    assert [note.code for note in found.notes] == ["measure_dictionary_unversioned"]
    missing = text.replace("[a, b]", "[a, c]")
    assert "“c”" in refused(tmp_path, missing)


def test_plain_lists(tmp_path: Path) -> None:
    found = Dictionary.load(write(tmp_path, "# note\n总称:\n  - 新质生产力\n金融:\n  - 耐心资本\n", "terms.yaml"))
    assert (found.name, found.forms) == ("terms", ("新质生产力", "耐心资本"))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("- 人工智能", "- 人工智能\n      - 人工智能", ("line 9", "stands twice", "tech, line 8")),
        ("[TFP]", "[TFP, 人工智能]", ("line 9", "stands twice", "tech, line 8")),
        ("- 人工智能", '- ""', ("line 8", "is empty")),
        ("- 人工智能", '- "  "', ("line 8", "is empty")),
        ("- 人工智能", '- " 人工智能"', ("line 8", "begins or ends with a blank")),
        ("- 人工智能", "- 人工。智能", ("line 8", "“。”", "beyond a sentence")),
        ("- 人工智能", "- 2035", ("line 8",)),
        ("    terms:", "    words:", ("“words”",)),
    ],
)
def test_what_is_refused_is_named_with_its_line(tmp_path: Path, before: str, after: str, said: tuple[str, ...]) -> None:
    message = refused(tmp_path, OWN.replace(before, after))
    for part in said:
        assert part in message


def test_a_term_in_two_groups_is_refused_with_both_places(tmp_path: Path) -> None:
    more = OWN + "  other:\n    title: {zh: 其他, en: Other}\n    terms: [TFP]\n"
    message = refused(tmp_path, more)
    assert "line 12" in message
    assert "tech, line 9" in message


def test_no_terms_and_no_file(tmp_path: Path) -> None:
    assert "has no terms" in refused(tmp_path, OWN[: OWN.index("      - 人")].replace("terms:", "terms: []"))
    with (
        speak("en"),
        pytest.raises(SpecError, match=r"no dictionary called “nqpf_startr”.*Did you mean “nqpf_starter”"),
    ):
        Dictionary.load("nqpf_startr")
    with speak("zh"), pytest.raises(SpecError) as caught:
        Dictionary.load(tmp_path / "absent.yaml")
    assert "没有这个文件" in caught.value.text().zh
    with pytest.raises(SpecError) as caught:
        Dictionary.of({"a": "人工智能"})
    assert "人工智能" in caught.value.text().zh
    with pytest.raises(SpecError):
        Dictionary.of([3])  # type: ignore[list-item]


def test_one_character_and_blanks_inside_are_told() -> None:
    found = Dictionary.of({"a": ["碳", "绿色 低碳", "machine learning"]})
    assert {note.code: note.values["count"] for note in found.notes} == {
        "measure_one_character": 1,
        "measure_blank_inside": 1,
    }
    assert "碳" in str(found.notes[0].text().en)


def test_the_hash_is_of_what_is_counted(tmp_path: Path) -> None:
    one = Dictionary.load(write(tmp_path, OWN))
    titled = Dictionary.load(write(tmp_path, OWN.replace("Technology", "Tech").replace('"3"', '"4"')))
    turned = Dictionary.of({"b": ["丙"], "a": ["乙", "甲"]})
    assert one.hash == titled.hash
    assert turned.hash == Dictionary.of({"a": ["甲", "乙"], "b": ["丙"]}).hash
    assert one.hash != Dictionary.load(write(tmp_path, OWN.replace("[TFP]", "[TFP增长]"))).hash
    assert one.label.startswith("mine 3 ")


def test_the_shipped_list_says_that_it_is_hand_made() -> None:
    assert shipped() == ["nqpf_starter"]
    found = as_dictionary("nqpf_starter")
    assert len(found.terms) > 150
    assert len(found.groups) == 12
    assert found.version
    assert "手工" in found.source.zh
    assert "hand-made" in found.source.en
    assert all(group.title.zh != group.title.en for group in found.groups)
    assert as_dictionary(found) is found
