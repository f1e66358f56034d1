"""The table beside the files: by file or article, in either language, dates made ISO, strays named."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from plain_articles import plain_articles

from nqpf.errors import DataError, Where
from nqpf.text.corpus import Corpus
from nqpf.text.store.metadata import iso_date, read_metadata


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("nqpf.text.store.pipeline.articles_of", plain_articles)
    folder = tmp_path / "pages"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "a.txt").write_text("题\n正文。", encoding="utf-8")
    (folder / "b.txt").write_text("题\n正文。", encoding="utf-8")
    return folder


def test_a_csv_in_chinese_among_the_files_is_no_text(pages: Path, tmp_path: Path) -> None:
    sidecar = pages / "附表.csv"
    sidecar.write_bytes(
        "文件,地区,日期,级别,报刊,文种\na.txt,江苏,2024年3月4日,省,某报,报告\n无此文件,,,,,\n".encode("gb18030")
    )
    corpus = Corpus.ingest(pages, tmp_path / "corpus", metadata=sidecar)
    row = corpus.articles.row(by_predicate=pl.col("id") == "a-1", named=True)
    assert {k: row[k] for k in ("region", "date", "year", "level", "outlet", "doc_type")} == {
        "region": "江苏", "date": "2024-03-04", "year": 2024, "level": "省", "outlet": "某报", "doc_type": "报告",
    }  # fmt: skip
    assert corpus.refusals.is_empty()
    assert [n.text().en for n in corpus.notes if n.code == "text_metadata_unmatched"] == [
        "The table names 无此文件, of which the corpus has no file or article."
    ]
    assert corpus.texts.select("id", "region", "year").rows() == [("b-1", None, None), ("a-1", "江苏", 2024)]


def test_it_stays_until_another_is_given_and_an_article_goes_before_its_file(pages: Path, tmp_path: Path) -> None:
    table = {"file": ["x/a.txt", None], "article": [None, "a-1"], "region": ["江苏", "浙江"], "level": ["省", None]}
    Corpus.ingest(pages, tmp_path / "corpus", metadata=pl.DataFrame(table))
    again = Corpus.ingest(pages, tmp_path / "corpus")
    assert again.articles.filter(id="a-1").select("region", "level").row(0) == ("浙江", "省")
    other = Corpus.ingest(pages, tmp_path / "corpus", metadata={"file": ["b"], "region": ["上海"]})
    assert other.articles["region"].to_list() == ["上海", None]
    assert other.search("正文", region="上海").frame["file"].to_list() == ["b.txt"]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-3-4", "2024-03-04"),
        ("2024.03", "2024-03"),
        ("2024年", "2024"),
        ("2024年3月", "2024-03"),
        ("2024-03-04 00:00:00", "2024-03-04"),
    ],
)
def test_dates_become_iso(written: str, iso: str) -> None:
    assert iso_date(written, Where()) == iso


def test_a_table_that_is_not_as_it_must_be_says_where(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column “file” or “article”"):
        read_metadata({"name": ["a"]})
    with pytest.raises(DataError, match=r"row 2.*“last year” is no date"):
        read_metadata({"file": ["a", "b"], "date": ["2024", "last year"]})
    with pytest.raises(DataError, match="“2024-13-01” is no date"):
        read_metadata({"file": ["a"], "date": ["2024-13-01"]})
    with pytest.raises(DataError, match="more than once: a"):
        read_metadata({"file": ["a", "a"]})
    with pytest.raises(DataError, match="no such file"):
        read_metadata(tmp_path / "absent.csv")
