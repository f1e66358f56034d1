"""Passages for items of the theory: their own words first, then sentences with most of what they say, or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from plain_articles import plain_articles

from nqpf.errors import SpecError
from nqpf.text.corpus import Corpus
from nqpf.theory.items import item


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)
    first = item("A04").phrases[0].text
    filler = "\n".join(f"村里第{i}条路修好了，大家都说好。" for i in range(40))
    text = f"题\n开头。{first[:6]}，{first[6:]}。结尾。\n全要素生产率要大幅提升，这是核心标志。\n{filler}"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    return Corpus.of(tmp_path / "a.txt")


def test_own_words_are_found_punctuation_apart(corpus: Corpus) -> None:
    found = corpus.evidence("A04")
    first, second = (phrase.text for phrase in item("A04").phrases)
    rows = found.frame.filter(phrase=first)
    assert rows.select("match", "score", "block", "start", "line").rows() == [("phrase", 1.0, 0, 3, 2)]
    assert rows["text"][0] == f"{first[:6]}，{first[6:]}"
    ranked = found.frame.filter(phrase=second)
    assert ranked["match"].unique().to_list() == ["terms"]
    assert ranked["score"].is_sorted(descending=True)
    assert (ranked["score"] >= 0.6).all()
    assert ranked["score"].max() < 1
    assert "paragraph 1" in rows["cite_en"][0]
    assert found.notes[0].values == {"items": 1, "found": 1}


def test_a_sentence_begins_behind_the_marks_that_close_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)
    text = "题\n他说：“路修好了。”）全要素生产率要大幅提升，这是核心标志。\n"
    (tmp_path / "a.txt").write_text(text + "别的话很多。\n" * 30, encoding="utf-8")
    found = Corpus.of(tmp_path / "a.txt").evidence("A04", least=0.3).frame.filter(match="terms")
    assert found["text"].unique().to_list() == ["全要素生产率要大幅提升，这是核心标志"]


def test_no_passage_is_an_answer(corpus: Corpus) -> None:
    found = corpus.evidence(["A04", "K01"])
    none = found.frame.filter(item="K01")
    assert none["match"].unique().to_list() == ["none"]
    assert none["article"].is_null().all()
    assert "1 of 2" in found.notes[0].text().en


def test_every_item_has_an_answer(corpus: Corpus) -> None:
    found = corpus.evidence()
    assert found.frame["item"].n_unique() == 118


def test_least_bounds_the_share_and_most_the_number(corpus: Corpus) -> None:
    second = item("A04").phrases[1].text

    def scores(least: float, most: int = 5) -> list[float]:
        frame = corpus.evidence("A04", least=least, most=most).frame
        return frame.filter(phrase=second, match="terms")["score"].to_list()

    assert len(scores(0.05)) >= len(scores(0.5)) > 0
    assert all(score >= 0.5 for score in scores(0.5))
    assert scores(0.05, most=1) == scores(0.05)[:1]


def test_what_is_asked_wrongly_says_so(corpus: Corpus) -> None:
    with pytest.raises(SpecError, match="A99"):
        corpus.evidence("A99")
    with pytest.raises(SpecError, match="least must be above 0"):
        corpus.evidence("A04", least=0)
