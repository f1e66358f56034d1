"""Duplicates, quotations and statements on the documents this project began with.

The texts are put together here from ranges of lines, without the cleaning of the text room: what is tested is what
comes after it.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from nqpf.text.cleaning.search_key import key_of
from nqpf.text.copies.duplicates import duplicates
from nqpf.text.copies.passages import shared_passages
from nqpf.text.copies.variants import variants
from nqpf.text.quoted.check import check_quote
from nqpf.text.quoted.haystack import Haystack
from nqpf.text.quoted.quotations import quotations
from nqpf.text.quoted.statements import statements

pytestmark = pytest.mark.reference

COMPILATION = "004_bb8d707aa1393a63.txt"
ARTICLES = {
    "01": (20, 30),
    "02": (34, 50),
    "03": (54, 72),
    "04": (76, 88),
    "05": (92, 114),
    "06": (118, 150),
    "07": (154, 192),
    "08": (196, 222),
    "09": (226, 254),
    "10": (258, 300),
}
"""Lines of the bodies of the ten articles of the compilation."""


@pytest.fixture(scope="module")
def seeds(shared: Path) -> dict[str, list[str]]:
    """Return the lines of each document."""
    files = sorted((shared / "seeds").glob("*.txt"))
    return {file.name: file.read_text(encoding="utf-8").split("\n") for file in files}


@pytest.fixture(scope="module")
def articles(seeds: dict[str, list[str]]) -> pl.DataFrame:
    """Return the ten articles; a paragraph that goes on after a blank line is one again."""
    texts = []
    for first, last in ARTICLES.values():
        lines = [line.strip() for line in seeds[COMPILATION][first - 1 : last]]
        texts.append(re.sub(r"(?<![。”：])\n(?=\S)", "", "\n".join(line for line in lines if line)))
    return pl.DataFrame({"id": list(ARTICLES), "text": texts})


def test_two_duplicates_and_no_more(articles: pl.DataFrame) -> None:
    for method in ("exact", "minhash"):
        found = duplicates(articles, method=method).pairs
        assert found.select("id_1", "id_2").rows() == [("03", "05"), ("06", "10")]
        assert found["kind"].to_list() == ["exact", "near"]
        assert found["jaccard"][1] > 0.98
    others = duplicates(articles, threshold=0.01, containment=0.05).pairs
    assert others.filter(~pl.col("kind").is_in(["exact"]) & (pl.col("jaccard") < 0.9))["jaccard"].max() < 0.1


def test_variants_of_the_near_duplicate(articles: pl.DataFrame) -> None:
    texts = dict(articles.rows())
    found = variants(texts["06"], texts["10"]).frame.filter(~pl.col("punctuation"))
    readings = set(found.select("op", "reading_1", "reading_2").rows())
    assert ("insert", "", "承") in readings
    assert ("delete", "产业", "") in readings


def test_shared_passages_are_official_words(articles: pl.DataFrame) -> None:
    once = articles.filter(~pl.col("id").is_in(["05", "10"]))
    plain = shared_passages(once, least=40).frame
    without = shared_passages(once, least=40, exclude=quotations(once).frame).frame
    assert plain.height >= 4
    assert without.height < plain.height


def test_nine_dated_statements(articles: pl.DataFrame) -> None:
    found = quotations(articles.filter(id="03"), kinds=("reported",)).frame
    assert found["date"].to_list() == [
        "2023-09-07",
        "2023-09-08",
        "2023-12-11/2023-12-12",
        "2024-01-19",
        "2024-03-06",
        "2024-01-31",
        "2024-03-05",
        "2024-02-02",
        "2024-02-29",
    ]
    assert found["speaker"].unique().to_list() == ["习近平总书记"]
    assert found["statement"].null_count() == 0
    assert found["occasion"].null_count() == 0


def test_direct_quotations_of_the_compilation(articles: pl.DataFrame) -> None:
    found = quotations(articles, kinds=("direct",)).frame
    counts = dict(found.group_by("article").len().sort("article").rows())
    assert counts == {"02": 4, "06": 5, "07": 1, "08": 5, "10": 5}
    assert found["statement"].null_count() == 0
    terms = quotations(articles, kinds=("scare",)).frame["text"].to_list()
    assert {"卡脖子", "新质生产力", "钱学森之问", "0", "1", "大国重器"} <= set(terms)


def test_statements_stand_where_they_are_cited(seeds: dict[str, list[str]]) -> None:
    """A cited line is one where the words, or a part of them of nine characters, begin."""
    for one in statements().items.values():
        keys = [key_of(text).text for text in (one.text, *one.readings)]
        parts = {key[k : k + 9] for key in keys for k in range(max(1, len(key) - 8))}
        for source in one.source:
            if source.startswith("http"):
                continue
            file, line = source.rsplit(":", 1)
            here = seeds[file][int(line) - 1 : int(line) + 9]
            text = key_of("".join(here)).text
            assert any(part in text for part in parts), (one.id, source)


def test_an_altered_quotation_is_reported_with_its_edit(seeds: dict[str, list[str]]) -> None:
    line = "".join(seeds["003_02b36b855911883c.txt"][22:25])
    quote = line[line.index("“") + 1 : line.index("”")].replace("新兴产业产业壮大", "新兴产业壮大")
    found = check_quote(quote)
    assert (found.verdict, found.hits["id"][0]) == ("altered", "2024-03-05-d")
    words = found.edits.filter((pl.col("hit") == 1) & ~pl.col("punctuation"))
    assert words.select("op", "quoted", "source").rows() == [("delete", "转型", "")]


def test_every_span_of_the_articles_is_found_again(articles: pl.DataFrame) -> None:
    ready = Haystack.of(articles)
    for name, text in articles.rows():
        for at in range(0, len(text) - 60, 211):
            quote = text[at : at + 50]
            if len(key_of(quote)) < 10:
                continue
            hits = check_quote(quote, ready).hits.filter(kind="text", verdict="exact")
            assert name in hits["id"].to_list()
