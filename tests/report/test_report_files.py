from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from nqpf.chapters.blocks import Chapter
from nqpf.data.write import csv_bytes, save
from nqpf.errors import OutputError
from nqpf.report.files import write_figures, write_tables
from nqpf.report.walk import outline


def test_tables_come_back_whole_and_exact(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    written = write_tables(tmp_path / "tables", chapters)
    assert [path.name for path in written] == ["ranks.csv"]
    assert written[0].read_bytes().startswith(b"\xef\xbb\xbf")
    _, table = next(outline(chapters).tables())
    text = pl.col(pl.String)
    tamed = table.frame.with_columns(
        pl.when(text.str.contains("^[=@]")).then("'" + text).otherwise(text).name.keep()
    ).fill_nan(None)
    assert_frame_equal(pl.read_csv(written[0]), tamed, check_exact=True)


def test_figures_in_the_languages_asked(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    names = [path.name for path in write_figures(tmp_path, chapters, ("zh", "en"))]
    assert names[:6] == ["bars.zh.svg", "bars.en.svg", "bars.csv", "logic.zh.svg", "logic.en.svg", "logic.csv"]
    assert len(names) == 12
    for path in tmp_path.glob("*.svg"):
        assert ET.fromstring(path.read_text(encoding="utf-8")).tag.endswith("svg")
    assert "省份" in (tmp_path / "bars.zh.svg").read_text(encoding="utf-8")
    assert "Province" in (tmp_path / "bars.en.svg").read_text(encoding="utf-8")
    only = write_figures(tmp_path / "en", chapters, ("en",))
    assert not [path for path in only if path.name.endswith(".zh.svg")]


def test_lists_and_records_become_words() -> None:
    frame = pl.DataFrame(
        {"ids": [["A04", None, "B01"], None], "at": [{"row": 1, "cell": "B2"}, {"row": 2, "cell": "C3"}]}
    )
    assert csv_bytes(frame).decode("utf-8-sig") == "ids,at\nA04; ; B01,1; B2\n,2; C3\n"


def test_a_failed_write_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError) as caught:
        save(tmp_path / "taken", "text")
    assert "taken" in caught.value.text().en
    assert "Cannot write" in caught.value.text().en
    assert "Excel" in caught.value.text().zh
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    save(tmp_path / "file", "text")
    with pytest.raises(OutputError):
        save(tmp_path / "file" / "below", "text")


def test_save_keeps_line_feeds(tmp_path: Path) -> None:
    assert save(tmp_path / "new" / "a.html", "a\nb").read_bytes() == b"a\nb"
