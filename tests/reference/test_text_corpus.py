"""The five documents as a corpus: every character leads back to its file, search is exact, every item has its words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.text.corpus import Corpus

pytestmark = [pytest.mark.reference, pytest.mark.slow]


@pytest.fixture(scope="module")
def corpus(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus.ingest(shared / "seeds", tmp_path_factory.mktemp("seeds") / "corpus")


def test_two_hundred_spans_lead_back_to_the_files(corpus: Corpus, shared: Path) -> None:
    rng = np.random.default_rng(0)
    raw = {p.name: p.read_text(encoding="utf-8").split("\n") for p in (shared / "seeds").glob("*.txt")}
    changed = {(r["file"], r["line"], r["column"]): r["after"] for r in corpus.edits.iter_rows(named=True)}
    articles = {a.id: a for a in corpus}
    blocks = corpus.text_blocks.filter(pl.col("text").str.len_chars() > 0)
    for _ in range(200):
        row = blocks.row(int(rng.integers(blocks.height)), named=True)
        start = int(rng.integers(len(row["text"])))
        block = articles[row["article"]].blocks[row["block"]]
        for at in range(start, min(start + 12, len(row["text"]))):
            if block.origin[at] < 0:
                continue
            place = corpus.place(row["article"], row["block"], at)
            there = raw[place.file][place.line - 1][place.column - 1]
            assert row["text"][at] in (there, changed.get((place.file, place.line, place.column)))


@pytest.mark.parametrize("query", ["人才", "新质", "新质生产力", "战略性新兴产业", "全要素生产率", "的核心"])
def test_search_finds_what_counting_finds(corpus: Corpus, query: str) -> None:
    found = corpus.search(query, match="exact", limit=None)
    assert found.frame.height == sum(text.count(query) for text in corpus.blocks["text"]) > 0
    assert found.notes == ()


def test_every_item_has_a_passage_in_the_documents_it_was_taken_from(corpus: Corpus) -> None:
    found = corpus.evidence(most=1)
    assert set(found.frame.filter(match="none")["item"]) == set()
    assert (found.frame["match"] == "phrase").mean() > 0.95
