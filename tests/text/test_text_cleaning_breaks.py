"""Breaks of pages, lost indentation and lists of titles: where a paragraph ends and where it only seems to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from pages import Setting, articles, page, source_of, wrap

from nqpf.text.cleaning.clean import clean
from nqpf.text.segmenting.segment import segment

LONG = "河湾的桥修好了，两岸的人都来看，桥工说这座桥能用一百年，孩子们天天从桥上走过，老人们坐在桥头说起从前的渡船。"
TALL = (
    "石桥镇的路也修好了，从前要走一天的山路如今只要半天，路边种上了槐树，蜂农把蜂箱搬到了树下，到了夏天满路都是花香。"
)


def lines_of(texts: Sequence[str], width: int, indent: int = 0) -> list[list[str]]:
    return [wrap(text, width, exact=True, indent=indent) for text in texts]


@pytest.mark.parametrize("blank", ["none", "paragraph"])
def test_a_break_of_the_page_ends_no_sentence(blank: str) -> None:
    texts = [planned.lead for planned in articles(70, 6) if planned.lead[19] != "。"]
    assert len(texts) >= 5
    rows: list[str] = []
    for number, (first, *rest) in enumerate(lines_of(texts, 20), 1):
        rows += [first, "", f"— {number} —", "河湾日报 理论版", "", *rest, *([""] if blank == "paragraph" else [])]
    assert clean(source_of("\n".join(rows))).text.split("\n") == texts


def test_a_heading_printed_twice_whose_first_words_come_again_within_it() -> None:
    heading = "发展蜂场是发展山村的要事和大事"
    result = clean(source_of(f"{heading}{heading}\n林小满\n\n{LONG}"))
    assert result.text.split("\n")[0] == heading
    rows = result.edits.filter(rule="overprint")
    assert rows.select("start", "end", "before").rows() == [(len(heading), 2 * len(heading), heading)]
    spaced = clean(source_of(f"修桥铺路 办学堂修桥铺路 办学堂\n林小满\n\n{LONG}"))
    assert spaced.text.split("\n")[0] == "修桥铺路 办学堂"


def test_where_no_paragraph_ends_nearby_the_whole_page_tells_how_they_begin() -> None:
    first = (LONG + TALL) * 6
    found = lines_of([first, *[LONG + TALL] * 12], 14, indent=2)
    assert len(found[0]) > 40
    assert len(found[0][0]) == 12
    text = "\n".join(line for lines in found for line in lines)
    assert clean(source_of(text)).text.split("\n")[0].startswith(first[:40])


def test_lines_of_uneven_width_beyond_empty_lines_are_titles() -> None:
    titles = ["把蜂场和山村办得更热闹", "让石桥成为两岸村民的依靠", "为河湾的新桥算一笔账"]
    bodies = lines_of([LONG, TALL, LONG + TALL, TALL + LONG], 12)
    text = "\n\n".join([*titles, *(line for lines in bodies for line in lines)])
    assert clean(source_of(text)).text.split("\n")[:3] == titles


def test_a_title_that_went_to_no_article_stays_a_remark_of_the_last() -> None:
    setting = Setting(width=22, titles="end", affiliations=False, bylines=False, contents=True, spaced=0.1)
    one = page(articles(7227, 2, headings=False), setting, 227)
    found = segment(one.source)
    kept = "".join(block.text for article in found for block in article.blocks)
    assert all(planned.lead[:20] in kept for planned in one.articles)


def test_where_a_block_stands_is_kept_as_numbers() -> None:
    source = page(articles(3, 2), Setting(width=16), 3).source
    cleaned = clean(source)
    for article in segment(cleaned):
        for block in article.blocks:
            assert block.origin.dtype == np.int64
            assert np.isin(block.origin[block.origin >= 0], cleaned.origin).all()
