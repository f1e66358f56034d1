"""Pdf files: columns in reading order, page and box of every line, scans and locked files refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from make_pdf import Run, column, make_pdf

from nqpf.errors import DataError
from nqpf.text.reading.columns import zones
from nqpf.text.reading.files import read_source, read_sources

pytest.importorskip("pdfplumber")

HAN = "".join(chr(0x4E00 + 7 * i) for i in range(2800))


def body(text: str) -> str:
    return "".join(text.split("\n"))


def test_columns_are_read_one_after_the_other_under_a_heading_across_them(tmp_path: Path) -> None:
    a, b, c = HAN[:200], HAN[200:395], HAN[400:590]
    page = [
        Run(60, 100, "统筹推进新的产业", 24, 12),
        *column(40, 150, a, 16),
        *column(220, 150, b, 16),
        *column(400, 154, c, 16),
    ]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page[::-1]]))
    assert body(source.text) == "统筹推进新的产业" + a + b + c
    assert source.styles[0] == "h1"


def test_a_heading_over_two_of_three_columns_keeps_the_third_apart(tmp_path: Path) -> None:
    a, b, c = HAN[:96], HAN[100:196], HAN[200:360]
    page = [
        Run(40, 150, "两栏之上的题目", 20),
        *column(40, 190, a, 16),
        *column(220, 190, b, 16),
        *column(400, 150, c, 16),
    ]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page]))
    assert body(source.text) == "两栏之上的题目" + a + b + c


def test_indents_beside_a_heading_do_not_join_columns(tmp_path: Path) -> None:
    a, b, c, d = HAN[:78], HAN[80:158], HAN[160:198], HAN[200:238]

    def indented(x: float, top: float, text: str) -> list[Run]:
        return [Run(x + 20, top, text[:18]), *column(x, top + 15, text[18:], 20)]

    page = [Run(60, 100, "河湾村修路架桥促增收", 22, 4), *indented(40, 140, a), *indented(320, 140, b)]
    page += [Run(60, 240, "另有一篇在它下面要横跨两栏", 22, 8), *indented(40, 280, c), *indented(320, 280, d)]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page]))
    assert body(source.text) == "河湾村修路架桥促增收" + a + b + "另有一篇在它下面要横跨两栏" + c + d


def test_two_hundred_spans_lead_back_to_page_and_box(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pages = []
    for number in range(3):
        text = HAN[600 * number : 600 * number + 600]
        pages.append([*column(40, 100, text[:300], 24), *column(320, 100, text[300:], 20)])
    source = read_source(make_pdf(tmp_path / "a.pdf", pages))
    where = {c: (n, run, i) for n, page in enumerate(pages, 1) for run in page for i, c in enumerate(run.text)}
    checked = 0
    while checked < 200:
        start = int(rng.integers(0, len(source.text)))
        if source.text[start] == "\n":
            continue
        number, run, i = where[source.text[start]]
        place = source.place(start)
        assert place.page == number
        assert place.column == i + 1
        assert place.box == pytest.approx((run.x, run.top, run.x + 10 * len(run.text), run.top + 10), abs=0.02)
        checked += 1
    assert source.place(0).text().en == "a.pdf, page 1, line 1"


def test_paragraphs_are_parted_by_an_empty_line_and_go_on_in_the_next_column(tmp_path: Path) -> None:
    first, second, rest = HAN[:34], HAN[40:86], HAN[90:122]
    left = [*column(60, 100, first[:14], 14), *column(40, 115, first[14:], 16), *column(60, 145, second[:14], 14)]
    left += column(40, 160, second[14:], 16)
    source = read_source(make_pdf(tmp_path / "a.pdf", [[*left, *column(220, 100, rest, 16)]]))
    assert [p.replace("\n", "") for p in source.text.split("\n\n")] == [first, second + rest]


def test_furniture_is_marked_and_stays(tmp_path: Path) -> None:
    pages = [
        [
            Run(150, 20, f"某报2024年3月{n}日", 9),
            *column(40, 120, HAN[200 * n : 200 * n + 200], 40),
            Run(295, 780, f"{n}", 9),
        ]
        for n in (1, 2, 3)
    ]
    source = read_source(make_pdf(tmp_path / "a.pdf", pages))
    said = dict(zip(source.text.split("\n"), source.styles, strict=True))
    assert (said["某报2024年3月2日"], said["3"], said[HAN[200:240]]) == ("header", "footer", "")


def test_vertical_turned_and_doubled_characters_are_noted(tmp_path: Path) -> None:
    page = [
        *column(40, 100, HAN[:120], 30),
        *[Run(560, 100 + 15 * i, c, 14) for i, c in enumerate("竖排字")],
        Run(40, 300, "重复", 10),
        Run(40.6, 300.4, "重复", 10),
        Run(500, 600, "turned", 10, turned=True),
    ]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page]))
    lines = source.text.split("\n")
    assert {"竖排字", "重复", "turned"} <= set(lines)
    assert lines[-1] == "turned"
    assert {n.code for n in source.notes} == {"text_vertical", "text_rotated", "text_overprinted"}


def test_vertical_columns_are_read_from_the_right(tmp_path: Path) -> None:
    columns = [HAN[:20], HAN[20:40], HAN[40:52]]
    page = [Run(500 - 20 * k, 100 + 10.5 * i, c) for k, text in enumerate(columns) for i, c in enumerate(text)]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page]))
    assert source.text.split("\n") == columns


def test_gaps_are_blanks_where_words_or_letter_spacing_make_them(tmp_path: Path) -> None:
    page = [
        Run(40, 100, "新质生产", 10, 8),
        Run(40, 130, "ab", 10),
        Run(63, 130, "cd", 10),
        Run(40, 160, "𠀀甲“乙”", 10, 3),
    ]
    source = read_source(make_pdf(tmp_path / "a.pdf", [page]))
    assert [line for line in source.text.split("\n") if line] == ["新 质 生 产", "ab cd", "𠀀甲“乙”"]


def test_a_scan_is_refused_and_single_scanned_pages_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_source(make_pdf(tmp_path / "a.pdf", [[], []]))
    assert caught.value.code == "text_scan"
    assert "(OCR)" in str(caught.value)
    source = read_source(make_pdf(tmp_path / "b.pdf", [[Run(40, 100, "甲")], [], [Run(40, 100, "乙")], []]))
    (note,) = source.notes
    assert "pages 2, 4" in note.text().en


def test_a_locked_file_stops_no_other(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf", [[Run(40, 100, "甲")]], locked=True)
    make_pdf(tmp_path / "b.pdf", [[Run(40, 100, "乙")]])
    (tmp_path / "c.pdf").write_bytes((tmp_path / "b.pdf").read_bytes()[:200])
    sources, refusals = read_sources(tmp_path)
    assert [s.text for s in sources] == ["乙"]
    assert refusals["code"].to_list() == ["encrypted", "text_damaged"]
    assert "password" in refusals["reason_en"][0]


@pytest.mark.parametrize("seed", range(40))
def test_articles_of_any_number_of_columns_are_read_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines: list[tuple[float, float, int, float, float]] = []  # left, top, characters, size, space between
    top = 130.0
    for _ in range(3):
        columns, rows = int(rng.integers(1, 5)), int(rng.integers(4, 9))
        width, size = 560 / columns, float(rng.integers(14, 26))
        space = float(rng.choice([0, 0.6 * size]))
        count = int(540 // (size + space))
        lines.append(((600 - count * (size + space)) / 2, top, count, size, space))
        top += size + 14
        for k in range(columns):
            left, per, inset = 20 + k * width, int((width - 14) / 10), 20 * int(rng.integers(2))
            down = top + 5 * float(rng.integers(2))
            lines.append((left + inset, down, per - inset // 10, 10, 0))
            lines += [(left, down + 14 * i, per, 10, 0) for i in range(1, rows - 1)]
            lines.append((left, down + 14 * (rows - 1), int(rng.integers(1, per + 1)), 10, 0))
        top += 14 * rows + 20
    boxes = np.array([(x + i * (w + s), y, x + i * (w + s) + w, y + w) for x, y, n, w, s in lines for i in range(n)])
    line = np.repeat(np.arange(len(lines)), [n for _, _, n, _, _ in lines])
    found = [np.unique(line[zone]) for zone in zones(boxes, 1300.0)]
    assert np.concatenate(found).tolist() == list(range(len(lines)))


def test_zones_hold_every_character_once() -> None:
    rng = np.random.default_rng(4)
    for _ in range(30):
        corner = rng.uniform(0, 500, (int(rng.integers(1, 200)), 2))
        boxes = np.hstack([corner, corner + rng.uniform(4, 30, corner.shape)])
        found = np.concatenate(zones(boxes, 600.0))
        assert sorted(found.tolist()) == list(range(len(boxes)))
    assert zones(np.empty((0, 4)), 600.0) == []
