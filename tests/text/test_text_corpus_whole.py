"""From files to answers: read, cleaned, cut into articles, kept, searched, counted, compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nqpf.errors import DataError, SpecError
from nqpf.messages import Text
from nqpf.text.article import Block, Diagram
from nqpf.text.corpus import Corpus
from nqpf.text.reading.files import read_source
from nqpf.text.store.rows import article_of, article_rows, block_rows

PAGE = (
    "河湾的桥\n林小满\n　　河湾村修了一座新桥，桥很长，大家都说好。\n　　村长强调：“要坚持科技创新，把桥修得更好。”"
    "科技创新是河湾村的一条路。\n（作者系河湾村村民）\n"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "pages").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "pages" / name).write_text(PAGE, encoding="utf-8")
    return Corpus.ingest(tmp_path / "pages", tmp_path / "corpus", metadata={"file": ["a"], "region": ["江苏"]})


def test_a_page_becomes_a_citable_article(corpus: Corpus) -> None:
    row = corpus.articles.row(0, named=True)
    assert (row["id"], row["title"], row["authors"], row["affiliations"]) == (
        "a-1",
        "河湾的桥",
        ["林小满"],
        ["河湾村村民"],
    )
    found = corpus.search("新桥", region="江苏")
    assert found.frame["cite_zh"].to_list() == ["林小满，《河湾的桥》，第 1 段（a.txt 第 3 行第 10 字）"]
    assert not any(n.code == "text_search_no_index" for n in found.notes)


def test_the_other_parts_of_the_room_are_handed_the_texts(corpus: Corpus) -> None:
    assert corpus.duplicates.pairs.select("id_1", "id_2", "kind").rows() == [("a-1", "b-1", "exact")]
    assert corpus.quotations.frame.filter(kind="direct")["text"].to_list() == ["要坚持科技创新，把桥修得更好。"] * 2
    assert corpus.check_quote("要坚持科技创新，把桥修得更好").verdict == "exact"

    def counted(**how: object) -> int:
        return corpus.count(["科技创新"], by=[], **how).terms["count"][0]

    assert counted() == 4
    assert (counted(quoted="own"), counted(quoted="quoted")) == (2, 2)
    assert counted(duplicates="without") == 2
    texts = corpus.texts
    for id, start, end, kind in corpus.spans("quotation").iter_rows():
        assert (kind, texts.filter(id=id)["text"][0][start:end]) == ("quotation", "要坚持科技创新，把桥修得更好。")
    with pytest.raises(SpecError, match="verse"):
        corpus.spans("verse")  # type: ignore[arg-type]


def test_headings_are_parts_of_texts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# 题\n\n## 一、修桥\n\n修了一座桥。\n\n## 二、修路\n\n修了一条路。\n", encoding="utf-8"
    )
    corpus = Corpus.of(tmp_path / "a.md")
    (text,) = corpus.texts["text"]
    headings = [text[start:end] for _, start, end, _ in corpus.spans("heading").iter_rows()]
    assert headings == corpus.blocks.filter(kind="heading")["text"].to_list()
    assert headings[-1] == "二、修路"


def test_diagrams_are_kept_beside_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    (article,) = Corpus.of(tmp_path / "a.txt")
    blocks = (Block("caption", "河湾", (0, 1)), Block("label", "的桥", (2, 3)))
    drawn = replace(article, diagrams=(Diagram("河湾", blocks, (), None, (1, 1)),))
    source = read_source(tmp_path / "a.txt")
    rows = block_rows([drawn], source)
    assert rows.filter(rows["diagram"].is_not_null()).select("diagram", "kind", "text").rows() == [
        (1, "caption", "河湾"),
        (1, "label", "的桥"),
    ]
    again = article_of(article_rows([drawn], source)["record"][0], rows)
    assert [b.text for b in again.blocks] == [b.text for b in article.blocks]
    assert again.diagrams[0].labels == ("的桥",)
    assert again.diagrams[0].blocks[1].origin.tolist() == [2, 3]


def test_options_of_the_way_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    with pytest.raises(SpecError, match="aply"):
        Corpus.of(tmp_path / "a.txt", repair="aply")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no such file"):
        Corpus.of(tmp_path / "a.txt", corrections=tmp_path / "absent.yaml")
    assert isinstance(Corpus.of(tmp_path / "a.txt").cite("a-1", 0, 0, 2), Text)


@pytest.mark.slow
def test_several_workers_give_the_same_corpus(corpus: Corpus, tmp_path: Path) -> None:
    other = Corpus.ingest(tmp_path / "pages", tmp_path / "other", workers=2, index=False)
    assert other.blocks.equals(corpus.blocks)
