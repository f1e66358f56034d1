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
    assert "2 articles" in text
    assert "empty.txt" in text
    return folder


def said(capsys: Captured, *words: str, code: int = 0) -> str:
    assert command(["text", *words]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_search_gives_the_place(corpus: Path, capsys: Captured) -> None:
    text = said(capsys, "search", "新桥", "--corpus", str(corpus), "--lang", "zh")
    assert "【新桥】" in text
    assert "a.txt 第 5 行" in text
    assert "nowhere" in said(capsys, "search", "高铁", "--corpus", str(corpus), "--lang", "en")


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
    assert "全要素生产率: 2" in text
    assert pl.read_csv(tmp_path / "n.csv").filter(term="全要素生产率")["count"].to_list() == [2]


def test_evidence_and_duplicates(corpus: Path, capsys: Captured) -> None:
    assert "A04" in said(capsys, "evidence", "A04", "--corpus", str(corpus), "--lang", "en")
    assert "Jaccard 1.000" in said(capsys, "duplicates", "--corpus", str(corpus), "--lang", "en")


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("search",), "WORDS is missing", "缺少 WORDS"),
        (("dance", "x"), "dance", "dance"),
        (("search", "x", "--corpus", "nowhere"), "nowhere", "nowhere"),
    ],
)
def test_what_is_wrong_is_named(words: tuple[str, ...], en: str, zh: str, capsys: Captured) -> None:
    assert en in said(capsys, *words, "--lang", "en", code=2)
    assert zh in said(capsys, *words, "--lang", "zh", code=2)
