"""Quotations on constructed paragraphs: kinds, speakers, occasions, dates, marks that do not come out even."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, SpecError
from nqpf.text.article import Article, Block, Inferred
from nqpf.text.copies.passages import shared_passages
from nqpf.text.quoted.dates import dates
from nqpf.text.quoted.lexicon import lexicon
from nqpf.text.quoted.marks import quoted
from nqpf.text.quoted.quotations import KINDS, quotations, reason_text
from nqpf.text.quoted.statements import Statements

NONE = Statements.of(())


def read(text: str, day: str | None = None, official: Statements | None = NONE) -> list[dict[str, Any]]:
    table = {"id": ["a"], "text": [text], "date": [day]}
    return quotations(table, date="date", statements=official).frame.to_dicts()


def one(text: str, day: str | None = None) -> dict[str, Any]:
    found = [r for r in read(text, day) if r["kind"] in ("direct", "reported")]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "王建国省长指出，“绿色转型要先立后破”。",
        "王建国省长强调：“要加快步伐。”",
        "王建国省长要求“加快实现能源结构绿色转型”。",
        "如何落实王建国省长强调的“加快能源结构转型”，是重点任务。",
        "王建国省长说:“要加快步伐，稳中求进”。",
        '王建国省长认为："数据是要素，必须用好。"',
        "王建国省长写道：「路是人走出来的，走的人多了便成了路。」",
        "“要加快步伐，稳中求进。”王建国省长说。",
        "王建国省长在大会上问：“准备好了吗？”",
    ],
)
def test_direct_speech_and_its_speaker(text: str) -> None:
    found = one(text)
    assert (found["kind"], found["speaker"], found["said_by"]) == ("direct", "王建国省长", "sentence")
    assert found["text"] == text[found["start"] : found["end"]]
    assert found["confidence"] > 0.8


@pytest.mark.parametrize(
    "text",
    [
        "新质生产力可从“新”和“质”两个方面理解。",
        "突破“卡脖子”技术，筑牢“小院高墙”之外的道路。",
        "重视“从0到1”的原始创新，坚持“一把钥匙开一把锁”。",
        "会议提出“东数西算”工程，这是“两个毫不动摇”的体现。",
        "首次提出“新质生产力”一词，此后多次论述。",
        "坚持“绿水青山就是金山银山”的理念，以“时时放心不下”的责任感工作。",
        "被称为“基建狂魔”，可以说，“内卷式”竞争没有出路。",
        "从“0”到“1”，向“新”而行，“有没有”的问题解决了。",
        "专精特新“小巨人”企业和“单项冠军”企业。",
    ],
)
def test_terms_in_marks_are_no_quotations(text: str) -> None:
    found = read(text)
    assert found
    assert {r["kind"] for r in found} == {"scare"}


def test_quotations_side_by_side_have_one_speaker() -> None:
    found = read("李明书记指出，“发展是硬道理”“改革是动力”，“稳定是前提”和“开放是活力”。")
    assert [r["speaker"] for r in found] == ["李明书记"] * 4
    assert [r["kind"] for r in found] == ["direct"] * 4
    assert [r["reason"] for r in found] == ["quote_verb_mark"] + ["quote_adjacent"] * 3


def test_a_quotation_around_its_speaker() -> None:
    found = read("“下一步，”李明主任表示，“我们将加大投入，补齐短板。”他还说：“时间不等人，机会也不等人。”")
    assert [(r["kind"], r["speaker"], r["said_by"]) for r in found] == [
        ("direct", "李明主任", "sentence"),
        ("direct", "李明主任", "sentence"),
        ("direct", "李明主任", "earlier"),
    ]


def test_nested_marks_are_one_quotation() -> None:
    found = read("李明主任指出：“所谓‘卡脖子’，就是受制于人，必须打造“小巨人”企业，奋力攻克。”")
    assert [(r["kind"], r["text"][:4]) for r in found] == [("direct", "所谓‘卡")]
    assert found[0]["text"].endswith("奋力攻克。")


def test_a_quotation_over_paragraphs_introduced_before() -> None:
    text = "李明部长在论坛上说：\n“第一，要坚持创新。\n“第二，要坚持开放。”\n会后，他回答了提问。"
    found = one(text)
    assert found["text"] == "第一，要坚持创新。\n“第二，要坚持开放。"
    assert (found["block"], found["speaker"], found["occasion"]) == (1, "李明部长", "论坛")


def test_marks_without_a_partner_are_told() -> None:
    lost = read("新的征程上要加快转型升级，完善体系。”这一要求十分重要。")
    assert [(r["kind"], r["fault"], r["text"]) for r in lost] == [
        ("direct", "unopened", "新的征程上要加快转型升级，完善体系。")
    ]
    left = read("李明书记强调：“要一张蓝图绘到底，久久为功。\n各地要认真落实。")
    assert [(r["fault"], r["text"]) for r in left] == [("unclosed", "要一张蓝图绘到底，久久为功。")]
    assert left[0]["confidence"] < one("李明书记强调：“要一张蓝图绘到底，久久为功。”")["confidence"]
    found = quotations({"id": ["a"], "text": ["甲说：“好，好。\n乙没有说。"]}, statements=NONE)
    assert found.notes[0].code == "quote_marks_uneven"


def test_reported_speech_to_the_end_of_the_sentence_and_on() -> None:
    found = one("近日召开的中央金融工作会议指出，做好科技金融。这是重大部署。")
    assert (found["kind"], found["speaker"], found["text"]) == ("reported", "中央金融工作会议", "做好科技金融。")
    on = one("李明总理强调，要抓好落实。要务求实效，久久为功。企业反应积极。")
    assert on["text"] == "要抓好落实。要务求实效，久久为功。"
    assert on["reason"] == "reported_goes_on"
    assert on["confidence"] < found["confidence"]


@pytest.mark.parametrize(
    "text",
    [
        "这就要求我们，必须坚持创新。实践证明，改革是动力。",
        "可以说，形势很好。同时也要看到，问题不少。",
        "马克思主义认为，生产力决定生产关系。",
        "使其更加适应高质量发展的要求，为未来奠定基础。",
        "李明总理强调，要“抓好落实，务求实效”。",
    ],
)
def test_no_speaker_no_reported_speech(text: str) -> None:
    assert [r for r in read(text) if r["kind"] == "reported"] == []


@pytest.mark.parametrize(
    ("text", "speaker", "occasion"),
    [
        ("李明总理在新时代推动东北振兴座谈会上强调，要加快步伐。", "李明总理", "新时代推动东北振兴座谈会"),
        ("李明总理在主持中央政治局第二次集体学习时指出，要加快步伐。", "李明总理", "主持中央政治局第二次集体学习"),
        ("李明总理主持第二次集体学习时指出，要加快步伐。", "李明总理", "主持第二次集体学习"),
        ("在第一次会议上，李明总理强调，要加快步伐。", "李明总理", "第一次会议"),
        ("李明总理在“工程师奖”首次评选之际作出重要指示强调，要加快步伐。", "李明总理", "“工程师奖”首次评选之际"),
        ("李明总理在看望民革、科技界委员，并参加联组会，听取意见时强调，要加快步伐。", "李明总理",
         "看望民革、科技界委员，并参加联组会，听取意见"),
        ("李明总理在黑龙江考察期间强调，要加快步伐。", "李明总理", "黑龙江考察期间"),
        ("李明总理在党的二十大报告中指出，要加快步伐。", "李明总理", "党的二十大报告"),
        ("国务院总理李明表示，要加快步伐。", "国务院总理李明", None),
        ("国家统计局发言人付凌晖在新闻发布会上表示，经济回升向好。", "发言人付凌晖", "新闻发布会"),
        ("党的二十大报告提出，要加快步伐。", "党的二十大报告", None),
        ("《关于加快发展的决定》提出，健全体制机制。", "《关于加快发展的决定》", None),
        ("今年的政府工作报告指出，要加快步伐。", "政府工作报告", None),
    ],
)  # fmt: skip
def test_speakers_and_occasions(text: str, speaker: str, occasion: str | None) -> None:
    found = one(text)
    assert (found["speaker"], found["occasion"]) == (speaker, occasion)


def test_he_and_the_meeting_mean_whom_was_named_before() -> None:
    found = read("中央经济工作会议在北京举行。李明总理指出，要稳中求进。会议强调，要先立后破。他表示，信心很足。")
    assert [(r["speaker"], r["said_by"]) for r in found] == [
        ("李明总理", "sentence"),
        ("中央经济工作会议", "earlier"),
        ("李明总理", "earlier"),
    ]


def test_dates_of_sentences() -> None:
    text = (
        "2022年12月15日至16日，李明总理在会议上强调，要扩大内需。同年12月20日，李明总理指出，要促进消费。"
        "次年1月，李明总理指出，要稳定预期。3 月 5 日下午，李明总理指出，要持续用力。"
    )
    assert [(r["date"], r["precision"]) for r in read(text)] == [
        ("2022-12-15/2022-12-16", "range"),
        ("2022-12-20", "day"),
        ("2023-01", "month"),
        ("2023-03-05", "day"),
    ]
    now = one("去年4月，李明总理强调，要加快步伐。", "2024-06-01")
    assert (now["date"], now["precision"], now["date_words"]) == ("2023-04", "month", "去年4月")
    open_ = one("去年4月，李明总理强调，要加快步伐。")
    assert (open_["date"], open_["precision"]) == (None, "unknown")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("二〇二三年九月七日", "2023-09-07"),
        ("2023年9月", "2023-09"),
        ("2023 年", "2023"),
        ("2023年12月30日至1月2日", "2023-12-30/2024-01-02"),
        ("2023年13月4日", None),
        ("2023年2月30日", None),
    ],
)
def test_written_dates(text: str, iso: str | None) -> None:
    assert [d.iso for d in dates(text)] == [iso]


def test_dates_by_the_article() -> None:
    words = "今年3月，前年，本月8日，上月"
    assert [d.iso for d in dates(words, article=(2024, 1, 9))] == ["2024-03", "2022", "2024-01-08", "2023-12"]
    assert dates("没有日期的一句话，共15日游") == []


def test_official_statements_are_recognised() -> None:
    text = (
        "会上有人说：“要牢牢把握高质量发展这个头等任务，因地制宜发展新质生产力”。"
        "“要牢牢把握高质量发展这个首要任务,因地制宜发展新质生产力”是方向。"
        "我们要牢牢把握高质量发展这个首要任务，因地制宜发展新质生产力。"
    )
    found = read(text, official=None)
    assert [(r["kind"], r["statement"], r["match"]) for r in found] == [
        ("direct", "2024-03-05-a", "altered"),
        ("direct", "2024-03-05-a", "punctuation"),
        ("unmarked", "2024-03-05-a", "exact"),
    ]
    assert (found[1]["speaker"], found[1]["date"]) == ("习近平", "2024-03-05")
    assert (found[1]["said_by"], found[1]["dated_by"]) == ("statement", "statement")


def test_titles() -> None:
    found = read("《发展规划纲要》印发以来，他说：“《论语》要常读，常读常新。”")
    assert [(r["kind"], r["text"]) for r in found] == [
        ("title", "发展规划纲要"),
        ("direct", "《论语》要常读，常读常新。"),
    ]


def test_texts_without_quotations() -> None:
    assert read("") == []
    assert read("天气晴好，适宜出行。\n\n第二段。") == []


def test_a_quotation_of_ten_thousand_characters() -> None:
    found = one("李明主任说：“" + "我们要发展，" * 2000 + "”")
    assert found["end"] - found["start"] == 12_000


def test_kinds_asked_for() -> None:
    table = {"id": ["a"], "text": ["李明主任说：“要发展，要创新。”这是“新”的《纲要》。"]}
    assert quotations(table, kinds=("direct",)).frame["kind"].to_list() == ["direct"]
    assert quotations(table, kinds=("scare", "title")).frame["kind"].to_list() == ["scare", "title"]
    with pytest.raises(SpecError, match="dirct"):
        quotations(table, kinds=("dirct",))  # type: ignore[arg-type]


def test_articles_have_their_own_date() -> None:
    text = "今年3月，李明总理强调，要加快步伐。"
    block = Block("paragraph", text, tuple(range(len(text))))
    day = Inferred("2024-06-01", 1.0, reason_text("title_marks"))
    article = Article("f-1", "f.txt", None, (), (), day, None, (block,), ((1, 1),))
    assert quotations([article]).frame["date"].to_list() == ["2024-03"]


def test_bad_dates() -> None:
    with pytest.raises(DataError, match="row 1: “2024年3月” is no date"):
        quotations({"id": ["a"], "text": ["甲"], "d": ["2024年3月"]}, date="d")


def test_rows_serve_to_leave_quotations_out_of_shared_passages() -> None:
    said = "要牢牢把握高质量发展这个首要任务，因地制宜发展新质生产力"
    table = {"id": ["a", "b"], "text": [f"他强调：“{said}”。", f"她指出，“{said}”。"]}
    assert shared_passages(table, least=12).frame.height == 1
    spans = quotations(table).frame
    assert shared_passages(table, least=12, exclude=spans).frame.is_empty()


@given(st.text(alphabet='“”‘’「」，。：说他新质\n"', max_size=30))
def test_any_marks_give_spans_inside_the_text_that_do_not_cross(text: str) -> None:
    found = quoted(text)
    assert all(0 <= q.start <= q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    frame = quotations({"id": ["a"], "text": [text]}, statements=NONE).frame
    assert frame.filter(pl.col("text").str.len_chars() != pl.col("end") - pl.col("start")).is_empty()


def test_every_reason_has_words_and_a_confidence() -> None:
    sure = lexicon().confidence
    assert all(0 < value <= 1 for value in sure.values())
    for reason in set(sure) - {"earlier", "fault"}:
        assert reason_text(reason).zh.endswith("。")
    assert pl.Enum(KINDS) == quotations({"id": ["a"], "text": [""]}).frame.schema["kind"]
