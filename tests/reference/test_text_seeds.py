"""The five documents this project began with, told apart into articles: counts, titles, authors, places, first words.

What is expected was read off the pages by eye; only what is certain stands here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nqpf.text.article import Article
from nqpf.text.cleaning.clean import clean
from nqpf.text.reading.files import read_source
from nqpf.text.segmenting.segment import segment

pytestmark = pytest.mark.reference

Expected = tuple[str | None, tuple[str, ...], str, str, tuple[int, int]]
"""First words of the title, authors, first and last words of the text, headings and paragraphs."""

ARTICLES: dict[str, tuple[Expected, ...]] = {
    "000": (
        (None, (), "加快形成新质生产力", "不断激发创新动能。", (0, 5)),
        ("释放创新动能", (), "近日召开的中央经济", "创造良好环境。", (3, 12)),
        (None, (), "习近平总书记在新时代", "制度和规则等。", (4, 19)),
    ),
    "001": (
        ("统筹兼顾加快发展", ("高帆",), "党的二十大报告强调", "主动性创造性。", (0, 8)),
        ("系统谋划新质生产力", ("刘海军",), "新质生产力是以科技", "强大合力。", (0, 4)),
        ("以新的生产力理论", (), "发展新质生产力是推动", "人才支撑。", (0, 6)),
        (None, ("赵险峰", "张亚明"), "党的二十大报告提出", "新进展新成效。", (0, 5)),
    ),
    "002": (("新质生产力的内涵特征", ("习近平经济思想研究中心",), "高质量发展是新时代", "创造新需求。", (3, 16)),),
    "003": (
        ("发展新质生产力是推动", ("王一鸣",), "去年以来，", "顺畅流动。", (5, 20)),
        ("争当事业尖兵", ("于海亮",), "习近平总书记强调：", "实干家。", (0, 4)),
        ("打造一流湾区", ("谢宝剑", "黄丰斌"), "粤港澳大湾区是我国", "加快发展。", (0, 2)),
        ("防范发展新质生产力", ("王立文",), "当前，推动高质量发展", "加快发展。", (0, 4)),
    ),
    "004": (
        ("培育新质生产力 激活", (), "高质量发展本质上", "管理中的作用。", (0, 5)),
        ("全面深化改革为发展", (), "“发展新质生产力是", "持续前行。", (0, 6)),
        ("习近平总书记强调的", (), "生产力是指人类", "能源基础。", (0, 7)),
        ("五方面发力", (), "今年的政府工作报告", "执行效能。", (0, 6)),
        ("习近平总书记强调的", (), "生产力是指人类", "能源基础。", (0, 7)),
        ("新质生产力解析", (), "2024 年全国“两会”", "追究制度。", (3, 12)),
        ("新质生产力引领下的", (), "习近平总书记3月5日", "共同富裕。", (3, 14)),
        ("以创新人才培养", (), "2024 年政府工作报告", "数字工匠。", (3, 9)),
        ("以科技金融推进", (), "中央金融工作会议提出", "新趋势。", (3, 10)),
        ("因地制宜地发展", (), "核心观点", "追究制度。", (4, 14)),
    ),
}


def seed(shared: Path, number: str) -> Path:
    """Return the document of a number."""
    return next((shared / "seeds").glob(f"{number}_*.txt"))


def articles(shared: Path, number: str) -> tuple[Article, ...]:
    return segment(read_source(seed(shared, number)))


@pytest.mark.parametrize("number", ARTICLES)
def test_articles_titles_authors_and_paragraphs(shared: Path, number: str) -> None:
    found = articles(shared, number)
    assert len(found) == len(ARTICLES[number])
    for article, (title, authors, first, last, counts) in zip(found, ARTICLES[number], strict=True):
        assert (article.title is None) == (title is None)
        assert article.title is None or article.title.value.startswith(str(title))
        assert tuple(author.value for author in article.authors) == authors
        assert article.text.startswith(first)
        assert article.text.endswith(last)
        kinds = [block.kind for block in article.blocks]
        assert (kinds.count("heading"), kinds.count("paragraph")) == counts


def test_columns_are_put_in_order_with_their_evidence(shared: Path) -> None:
    first, second, third, fourth = articles(shared, "003")
    assert first.lines == ((83, 91), (7, 51))
    assert fourth.lines == ((109, 111), (93, 101))
    assert [flag.kind for flag in first.flags if flag.kind == "reordered"] == ["reordered"]
    assert [str(place.value)[:4] for place in first.affiliations] == ["中国国际"]
    assert "repaired" in [flag.kind for flag in first.flags]
    assert [flag.kind for flag in second.flags] == ["damaged"]
    assert "splice" in [flag.kind for flag in third.flags]
    assert not third.affiliations
    assert sum(block.run_in > 0 for block in first.blocks) == 13


def test_lines_stay_in_the_order_of_the_file_when_a_repair_is_only_proposed(shared: Path) -> None:
    found = segment(read_source(seed(shared, "003")), repair="propose")
    assert all(list(article.lines) == sorted(article.lines) for article in found)
    flags = [str(flag.evidence) for article in found for flag in article.flags if flag.kind == "reordered"]
    assert len(flags) == 2


def test_the_diagram_is_set_apart(shared: Path) -> None:
    (article,) = articles(shared, "002")
    (diagram,) = article.diagrams
    assert diagram.lines == (380, 511)
    assert diagram.caption == "新质生产力逻辑关系图"
    assert {"3个特征", "催生", "New quality productive forces", "2个“摆脱”"} <= set(diagram.labels)
    assert [outlet and outlet.value for outlet in (article.outlet, diagram.outlet)] == ["人民网", "央视网"]


def test_every_character_leads_back_to_the_file(shared: Path) -> None:
    for number in ARTICLES:
        cleaned = clean(read_source(seed(shared, number)))
        raw, changed = cleaned.source.text, np.zeros(len(cleaned.source.text) + 1, dtype=bool)
        for start, end in cleaned.edits.select("start", "end").iter_rows():
            changed[start:end] = True
        moved = [
            (c, o) for c, o in zip(cleaned.text, cleaned.origin.tolist(), strict=True) if raw[o] != c and not changed[o]
        ]
        assert not moved
        rng = np.random.default_rng(8)
        for article in segment(cleaned):
            for block in article.blocks:
                at = int(rng.integers(0, len(block.text)))
                span = [o for o in block.origin[at : at + 20] if o >= 0]
                shown = "".join(raw[o] for o in span)
                assert len(shown) == len(block.text[at : at + 20])


def test_no_blank_is_left_between_chinese_characters_of_running_text(shared: Path) -> None:
    for number in ARTICLES:
        for article in articles(shared, number):
            for block in article.blocks:
                for left, blank, right in zip(block.text, block.text[1:], block.text[2:], strict=False):
                    chinese = "\u4e00" <= left <= "\u9fff" and "\u4e00" <= right <= "\u9fff"
                    assert not (block.kind == "paragraph" and blank in " \u3000" and chinese)
