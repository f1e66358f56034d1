"""A corpus in a folder: what is kept leads back to the files, and only what changed is read again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from make_docx import make_docx, p
from make_pdf import column, make_pdf
from plain_articles import plain_articles

import nqpf.text.store.ingest
from nqpf.errors import DataError, SpecError
from nqpf.text.article import Article, Block
from nqpf.text.corpus import Corpus
from nqpf.text.reading.files import read_source
from nqpf.text.source import Source
from nqpf.text.store.folder import SCHEMAS
from nqpf.text.store.runs import Runs

HAN = "".join(chr(0x4E00 + 7 * i) for i in range(2800))


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paragraph a line, an article a file: what is tested here is the keeping, not the cutting."""
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Three files, one of which cannot be read."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text("题 目\n新质 生产力𠀀是先进生产力。\n第二段，创新。", encoding="utf-8")
    (folder / "b.txt").write_bytes("村里修路\n今年春天，村里修了一条新路。".encode("gb18030"))
    (folder / "c.txt").write_bytes(b"")
    return folder


def test_tables_tell_articles_blocks_and_refusals(pages: Path, tmp_path: Path) -> None:
    corpus = Corpus.ingest(pages, tmp_path / "corpus")
    assert len(corpus) == 2
    assert corpus.articles.select("id", "file", "title", "blocks", "lines").rows() == [
        ("a-1", "a.txt", "题 目", 2, "1–3"),
        ("b-1", "b.txt", "村里修路", 1, "1–2"),
    ]
    assert corpus.blocks["text"].to_list() == [
        "新质生产力𠀀是先进生产力。",
        "第二段，创新。",
        "今年春天，村里修了一条新路。",
    ]
    assert corpus.refusals.select("file", "code").rows() == [("c.txt", "text_empty")]
    assert corpus.sources.select("file", "encoding").rows() == [("a.txt", "utf-8"), ("b.txt", "gb18030")]
    assert corpus.edits.select("file", "rule", "line", "column").rows() == [
        ("a.txt", "blank", 1, 2),
        ("a.txt", "blank", 2, 3),
    ]
    assert corpus.texts.select("id", "text").rows()[0] == ("a-1", "新质生产力𠀀是先进生产力。\n第二段，创新。")
    assert [n.text().en for n in corpus.notes] == [
        "Files read: 2; unchanged: 0; refused: 1.",
        "Not read: c.txt; see refusals for the reasons.",
    ]
    assert sorted(json.loads((tmp_path / "corpus" / "corpus.json").read_text(encoding="utf-8"))["hashes"]) == [
        "a.txt",
        "b.txt",
    ]


def test_articles_come_back_as_they_were(pages: Path, tmp_path: Path) -> None:
    corpus = Corpus.ingest(pages, tmp_path / "corpus")
    source = read_source(pages / "a.txt")
    _, (before,) = plain_articles(source, None)
    after = corpus.article("a-1")
    for field in (f.name for f in fields(Article) if f.name != "blocks"):
        assert getattr(after, field) == getattr(before, field)
    for old, new in zip(before.blocks, after.blocks, strict=True):
        assert {f.name: tuple(np.atleast_1d(getattr(old, f.name)).tolist()) for f in fields(Block)} == {
            f.name: tuple(np.atleast_1d(getattr(new, f.name)).tolist()) for f in fields(Block)
        }
    assert [a.id for a in corpus] == ["a-1", "b-1"]
    with pytest.raises(SpecError, match="no article “a-2”"):
        corpus.article("a-2")


def test_every_field_of_a_block_is_kept() -> None:
    kept = {"kind", "text", "origin", "level", "run_in"}
    assert {f.name for f in fields(Block)} == kept
    assert kept - {"origin"} < set(SCHEMAS["blocks"])


def test_two_hundred_spans_of_four_kinds_lead_back_to_the_files(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    rng = np.random.default_rng(5)
    folder = tmp_path / "pages"
    folder.mkdir()
    lines = ["".join(rng.choice(list("甲乙丙 丁𠀀，。"), 40)) for _ in range(30)]
    (folder / "a.txt").write_bytes("\r\n".join(lines).encode("gb18030"))
    make_docx(folder / "b.docx", "".join(map(p, lines)))
    (folder / "c.html").write_text("<body>\n" + "\n".join(f"<p>{line}</p>" for line in lines), encoding="utf-8")
    make_pdf(folder / "d.pdf", [column(40, 100, HAN[:600], 40)])
    corpus = Corpus.ingest(folder, tmp_path / "corpus", index=False)
    html = (folder / "c.html").read_text(encoding="utf-8").split("\n")
    pdf = read_source(folder / "d.pdf").text.split("\n")
    pdf = [line for line in pdf if line]
    blocks = corpus.blocks.filter(pl.col("text").str.len_chars() > 0)
    met = set()
    for _ in range(200):
        row = blocks.row(int(rng.integers(blocks.height)), named=True)
        at = int(rng.integers(len(row["text"])))
        place = corpus.place(row["article"], row["block"], at)
        there = {"a.txt": lines, "b.docx": lines, "c.html": html, "d.pdf": pdf}[place.file]
        assert there[place.line - 1][place.column - 1] == row["text"][at]
        assert (place.page, place.box is None) == ((1, False) if place.file == "d.pdf" else (None, True))
        met.add(place.file)
    assert len(met) == 4


def test_runs_hold_any_map_of_characters() -> None:
    rng = np.random.default_rng(6)
    text = "".join(rng.choice(list("ab\n"), 300))
    starts = np.array([0, *(i + 1 for i, c in enumerate(text) if c == "\n")])
    source = Source("a.txt", "txt", text, starts)
    for _ in range(50):
        size = int(rng.integers(0, 60))
        origin = np.where(rng.random(size) < 0.2, -1, np.cumsum(rng.choice([1, 1, 1, 2], size)))
        runs = Runs.of(origin, source)
        again = Runs.unpacked(*runs.packed())
        assert again.origin(size) == tuple(origin.tolist())
        for i in np.flatnonzero(origin >= 0):
            assert again.place("a.txt", int(i)) == source.place(int(origin[i]))


def test_unchanged_files_are_passed_over(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    take = nqpf.text.store.ingest.take

    def told(job: nqpf.text.store.ingest.Job) -> object:
        read.append(job.file)
        return take(job)

    monkeypatch.setattr("nqpf.text.store.ingest.take", told)
    corpus = tmp_path / "corpus"
    Corpus.ingest(pages, corpus)
    assert read == ["a.txt", "b.txt", "c.txt"]
    read.clear()
    before = Corpus.ingest(pages, corpus).articles
    assert read == ["c.txt"]
    (pages / "b.txt").write_text("改了\n新的一段。", encoding="utf-8")
    (pages / "d.txt").write_text("添的\n又一段。", encoding="utf-8")
    read.clear()
    after = Corpus.ingest(pages, corpus)
    assert read == ["b.txt", "c.txt", "d.txt"]
    assert after.articles["title"].to_list() == ["题 目", "改了", "添的"]
    assert after.articles.filter(id="a-1").equals(before.filter(id="a-1"))
    fresh = Corpus.ingest(pages, tmp_path / "fresh")
    assert after.articles.equals(fresh.articles)
    assert after.blocks.equals(fresh.blocks)
    assert after.search("新").frame.equals(fresh.search("新").frame)
    assert after.search("新路").frame.height == 0
    assert after.search("又一段").frame["file"].to_list() == ["d.txt"]
    read.clear()
    Corpus.ingest(pages, corpus, encoding="utf-8")
    assert "a.txt" in read


def test_files_that_moved_are_the_same_and_lost_ones_stay_unless_dropped(pages: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    Corpus.ingest(pages, corpus)
    shutil.move(pages, tmp_path / "moved")
    again = Corpus.ingest(tmp_path / "moved", corpus)
    assert "unchanged: 2" in again.notes[0].text().en
    assert all(str(tmp_path / "moved") in path for path in again.sources["path"])
    (tmp_path / "moved" / "b.txt").unlink()
    kept = Corpus.ingest(tmp_path / "moved", corpus)
    assert len(kept) == 2
    assert any(n.code == "text_absent_kept" for n in kept.notes)
    dropped = Corpus.ingest(tmp_path / "moved", corpus, missing="drop")
    assert dropped.articles["id"].to_list() == ["a-1"]
    assert dropped.search("新路").frame.is_empty()
    assert any(n.code == "text_absent_dropped" for n in dropped.notes)


def test_files_of_one_name_have_articles_of_different_names(tmp_path: Path) -> None:
    for year in ("2023", "2024"):
        (tmp_path / "pages" / year).mkdir(parents=True)
        (tmp_path / "pages" / year / "报告.txt").write_text(f"{year}年报告\n正文。", encoding="utf-8")
    corpus = Corpus.ingest(tmp_path / "pages", tmp_path / "corpus")
    assert corpus.articles["id"].to_list() == ["报告-1", "2024/报告-1"]
    assert corpus.articles["file"].to_list() == ["2023/报告.txt", "2024/报告.txt"]


def test_citations_name_article_paragraph_and_place(pages: Path, tmp_path: Path) -> None:
    corpus = Corpus.ingest(pages, tmp_path / "corpus", index=False)
    text = corpus.cite("a-1", 1, 4, 6)
    assert text.zh == "《题 目》，第 2 段（a.txt 第 3 行第 5 字）：“创新”"
    assert text.en == "“题 目”, paragraph 2 (a.txt, line 3, character 5): “创新”"
    assert corpus.spot("a-1", 14 + 4) == (1, 4)
    with pytest.raises(SpecError, match=r"Block 1 of article “a-1” has no characters from 4 to 99 \(it has 7\)"):
        corpus.cite("a-1", 1, 4, 99)
    with pytest.raises(SpecError, match="no article"):
        corpus.place("x-1", 0, 0)
    with pytest.raises(SpecError, match="has no character 99"):
        corpus.spot("a-1", 99)


def test_a_folder_that_holds_no_corpus_says_so(pages: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no corpus in this folder"):
        Corpus.open(tmp_path)
    with pytest.raises(SpecError, match="other files in this folder"):
        Corpus.ingest(pages, pages)
    corpus = tmp_path / "corpus"
    Corpus.ingest(pages, corpus)
    assert len(Corpus.open(corpus)) == 2
    (corpus / "corpus.json").write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(DataError, match="format 99"):
        Corpus.open(corpus)
    (corpus / "corpus.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        Corpus.open(corpus)


def test_a_failure_leaves_the_corpus_as_it_was(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus"
    before = Corpus.ingest(pages, corpus).blocks
    (pages / "b.txt").write_text("改了\n新的一段。", encoding="utf-8")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", stop)
    with pytest.raises(KeyboardInterrupt):
        Corpus.ingest(pages, corpus)
    assert Corpus.open(corpus).blocks.equals(before)
    assert [name for name in os.listdir(corpus) if name.startswith(".")] == []


def test_a_corpus_for_the_moment_leaves_nothing(pages: Path) -> None:
    corpus = Corpus.of(pages)
    folder = corpus.folder
    assert corpus.search("新路").frame["file"].to_list() == ["b.txt"]
    del corpus
    assert not folder.exists()


def test_a_corpus_inside_the_folder_of_its_files_does_not_read_itself(pages: Path) -> None:
    Corpus.ingest(pages, pages / "corpus")
    again = Corpus.ingest(pages, pages / "corpus")
    assert again.refusals["file"].to_list() == ["c.txt"]


def test_progress_is_told_and_blocks_come_in_batches(pages: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    corpus = Corpus.ingest(pages, tmp_path / "x", progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(corpus.batches(1))[1]["text"].to_list() == ["第二段，创新。"]
