"""The check of a quotation on constructed texts: every verdict, its differences, several places, bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.text.quoted.check import check_quote
from nqpf.text.quoted.haystack import Haystack
from nqpf.text.quoted.match import find
from nqpf.text.quoted.statements import Statements, iso, statements

NONE = Statements.of(())
TEXT = (
    "会议认为，推动绿色转型，要坚持先立后破，不能脱离实际。各地应当结合资源禀赋，分类推进重点行业改造，"
    "防止简单层层加码。要健全监测评估机制，每年公布进展情况。"
)
TABLE = {"id": ["m-1", "m-2"], "text": [TEXT, "转载：" + TEXT[5:40]]}


def verdict(quote: str) -> str:
    return check_quote(quote, TABLE, statements=NONE).verdict


def test_every_verdict() -> None:
    assert verdict("要坚持先立后破，不能脱离实际") == "exact"
    assert verdict("“要坚持先立后破，不能脱离实际。”") == "exact"
    assert verdict("要坚持先立后破、不能脱离实际") == "punctuation"
    assert verdict("要坚持先立后破,不能脱离实际") == "punctuation"
    assert verdict("推动绿色转型……分类推进重点行业改造") == "ellipsis"
    assert verdict("推动绿色转型...分类推进重点行业改造...每年公布进展情况") == "ellipsis"
    assert verdict("要坚持先立后破，绝不脱离实际") == "altered"
    assert verdict("明天会有小雨，请各位市民带好雨具") == "not_found"
    assert verdict("绿色转型") == "too_short"


def test_differences_are_listed_character_by_character() -> None:
    found = check_quote("各地应结合资源禀赋，分类推动重点行业改造", TABLE, statements=NONE)
    best = found.hits.row(0, named=True)
    assert (best["verdict"], best["changed"], best["id"]) == ("altered", 2, "m-1")
    assert TEXT[best["start"] : best["end"]] == best["text"] == "各地应当结合资源禀赋，分类推进重点行业改造"
    rows = found.edits.filter(hit=1).select("op", "start", "end", "quoted", "source").rows()
    assert rows == [("insert", 3, 3, "", "当"), ("replace", 13, 14, "动", "进")]
    assert found.text().en.startswith("Not as in the source: against the nearest, m-1, characters that differ: 2")


def test_a_stretch_left_out_without_an_ellipsis_is_an_alteration() -> None:
    found = check_quote("推动绿色转型，分类推进重点行业改造", TABLE, statements=NONE)
    assert found.verdict == "altered"
    assert found.edits.filter(hit=1)["source"].to_list() == ["要坚持先立后破，不能脱离实际。各地应当结合资源禀赋，"]
    assert found.hits["score"][0] == 1.0


def test_an_ellipsis_hides_no_alteration() -> None:
    found = check_quote("推动绿色转型……分类推动重点行业改造", TABLE, statements=NONE)
    assert found.verdict == "altered"
    assert found.edits.filter(hit=1).select("quoted", "source").rows() == [("动", "进")]


def test_parts_in_another_order_are_not_the_quotation() -> None:
    assert verdict("每年公布进展情况……推动绿色转型") != "ellipsis"


def test_several_places_and_their_limit() -> None:
    found = check_quote("推动绿色转型，要坚持先立后破", TABLE, statements=NONE)
    assert found.hits["id"].to_list() == ["m-1", "m-2"]
    fewer = check_quote("推动绿色转型，要坚持先立后破", TABLE, statements=NONE, most=1)
    assert fewer.hits.height == 1
    assert [(n.code, n.values["count"]) for n in fewer.notes] == [("quote_more_places", 2)]


def test_a_short_quotation_says_why_and_lists_its_places() -> None:
    found = check_quote("绿色转型", TABLE, statements=NONE)
    assert found.hits["verdict"].to_list() == ["exact", "exact"]
    assert "has 4 characters" in found.text().en
    assert "4 个字" in found.text().zh
    assert check_quote("绿色转型", TABLE, statements=NONE, least=4).verdict == "exact"


def test_statements_come_with_their_citation() -> None:
    found = check_quote("要牢牢把握高质量发展这个首要任务,因地制宜发展新质生产力")
    best = found.hits.row(0, named=True)
    assert (found.verdict, best["kind"], best["id"], best["date"]) == (
        "punctuation",
        "statement",
        "2024-03-05-a",
        "2024-03-05",
    )
    assert "江苏代表团" in best["occasion"]
    assert "004_bb8d707aa1393a63.txt:66" in best["source"]


def test_texts_made_ready_answer_alike() -> None:
    ready = Haystack.of(TABLE)
    for quote in ("要坚持先立后破，绝不脱离实际", "绿色转型", "推动绿色转型……每年公布进展情况"):
        one = check_quote(quote, TABLE, statements=NONE)
        two = check_quote(quote, ready, statements=NONE)
        assert one.hits.equals(two.hits)
        assert one.edits.equals(two.edits)


def test_a_quotation_of_ten_thousand_characters() -> None:
    text = "".join(map(chr, np.random.default_rng(0).integers(0x4E00, 0x9FA5, 12_000)))
    quote = text[1000:11_000]
    altered = quote[:400] + "改" + quote[401:6000] + quote[6005:]
    table = {"id": ["a"], "text": [text]}
    assert check_quote(quote, table, statements=NONE).verdict == "exact"
    found = check_quote(altered, table, statements=NONE)
    assert (found.verdict, found.hits["changed"][0]) == ("altered", 6)
    assert found.edits.select("op", "start").rows() == [("replace", 400), ("insert", 6000)]


@given(st.integers(0, 60), st.integers(12, 30), st.integers(0, 29))
def test_one_changed_character_is_found_wherever_it_stands(start: int, size: int, at: int) -> None:
    quote = TEXT[start : start + size]
    at %= len(quote)
    changed = quote[:at] + "囧" + quote[at + 1 :]
    match = find(changed, Haystack.of({"id": ["a"], "text": [TEXT]}), 0.6, 1)
    if len(quote) >= 20:
        assert match
        assert match[0].changed <= 1


def test_all_places_are_counted_and_the_first_are_listed() -> None:
    text = "要坚持先立后破，不能脱离实际。" * 30
    found = check_quote("要坚持先立后破，不能脱离实际", {"id": ["a"], "text": [text]}, statements=NONE, most=3)
    assert (found.places, found.hits.height) == (30, 3)
    assert "places: 30" in found.text().en
    assert [note.code for note in found.notes] == ["quote_more_places"]


def test_another_script_is_the_same_words() -> None:
    found = check_quote(
        "推動綠色轉型，要堅持先立後破", {"id": ["a"], "text": ["推动绿色转型，要坚持先立后破"]}, statements=NONE
    )
    assert (found.verdict, found.hits["changed"][0]) == ("punctuation", 0)
    assert set(found.edits["punctuation"]) == {True}
    assert "繁简" in found.text().zh


@pytest.mark.parametrize("quote", ["绿色转型", "绿色……先立后破"])
def test_few_words_are_not_judged_and_the_reason_is_told(quote: str) -> None:
    found = check_quote(quote, {"id": ["a"], "text": ["推动绿色转型，要坚持先立后破"]}, statements=NONE)
    assert (found.verdict, found.places) == ("too_short", 1)
    assert "fewer than 10 stand in many places by chance" in found.text().en
    assert "请给出更长的引文" in found.text().zh


def test_nothing_to_look_in() -> None:
    assert check_quote("要坚持先立后破，不能脱离实际", statements=NONE).verdict == "not_found"
    assert (
        check_quote("要坚持先立后破，不能脱离实际", {"id": ["a"], "text": [""]}, statements=NONE).verdict == "not_found"
    )


def test_bad_input() -> None:
    with pytest.raises(MethodError, match="holds no words"):
        check_quote("“……”。")
    with pytest.raises(MethodError, match="“……” holds no words"):
        check_quote("……")
    with pytest.raises(MethodError, match="similarity: It must be a number above 0"):
        check_quote("要坚持先立后破，不能脱离实际", similarity=1.5)
    with pytest.raises(MethodError, match="least: It must be a whole number of 1 or more"):
        check_quote("要坚持先立后破，不能脱离实际", least=0)


def test_own_statements(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "statements:\n  - {id: own-1, text: 推动绿色转型要坚持先立后破。, speaker: 某某, source: [a.txt:3],"
        " date: '2024-05'}\n",
        encoding="utf-8",
    )
    found = check_quote("推动绿色转型，要坚持先立后破", statements=file)
    assert found.hits.select("id", "speaker", "date", "verdict").row(0) == ("own-1", "某某", "2024-05", "punctuation")
    assert "2024-03-05-a" in statements(file).items
    assert list(statements(file, shipped=False).items) == ["own-1"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("- {id: a, text: 推动绿色转型, ~}\n  - {id: a, text: 各地应当结合, ~}",
         r"line 3.*The id “a” is taken"),
        ("- {id: a, text: 推动绿色转型, ~}\n  - {id: b, text: 推动，绿色转型。, ~}",
         r"line 3.*“b” has the same words as “a”"),
        ("- {id: 2024-03-05-a, text: 推动绿色转型, ~}", r"line 2.*is taken"),
        ("- {id: a, text: 推动绿色转型, ~, date: '2024-13'}", r"line 2.*“2024-13” is no date"),
        ("- {id: a, text: 推动绿色转型, speaker: x, source: []}", r"line 2.*“a” has no source"),
        ("- {id: a, text: 绿, ~}", r"line 2.*fewer than 4 characters"),
        ("- {id: a, text: 推动绿色转型, source: [y]}", "speaker"),
    ],
)  # fmt: skip
def test_faults_of_a_file_of_statements(tmp_path: Path, lines: str, message: str) -> None:
    file = tmp_path / "own.yaml"
    lines = lines.replace("~", "speaker: x, source: [y]")
    file.write_text(f"statements:\n  {lines}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        statements(file)


def test_shipped_statements_are_cited_and_dated() -> None:
    frame = statements().to_frame()
    assert frame.height >= 13
    assert all(iso(d) for d in frame["date"] if d)
    assert all(":" in s for s in frame["source"])


def test_iso() -> None:
    assert [iso(d) for d in ("2024", "2024-02-29", "2023-12-11/2023-12-12")] == [True] * 3
    assert [iso(d) for d in ("2023-02-29", "2024-3", "", "2023-12-12/2023-12-11", "2024/2025/2026")] == [False] * 5
