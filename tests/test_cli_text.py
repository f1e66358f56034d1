"""``nqpf text``: pages to a corpus, what is asked of it, and what is wrong, in both languages."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from nqpf.cli import command

Captured = pytest.CaptureFixture[str]
SENTENCE = "发展新质生产力是推动高质量发展的内在要求和重要着力点"
PAGE = f"""河湾县修了一座新桥

李河湾

今年春天，河湾县修了一座新桥，两岸的工厂第一次连成一片，运货的车不再绕行。

习近平总书记强调：“{SENTENCE}”。县里的人说，桥通了，货就通了，全要素生产率才有提高的可能。
"""


@pytest.fixture
def corpus(tmp_path: Path, capsys: Captured) -> Path:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "b.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    folder = tmp_path / "corpus"
    assert command(["text", "ingest", str(tmp_path), "--corpus", str(folder), "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert "files 2, articles 2, without a title 0." in text
    assert text.count("empty.txt") == 1
    assert str(tmp_path / "empty.txt") not in text
    return folder


def said(capsys: Captured, *words: str, code: int = 0) -> str:
    assert command(["text", *words]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_search_gives_the_place(corpus: Path, capsys: Captured) -> None:
    text = said(capsys, "search", "新桥", "--corpus", str(corpus), "--lang", "zh")
    assert "【新桥】" in text
    assert "（a.txt 第 5 行" in text
    assert "not found" in said(capsys, "search", "高铁", "--corpus", str(corpus), "--lang", "en")


def test_a_quotation_is_checked(corpus: Path, capsys: Captured) -> None:
    exact = said(capsys, "quote", SENTENCE, "--corpus", str(corpus), "--lang", "zh")
    assert "一致" in exact
    altered = said(capsys, "quote", SENTENCE.replace("重要", "主要"), "--corpus", str(corpus), "--lang", "zh")
    assert "“主”" in altered
    assert "“重”" in altered


def test_terms_are_counted_and_written(corpus: Path, tmp_path: Path, capsys: Captured) -> None:
    text = said(
        capsys, "count", "nqpf_starter", "--corpus", str(corpus), "--out", str(tmp_path / "n.csv"), "--lang", "en"
    )
    assert "全要素生产率  2, " in text
    assert pl.read_csv(tmp_path / "n.csv").filter(term="全要素生产率")["count"].to_list() == [2]


def test_evidence_and_duplicates(corpus: Path, capsys: Captured) -> None:
    assert "A04" in said(capsys, "evidence", "A04", "--corpus", str(corpus), "--lang", "en")
    assert "Jaccard 1.000" in said(capsys, "duplicates", "--corpus", str(corpus), "--lang", "en")


def test_a_quotation_is_cited_and_so_is_its_statement(corpus: Path, capsys: Captured) -> None:
    text = said(capsys, "quote", SENTENCE, "--corpus", str(corpus), "--lang", "zh")
    assert "（习近平，2024-01-31，二十届中央政治局第十一次集体学习）" in text
    assert "李河湾，《河湾县修了一座新桥》，第 2 段（a.txt 第 7 行第 11 字）" in text
    few = said(capsys, "quote", SENTENCE, "--corpus", str(corpus), "--limit", "1", "--lang", "en")
    assert "2 more" in few
    assert "no words" in said(capsys, "quote", "……", "--corpus", str(corpus), "--lang", "en", code=2)


def test_the_words_around_a_place_end_where_the_paragraph_does(corpus: Path, capsys: Captured) -> None:
    text = said(capsys, "search", "今年春天", "--corpus", str(corpus), "--lang", "en")
    assert "  [今年春天]，河湾县修了一座新桥，两岸的工厂第一次连…" in text
    assert "“今年春天”: 2" in text
    more = said(capsys, "search", "今年春天", "--corpus", str(corpus), "--limit", "1", "--lang", "en")
    assert "the first 1; there are more" in more


def test_a_region_that_is_nowhere_is_told(corpus: Path, capsys: Captured) -> None:
    text = said(capsys, "search", "新桥", "--region", "河湾", "--corpus", str(corpus), "--lang", "en")
    assert "has the region “河湾”" in text


def test_remarks_on_files_reach_the_reader(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.txt").write_text("河湾县修桥\n\n今年春天修了一座\ufffd\ufffd桥，两岸连成一片。\n", encoding="utf-8")
    text = said(capsys, "ingest", str(tmp_path / "a.txt"), "--corpus", str(tmp_path / "c"), "--lang", "en")
    assert "characters were lost to a wrong encoding" in text


@pytest.mark.parametrize(
    ("content", "en"),
    [
        ("a: [算力, 算力]", "“算力” stands twice"),
        ('a: [算力, ""]', "A term is empty"),
        ("算力\n", "“group: [term, term]”"),
        ("", "it is empty"),
        ("a: [1,", "not valid YAML"),
    ],
)
def test_a_dictionary_that_cannot_be_used_says_why(
    corpus: Path, tmp_path: Path, capsys: Captured, content: str, en: str
) -> None:
    (tmp_path / "d.yaml").write_text(content, encoding="utf-8")
    told = said(capsys, "count", str(tmp_path / "d.yaml"), "--corpus", str(corpus), "--lang", "en", code=2)
    assert en in told
    assert "d.yaml, line 1" in told


def test_terms_inside_others_are_counted_and_told(corpus: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "d.yaml").write_text("a: [新质生产力, 生产力]", encoding="utf-8")
    text = said(capsys, "count", str(tmp_path / "d.yaml"), "--corpus", str(corpus), "--lang", "zh")
    assert "2 个词中有 2 个出现，共 4 处" in text
    assert "包含在更长的词之中" in text


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("search",), "WORDS is missing", "缺少 WORDS"),
        (("dance", "x"), "dance", "dance"),
        (("search", "x", "--limit", "0"), "must be 1 or more", "1 以上的整数"),
        (("search", "x", "--corpus", "nowhere"), "nowhere", "nowhere"),
    ],
)
def test_what_is_wrong_is_named(words: tuple[str, ...], en: str, zh: str, capsys: Captured) -> None:
    assert en in said(capsys, *words, "--lang", "en", code=2)
    assert zh in said(capsys, *words, "--lang", "zh", code=2)
