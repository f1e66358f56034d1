"""Search finds what going through the text finds, from two characters up, by the index and without it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_articles import plain_articles

import nqpf.text.store.index
from nqpf.errors import SpecError
from nqpf.text.cleaning.search_key import key_of
from nqpf.text.corpus import Corpus
from nqpf.text.store.grams import LONGEST, WIDTH, WINDOW, entries, words_of

SIGNS = list("甲乙丙丁戊己，。“”𠀀𠀁ab 1")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)


def corpus_of(folder: Path, texts: dict[str, str], metadata: object = None, index: bool = True) -> Corpus:
    (folder / "pages").mkdir()
    for name, text in texts.items():
        (folder / "pages" / name).write_text(f"题\n{text}", encoding="utf-8")
    return Corpus.ingest(folder / "pages", folder / "corpus", metadata=metadata, index=index)


@pytest.fixture(scope="module")
def random_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Texts of few characters, so that any two of them stand beside each other somewhere."""
    rng = np.random.default_rng(7)
    texts = {f"{i}.txt": "".join(rng.choice([*SIGNS, "\n"], 300)) for i in range(6)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)
        return corpus_of(tmp_path_factory.mktemp("random"), texts)


def places(corpus: Corpus, query: str, match: str) -> list[tuple[str, int, int]]:
    frame = corpus.search(query, match=match, limit=None).frame  # type: ignore[arg-type]
    return sorted(frame.select("article", "block", "start").iter_rows())


def brute(corpus: Corpus, query: str) -> list[tuple[str, int, int]]:
    return sorted(
        (article, block, at)
        for article, block, text in corpus.blocks.select("article", "block", "text").iter_rows()
        for at in range(len(text))
        if text.startswith(query, at)
    )


@given(query=st.text(st.sampled_from([c for c in SIGNS if c != " "]), min_size=1, max_size=6))
def test_search_finds_what_brute_force_finds(random_corpus: Corpus, query: str) -> None:
    assert places(random_corpus, query, "exact") == brute(random_corpus, query)


@given(query=st.text(st.sampled_from(SIGNS), min_size=2, max_size=5), match=st.sampled_from(["folded", "loose"]))
def test_the_index_finds_what_the_scan_finds(random_corpus: Corpus, query: str, match: str) -> None:
    if not key_of(query.strip(), match).codes.size:  # type: ignore[arg-type]
        return
    found = places(random_corpus, query, match)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nqpf.text.store.search.is_current", lambda _: False)
        assert places(random_corpus, query, match) == found


def test_two_characters_are_enough_and_one_is_scanned_with_a_note(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "人才是第一资源。\n用好人才。"})
    two = corpus.search("人才")
    assert two.frame.select("block", "start", "line", "column", "before", "text", "after").rows() == [
        (0, 0, 2, 1, "", "人才", "是第一资源。"),
        (1, 2, 3, 3, "用好", "人才", "。"),
    ]
    assert two.notes == ()
    assert two.frame["cite_en"][1] == "“题”, paragraph 2 (a.txt, line 3, character 3)"
    one = corpus.search("才")
    assert one.frame.height == 2
    assert [n.code for n in one.notes] == ["text_search_short"]


def test_characters_beyond_the_first_plane_are_found(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "地名𠀀𠀁村。"})
    assert places(corpus, "𠀀𠀁", "folded") == [("a-1", 0, 2)]
    assert places(corpus, "𠀁村", "exact") == [("a-1", 0, 3)]


def test_folding_and_its_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", _with_blanks)
    text = "發展新質　生产力，Ａ股 和 GDP 增长3.6%。⽣活“新\n质”"
    corpus = corpus_of(tmp_path, {"a.txt": text})

    def hit(query: str, match: str) -> list[str]:
        return corpus.search(query, match=match).frame["text"].to_list()  # type: ignore[arg-type]

    assert hit("发展新质生产力", "folded") == ["發展新質　生产力"]
    assert hit("发展新质生产力", "exact") == []
    assert hit("a股和gdp", "folded") == []
    assert hit("a股和gdp", "loose") == ["Ａ股 和 GDP"]
    assert hit("生产力ａ股", "loose") == ["生产力，Ａ股"]
    assert hit("增长36", "loose") == []
    assert hit("3.6%", "loose") == ["3.6%"]
    assert hit("生活", "folded") == ["⽣活"]
    assert hit("活新", "loose") == ["活“新"]
    assert hit("，Ａ", "exact") == ["，Ａ"]


def _with_blanks(source: object, how: object) -> object:
    cleaned, (article,) = plain_articles(source, how)  # type: ignore[arg-type]
    lines = source.text.split("\n")[1:]  # type: ignore[attr-defined]
    from dataclasses import replace

    from nqpf.text.article import Block

    blocks = tuple(Block("paragraph", line, tuple(range(len(line)))) for line in lines)
    return cleaned, (replace(article, blocks=blocks),)


def test_filters_by_region_year_file_and_article(tmp_path: Path) -> None:
    table = pl.DataFrame({"file": ["a", "b.txt"], "region": ["江苏", "浙江"], "date": ["2023年5月", "2024-03-05"]})
    corpus = corpus_of(tmp_path, {"a.txt": "创新。", "b.txt": "创新。", "c.txt": "创新。"}, table)
    for index in (True, False):
        if not index:
            (corpus.folder / "index.sqlite").unlink()

        def files(**only: object) -> list[str]:
            return corpus.search("创新", **only).frame["file"].to_list()  # type: ignore[arg-type]

        assert files() == ["a.txt", "b.txt", "c.txt"]
        assert files(region="江苏") == ["a.txt"]
        assert files(year=2024) == ["b.txt"]
        assert files(year=range(2023, 2025)) == ["a.txt", "b.txt"]
        assert files(file=["c.txt", "a.txt"]) == ["a.txt", "c.txt"]
        assert files(article="b-1", region=["江苏", "浙江"]) == ["b.txt"]
        assert files(region="上海") == []
    assert [n.code for n in corpus.search("创新").notes] == ["text_search_no_index"]


def test_own_words_and_quoted_ones_are_told_apart(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "他强调：“要坚持科技创新，培育新的动能。”科技创新是关键。"})
    assert corpus.search("科技创新", words="quoted").frame["start"].to_list() == [8]
    assert corpus.search("科技创新", words="own").frame["start"].to_list() == [21]
    assert corpus.search("科技创新").frame.height == 2


def test_a_limit_is_told(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "创新创新创新"})
    some = corpus.search("创新", limit=2)
    assert some.frame.height == 2
    assert "only 2 are listed" in some.notes[0].text().en
    assert corpus.search("创新", limit=3).notes == ()
    assert corpus.search("创新创新", limit=None).frame["start"].to_list() == [0, 2]


def test_what_cannot_be_searched_says_so(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "创新，。"})
    with pytest.raises(SpecError, match="nothing that can be searched"):
        corpus.search("  ")
    with pytest.raises(SpecError, match="nothing that can be searched"):
        corpus.search("，。", match="loose")
    assert corpus.search("，。", match="exact").frame.height == 1
    with pytest.raises(SpecError, match="exakt"):
        corpus.search("创新", match="exakt")  # type: ignore[arg-type]


def test_without_full_text_search_everything_is_gone_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (*nqpf.text.store.index.TABLES[:-1], "CREATE VIRTUAL TABLE grams USING no_such_module (words)")
    monkeypatch.setattr("nqpf.text.store.index.TABLES", broken)
    corpus = corpus_of(tmp_path, {"a.txt": "科技创新。"})
    assert [n.code for n in corpus.notes] == ["text_ingested", "text_index_absent"]
    found = corpus.search("创新")
    assert found.frame["start"].to_list() == [2]
    assert [n.code for n in found.notes] == ["text_search_no_fts"]


def test_an_index_that_is_damaged_or_old_is_made_anew(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, {"a.txt": "科技创新。"})
    path = corpus.folder / "index.sqlite"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 40)
    assert corpus.search("创新").frame.height == 1
    again = Corpus.ingest(tmp_path / "pages", corpus.folder)
    assert again.search("创新").notes == ()
    with sqlite3.connect(path) as base:
        base.execute("UPDATE meta SET value = 'other' WHERE key = 'form'")
    assert again.search("创新").notes != ()
    assert Corpus.ingest(tmp_path / "pages", corpus.folder).search("创新").notes == ()


def test_a_text_without_paragraphs_is_indexed_in_windows(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    text = "".join(chr(c) for c in rng.integers(0x4E00, 0x9FA0, 2 * WINDOW + 3 * LONGEST))
    corpus = corpus_of(tmp_path, {"a.txt": text})
    for at in (0, WINDOW - 20, WINDOW - 1, WINDOW, WINDOW + LONGEST, 2 * WINDOW - 10, len(text) - 30):
        for size in (2, 12, 30, 3 * LONGEST):
            query = text[at : at + size]
            assert (("a-1", 0, at) in places(corpus, query, "exact")) is True


@given(size=st.integers(0, 3 * WINDOW))
def test_windows_hold_every_pair_and_overlap(size: int) -> None:
    codes = np.arange(size, dtype=np.uint32)
    found = [part.encode("ascii") for part in entries(codes)]
    whole = words_of(codes)
    assert all(len(part) <= (WINDOW + LONGEST - 1) * WIDTH for part in found)
    assert b"".join(p[: WINDOW * WIDTH] for p in found[:-1]) + found[-1] == whole


@given(text=st.text(st.sampled_from([*SIGNS, "　", "\n", "Ｂ", "發", "3", "."]), max_size=40))
def test_keys_know_where_their_characters_stand(text: str) -> None:
    for match in ("folded", "loose"):
        key = key_of(text, match)  # type: ignore[arg-type]
        assert len(key.codes) == len(key.origin)
        assert (np.diff(key.origin) > 0).all()
        for char, at in zip(key.text, key.origin, strict=True):
            assert char == " " or key_of(text[at], "folded").text == char
