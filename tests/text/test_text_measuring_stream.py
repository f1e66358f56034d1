"""Counts of documents that stream in: the same numbers as at once, whatever the pieces and workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring import pieces
from nqpf.text.measuring.count import count
from nqpf.text.measuring.stream import count_stream

TERMS = {"a": ["新质生产力", "生产力"], "b": ["产业", "不是"]}


def documents(number: int, seed: int = 0) -> list[tuple[str, str]]:
    rng = np.random.default_rng(seed)
    parts = np.array(["新质生产力", "产业", "生产力", "不是", "天气", "，", "。", "……”", "\n", "！", " "])
    return [(f"d{k}", "".join(rng.choice(parts, int(rng.integers(0, 120))))) for k in range(number)]


@pytest.fixture(params=[1 << 20, 37, 5])
def small_pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pieces, "CHUNK", request.param)
    return int(request.param)


@pytest.mark.parametrize("unit", ["characters", "letters", "sentences", "paragraphs", "articles"])
@pytest.mark.parametrize("mode", ["overlapping", "longest"])
def test_streaming_gives_what_counting_at_once_gives(small_pieces: int, unit: str, mode: str) -> None:
    pages = documents(10)
    table = pl.DataFrame(pages, schema=["id", "text"], orient="row")
    at_once = count(table, TERMS, by=[], unit=unit, mode=mode)  # type: ignore[arg-type]
    streamed = count_stream(iter(pages), TERMS, unit=unit, mode=mode)  # type: ignore[arg-type]
    assert streamed.terms.equals(at_once.terms)
    assert streamed.groups.equals(at_once.groups)
    assert streamed.total.equals(at_once.total)
    assert streamed.documents.equals(at_once.documents)


def test_by_document_and_with_several_workers(small_pieces: int) -> None:
    pages = documents(5, seed=3)
    table = pl.DataFrame(pages, schema=["id", "text"], orient="row")
    at_once = count(table, TERMS, zeros=False)
    one, two = (count_stream(pages, TERMS, by_document=True, workers=n) for n in (1, 2))
    assert one.terms.equals(at_once.terms)
    assert two.terms.equals(one.terms)
    assert one.total.equals(count(table, TERMS).total)


def test_files_and_folders_are_read_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "b.txt").write_text("\ufeff新质生产力", encoding="utf-8")
    (tmp_path / "in" / "a.md").write_text("产业。产业", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes("产业".encode("gbk"))
    (tmp_path / "d.csv").write_text("产业", encoding="utf-8")
    found = count_stream(tmp_path, TERMS)
    assert dict(found.terms.select("term", "count").iter_rows())["产业"] == 2
    assert found.documents.height == 2
    note = next(n for n in found.notes if n.code == "measure_skipped")
    assert "c.txt" in note.text().en
    assert "UTF-8" in note.text().zh
    listed = count_stream([tmp_path / "b.txt"], TERMS)
    assert listed.total["count"].to_list() == [2]
    assert listed.documents["characters"].to_list() == [5]


def test_an_iterator_is_not_held() -> None:
    made = 0

    def pages() -> Iterator[tuple[str, str]]:
        nonlocal made
        for k in range(2000):
            made += 1
            yield f"d{k}", "新质生产力"

    found = count_stream(pages(), TERMS)
    assert made == 2000
    assert found.terms.row(0, named=True)["count"] == 2000


def test_bad_input_is_named(tmp_path: Path) -> None:
    with speak("en"), pytest.raises(DataError, match="no document that can be read"):
        count_stream([tmp_path / "none.txt"], TERMS)
    with speak("en"), pytest.raises(SpecError, match="no such file"):
        count_stream(tmp_path / "none", TERMS)
    with speak("en"), pytest.raises(DataError, match="same name: “d”"):
        count_stream([("d", "x"), ("d", "y")], TERMS)
    with speak("en"), pytest.raises(DataError, match="holds no text"):
        count_stream([("d", None)], TERMS)  # type: ignore[list-item]
    with speak("en"), pytest.raises(SpecError, match="not told apart while documents stream"):
        count_stream([("d", "x")], TERMS, spans={"id": [], "start": [], "end": [], "kind": []})
    with speak("en"), pytest.raises(SpecError, match="“sent” is not one of the choices"):
        count_stream([("d", "x")], TERMS, unit="sent")  # type: ignore[arg-type]
