"""Web pages: the text of blocks with line and column of the file, white space as browsers fold it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nqpf.errors import DataError
from nqpf.text.reading.files import read_source
from nqpf.text.source import Source


def page(folder: Path, text: str, encoding: str = "utf-8") -> Source:
    (folder / "a.html").write_bytes(text.encode(encoding))
    return read_source(folder / "a.html")


def test_blocks_are_lines_and_white_space_is_folded(tmp_path: Path) -> None:
    source = page(
        tmp_path,
        "<html><head><title>不读</title><style>p {}</style></head><body>\n<h2> 小\n  题 </h2><p>村里\n修 了<b>一条</b>"
        "new\n  road<br>第二行</p><ul><li>条&amp;目&#x4e2d;</li></ul><p><strong>全黑</strong></p>"
        "<script>var a = '<p>x</p>';</script><p hidden>藏</p><pre>a  b\n c</pre></body></html>",
    )
    assert source.text.split("\n") == ["小题", "村里修 了一条new road", "第二行", "条&目中", "全黑", "a  b", " c"]
    assert source.styles == ("h2", "", "", "list", "bold", "", "")


def test_rows_of_tables_are_lines_but_cells_alone_are_text(tmp_path: Path) -> None:
    source = page(tmp_path, "<table><tr><th>甲</th><td> 1 </td></tr><tr><td><p>版面</p></td></tr></table>")
    assert source.text.split("\n") == ["甲\t1", "版面"]
    assert source.styles == ("cell", "")


def test_two_hundred_spans_lead_back_to_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    pieces = [
        "甲",
        "乙，",
        "“丙”",
        "\n  ",
        " ",
        "&lt;",
        "&#20013;",
        "<b>丁</b>",
        "𠀀",
        "</p>\n<p>",
        "<br/>",
        "word ",
        "<!-- c -->",
    ]
    raw = "<body><p>" + "".join(rng.choice(pieces, 3000)) + "</p></body>"
    source = page(tmp_path, raw)
    lines = raw.split("\n")
    checked = 0
    for start in rng.integers(0, len(source.text), 260):
        char = source.text[start]
        place = source.place(int(start))
        rest = lines[place.line - 1][place.column - 1 :]
        if char == "\n" or (char == " " and not rest.strip()):
            continue
        written = {"<": "&lt;", "中": "&#20013;"}.get(char, char)
        assert rest.startswith(written)
        checked += 1
    assert checked > 200


def test_the_stated_encoding_counts_where_it_fits(tmp_path: Path) -> None:
    body = "<meta charset='gb2312'><p>村里修了一条新路，镕基。</p>"
    source = page(tmp_path, body, "gb18030")
    assert (source.text, source.encoding) == ("村里修了一条新路，镕基。", "gb2312")
    source = page(tmp_path, body.replace("gb2312", "ascii"), "utf-8")
    assert source.text == "村里修了一条新路，镕基。"
    assert [n.code for n in source.notes] == ["text_stated_encoding"]


def test_a_page_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no text"):
        page(tmp_path, "<html><script>1</script></html>")


def test_unclosed_and_crossed_tags_lose_nothing(tmp_path: Path) -> None:
    source = page(tmp_path, "<p>甲<p>乙<b>丙</p></b>丁<li>戊<li>己</ul></div>庚")
    assert "".join(source.text.split()) == "甲乙丙丁戊己庚"


def test_the_main_text_is_what_trafilatura_finds(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", exc_type=ImportError)
    body = "".join(f"<p>{'今年春天，村里修了一条新路，从东头一直通到西头。' * 6}（{i}）</p>" for i in range(5))
    article = f"<article><h1>修路</h1>{body}</article>"
    raw = f"<html><body><nav><a href='x'>首页导航</a></nav>{article}<footer>版权</footer></body></html>"
    (tmp_path / "a.html").write_text(raw, encoding="utf-8")
    whole, main = read_source(tmp_path / "a.html"), read_source(tmp_path / "a.html", main=True)
    assert "首页导航" in whole.text
    assert "首页导航" not in main.text
    assert main.text.count("新路") == 30
    assert main.place(main.text.index("（3）")) == whole.place(whole.text.index("（3）"))
    assert [n.code for n in main.notes] == ["text_main_only"]
