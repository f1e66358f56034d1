"""Corrections by hand: written out, edited, applied again; what is wrong in them is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import Setting, articles, page, source_of

from nqpf.errors import SpecError
from nqpf.text.article import Article, Edge
from nqpf.text.segmenting.corrections import corrections_template, read_corrections
from nqpf.text.segmenting.segment import segment
from nqpf.text.source import Source

SOURCE = page(articles(2, 3), Setting(width=20, blank="paragraph", titles="place"), 2).source
LABELS = "修桥的步骤|备料|石头|木头|铁钉|打桩|清河道|搭架|砌拱|铺面|合龙|验收|养护".replace("|", "\n\n")
SENTENCE = "河湾的桥修好了，两岸的人都来看，桥工说这座桥能用一百年。"


def applied(folder: Path, text: str, source: Source = SOURCE) -> tuple[Article, ...]:
    file = folder / "corrections.yaml"
    file.write_text(text, encoding="utf-8")
    return segment(source, corrections=file)


def fault(folder: Path, text: str, source: Source = SOURCE) -> SpecError:
    with pytest.raises(SpecError) as caught:
        applied(folder, text, source)
    return caught.value


def told(got: tuple[Article, ...]) -> list[tuple[object, ...]]:
    return [
        (a.id, a.title and a.title.value, [p.value for p in a.authors], a.text, a.lines, [b.kind for b in a.blocks])
        for a in got
    ]


def test_what_is_written_out_changes_nothing_when_it_is_applied(tmp_path: Path) -> None:
    plain = segment(SOURCE)
    assert told(applied(tmp_path, corrections_template(plain))) == told(plain)


def test_title_authors_and_the_rest_are_set_by_hand(tmp_path: Path) -> None:
    text = """
articles:
  page-1: {title: 河湾的新桥, authors: [林小满, 何望舒], affiliations: [], date: 2024-03-20, outlet: 河湾日报}
  page-2: {title: null}
"""
    first, second, _ = applied(tmp_path, text.replace("2024-03-20", '"2024-03-20"'))
    assert first.title is not None
    assert (first.title.value, first.title.confidence) == ("河湾的新桥", 1.0)
    assert first.title.reason.zh == "人工更正"
    assert [author.value for author in first.authors] == ["林小满", "何望舒"]
    assert first.affiliations == ()
    assert first.date is not None
    assert first.outlet is not None
    assert (first.date.value, first.outlet.value) == ("2024-03-20", "河湾日报")
    assert second.title is None


def test_articles_are_split_and_merged(tmp_path: Path) -> None:
    plain = segment(SOURCE)
    block = plain[0].blocks[2]
    line = SOURCE.place(block.origin[0]).line
    first, rest, *_ = applied(tmp_path, f"split: {{page-1: {line}}}\narticles: {{page-1b: {{title: 后半篇}}}}\n")
    assert (first.id, rest.id) == ("page-1", "page-1b")
    assert first.text + "\n" + rest.text == plain[0].text
    assert rest.title is not None
    assert rest.title.value == "后半篇"
    merged, last = applied(tmp_path, "merge: [[page-1, page-2]]\n")
    assert merged.text == plain[0].text + "\n" + plain[1].text
    assert [a.value for a in merged.authors] == [a.value for part in plain[:2] for a in part.authors]
    assert last.id == "page-3"


def test_lines_are_read_in_the_order_that_is_given(tmp_path: Path) -> None:
    plain = segment(SOURCE)
    (first, last) = plain[0].lines[0]
    line = SOURCE.place(plain[0].blocks[2].origin[0]).line
    got = applied(tmp_path, f"articles: {{page-1: {{lines: [[{line}, {last}], [{first}, {line - 1}]]}}}}\n")
    blocks = [block.text for block in plain[0].blocks]
    assert [block.text for block in got[0].blocks] == [*blocks[2:], *blocks[:2]]
    assert got[0].lines == ((line, last), (first, line - 1))


def test_kinds_of_blocks_and_edges_of_diagrams(tmp_path: Path) -> None:
    source = source_of(f"甲乡的桥\n林小满\n\n{SENTENCE * 3}\n\n{SENTENCE}\n\n{LABELS}\n")
    text = """
articles:
  page-1:
    kinds: {6: heading}
    edges: [[备料, 打桩], [打桩, 搭架, 然后]]
"""
    (article,) = applied(tmp_path, text, source)
    assert [(block.kind, block.level) for block in article.blocks] == [("paragraph", 0), ("heading", 1)]
    assert article.diagrams[0].edges == (Edge("备料", "打桩"), Edge("打桩", "搭架", "然后"))
    written = corrections_template(segment(source))
    assert "    edges: []" in written
    assert "# 备料、石头" in written


def test_ids_of_other_files_are_passed_over(tmp_path: Path) -> None:
    assert told(applied(tmp_path, "articles: {other-7: {title: x}}\nsplit: {other-1: 4}\n")) == told(segment(SOURCE))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("articles:\n  page-9: {title: x}\n", 2, "there is no article page-9"),
        ("articles:\n  page-1:\n    titel: x\n", 3, "titel"),
        ("articles:\n  page-1:\n    lines: [[5, 900]]\n", 3, "lines 5–900 are no range"),
        ("articles:\n  page-1:\n    kinds: {900: heading}\n", 3, "does not hold line 900"),
        ("articles:\n  page-1:\n    kinds: {4: title}\n", 3, "title"),
        ("split:\n  page-2: 1\n", 2, "does not hold line 1"),
        ("merge:\n  - [page-1, page-7]\n", 2, "there is no article page-7"),
        ("articles: [", 1, ""),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    error = fault(tmp_path, text)
    assert error.where.line == line
    assert words in str(error)


@pytest.mark.parametrize(
    ("edges", "words"), [("[[备料]]", "an edge has a start and an end"), ("[[备料, 打庄]]", "no label “打庄”")]
)
def test_edges_name_labels(tmp_path: Path, edges: str, words: str) -> None:
    source = source_of(f"甲乡的桥\n林小满\n\n{SENTENCE * 3}\n\n{SENTENCE}\n\n{LABELS}\n")
    error = fault(tmp_path, f"articles:\n  page-1:\n    edges: {edges}\n", source)
    assert words in str(error)
    assert error.where.line == 3


def test_a_file_of_corrections_can_be_read_once(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("articles: {page-3: {title: 末篇}}\n", encoding="utf-8")
    book = read_corrections(file)
    assert [a.title and a.title.value for a in segment(SOURCE, corrections=book)][2] == "末篇"
