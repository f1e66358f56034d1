"""Articles told apart, titled and signed; what was inferred says how sure it is and why; nothing is rewritten."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from pages import LONG_LINE, Page, Planned, Setting, articles, page, source_of, wrap

from nqpf.errors import SpecError
from nqpf.text.article import Article
from nqpf.text.segmenting.segment import segment

WIDTHS = (14, 18, 22, 27, 34)
SENTENCE = "河湾的桥修好了，两岸的人都来看，桥工说这座桥能用一百年。"
MORE = "第二年春天河水又涨了，桥稳稳地站着，大家都放了心，孩子们天天从桥上走过。"


def found(text: str, **options: str) -> tuple[Article, ...]:
    return segment(source_of(text), **options)  # type: ignore[arg-type]


def leads(got: Iterable[Article]) -> dict[str, Article]:
    """Return articles by the first characters of their first paragraph."""
    return {next((b.text for b in a.blocks if b.kind == "paragraph"), "")[:10]: a for a in got}


def measure(pages: Iterable[Page]) -> tuple[float, float, float]:
    """Return the shares of articles whose beginning, title and authors are right; extra articles count as wrong."""
    total = begun = titled = signed = 0
    for one in pages:
        got = segment(one.source)
        by_lead = leads(got)
        total += max(len(one.articles), len(got))
        for planned in one.articles:
            article = by_lead.get(planned.lead[:10])
            begun += article is not None
            titled += article is not None and article.title is not None and article.title.value == planned.title
            signed += article is not None and tuple(a.value for a in article.authors) == planned.authors
    return begun / total, titled / total, signed / total


def unseen(affiliations: bool) -> Iterable[Page]:
    """Yield pages of seeds that no rule was tuned on: every width, blank lines, letter-spacing, lists of titles."""
    for k in range(18):
        rng = np.random.default_rng(k + 5000)
        setting = Setting(
            width=WIDTHS[k % 5],
            blank=("none", "paragraph", "every")[k % 3],
            titles=("list", "list", "place", "end")[k % 4],
            affiliations=affiliations,
            bylines=k % 4 == 2 or k % 5 > 0,
            spaced=0.15 * (k % 2),
            doubled=k % 7 == 0,
            furniture=k % 6 == 1,
            indent=("none", "kept", "lost")[k // 3 % 3],
            exact=k % 2 == 0,
        )
        yield page(articles(k + 5000, int(rng.integers(3, 6)), headings=k % 3 > 0), setting, k + 5000)


@pytest.mark.slow
def test_unseen_pages_with_remarks_on_authors() -> None:
    begun, titled, _ = measure(unseen(affiliations=True))
    assert begun >= 0.95
    assert titled >= 0.95


@pytest.mark.slow
def test_unseen_pages_without_remarks_on_authors() -> None:
    begun, titled, _ = measure(unseen(affiliations=False))
    assert begun >= 0.85
    assert titled >= 0.85


def test_texts_come_out_character_by_character() -> None:
    planned = articles(11, 4)
    setting = Setting(width=24, blank="paragraph", titles="list", indent="kept", spaced=0.2)
    got = leads(segment(page(planned, setting, 3).source))
    for article in planned:
        assert got[article.lead[:10]].text == article.text
        assert [b.kind for b in got[article.lead[:10]].blocks] == [kind for kind, _ in article.blocks]


def test_a_block_leads_back_to_the_file() -> None:
    source = page(articles(3, 3), Setting(width=16, blank="every", spaced=0.3, titles="list"), 3).source
    for article in segment(source):
        for block in article.blocks:
            assert len(block.text) == len(block.origin)
            shown = [source.text[o] for c, o in zip(block.text, block.origin, strict=True) if o >= 0 and c not in "， "]
            assert shown == [c for c, o in zip(block.text, block.origin, strict=True) if o >= 0 and c not in "， "]


def test_no_title_is_an_answer() -> None:
    planned = articles(21, 3)
    whole = page(planned, Setting(width=20, titles="place"), 0).text.split("\n")
    start = whole.index(planned[1].title)
    got = segment(source_of("\n".join([*whole[:start], *whole[start + 2 :]])))
    assert [article.title and article.title.value for article in got] == [planned[0].title, None, planned[2].title]
    assert [flag.kind for flag in got[1].flags] == ["untitled"]
    assert str(got[1].flags[0].evidence) == "no title was found"


def test_what_was_inferred_says_how_sure_it_is_and_why() -> None:
    planned = articles(5, 3)
    for article in segment(page(planned, Setting(titles="list", blank="paragraph"), 1).source):
        assert article.title is not None
        assert 0.5 < article.title.confidence <= 1
        assert "likeness" in article.title.reason.en
        assert "相似度" in article.title.reason.zh
        assert article.affiliations[0].value in [
            a.affiliation.split("系")[-1].split("为")[-1].strip("（）作者单位：") for a in planned
        ]


def test_two_names_go_to_the_text_whose_remark_speaks_of_several_authors() -> None:
    one, two = articles(31, 2)
    one = Planned(one.title, (), "（作者系河湾村中学教师）", one.blocks)
    two = Planned(two.title, (), "（作者分别系石桥镇站长、林场职工）", two.blocks)
    bodies = page((one, two), Setting(titles="place", bylines=False), 0).text
    text = bodies.replace(two.title + "\n", "", 1).replace(one.title, one.title + "\n王小满\n\n李知秋\n", 1)
    first, second = segment(source_of(text))
    assert first.title is not None
    assert first.title.value == one.title
    assert not first.authors
    assert [a.value for a in second.authors] == ["王小满", "李知秋"]
    assert second.title is None


def test_a_table_of_contents_names_the_titles() -> None:
    planned = articles(8, 4)
    got = segment(page(planned, Setting(contents=True, bylines=False, affiliations=False), 0).source)
    assert [article.title and article.title.value for article in got] == [a.title for a in planned]
    assert {article.title and article.title.confidence for article in got} == {0.98}


def test_an_article_that_stands_twice_is_two_articles() -> None:
    one, two = articles(9, 2)
    got = segment(page((one, two, one), Setting(titles="place"), 0).source)
    assert [article.title and article.title.value for article in got] == [one.title, two.title, one.title]
    assert got[0].text == got[2].text
    assert got[0].id != got[2].id


def test_a_sentence_cut_by_quotation_is_found_elsewhere_on_the_page() -> None:
    first = f"甲乡的路\n王小满\n\n{MORE}镇长说：“路要修宽，两边要种树，树下要放"
    second = f"乙乡的桥\n李知秋\n\n{SENTENCE}{MORE}\n\n（作者系乙乡教师）"
    end = f"椅子。”大家都说好。{MORE}\n\n（作者系甲乡站长）"
    got = found(f"{end}\n\n{second}\n\n{first}")
    whole = next(a for a in got if a.title and a.title.value == "甲乡的路")
    assert f"树下要放椅子。”大家都说好。{MORE}" in whole.text
    flag = next(flag for flag in whole.flags if flag.kind == "reordered")
    assert "quotation is open" in str(flag.evidence)
    assert whole.blocks[flag.block].text[flag.at :].startswith("椅子")
    assert whole.lines[0][0] > whole.lines[1][0]
    assert [a.value for a in whole.affiliations] == ["甲乡站长"]


def test_a_proposed_repair_leaves_the_order_of_the_file() -> None:
    first = f"甲乡的路\n王小满\n\n{MORE}镇长说：“路要修宽，两边要种树，树下要放"
    end = f"椅子。”大家都说好。{MORE}\n\n（作者系甲乡站长）"
    text = f"{end}\n\n乙乡的桥\n李知秋\n\n{SENTENCE}{MORE}\n\n（作者系乙乡教师）\n\n{first}"
    got = found(text, repair="propose")
    assert all("放椅子" not in article.text for article in got)
    flags = [flag for article in got for flag in article.flags if flag.kind == "reordered"]
    assert len(flags) == 1
    assert str(flags[0].evidence).startswith("another reading order is proposed")
    with pytest.raises(SpecError, match="repair"):
        found(text, repair="guess")


def test_columns_in_turns_are_put_in_order_where_words_show_it() -> None:
    total = right = 0
    for seed in range(20):
        planned = articles(seed + 40, 3)
        got = leads(
            segment(page(planned, Setting(width=10 * LONG_LINE, blank="paragraph", in_turns=True), seed).source)
        )
        for article in planned:
            total += 1
            right += article.lead[:10] in got and got[article.lead[:10]].text == article.text
    assert right / total >= 0.45


def test_a_passage_of_another_article_is_flagged_and_left() -> None:
    passage = "把修桥的石料运到山上，用三年时间修好上山的路，再用三年时间修好下山的路，让家家户户都走上新路。"
    after = "路修好了，大家说路好走，路两边的树也好看。"
    one = f"甲乡的路\n王小满\n\n{MORE}路的事要慢慢办，{passage}\n\n{after}\n\n（作者系甲乡站长）"
    two = f"乙乡的戏\n李知秋\n\n戏台搭好了，锣鼓响起来，唱戏的人要练嗓子，{passage}\n\n（作者系甲乡站长）"
    first, second = found(f"{one}\n\n{two}")
    assert passage in first.text
    assert passage in second.text
    assert [flag.kind for flag in first.flags] == []
    flag = next(flag for flag in second.flags if flag.kind == "splice")
    assert second.blocks[flag.block].text[flag.at :] == passage
    assert "甲乡的路" in str(flag.evidence)
    assert not second.affiliations


def test_damaged_sentences_are_flagged_and_not_rewritten() -> None:
    lines = [f"{SENTENCE}手艺要学，肯吃苦”的老话还在。", f"{MORE}村委会 and 学校都来帮忙。", "（作者系甲乡站长）"]
    text = "\n\n".join(["甲乡的路\n王小满", *lines])
    (article,) = found(text)
    assert "村委会 and 学校都来帮忙。" in article.text
    assert [(flag.kind, flag.block) for flag in article.flags] == [("damaged", 0), ("damaged", 1)]
    assert article.blocks[0].text[article.flags[0].at] == "”"
    assert "and" in str(article.flags[1].evidence)


def test_headings_levels_and_run_in_headings() -> None:
    text = (
        f"# 甲乡的路\n\n王小满\n\n{SENTENCE}\n\n## 一、缘起\n\n**石头从哪里来。**{MORE}{SENTENCE}\n\n### （一）采石\n\n"
        f"一是要早。{MORE}\n\n## 二、经过\n\n{MORE}\n"
    )
    (article,) = segment(source_of(text, "page.md"))
    assert [(b.kind, b.level) for b in article.blocks if b.kind == "heading"] == [("heading", k) for k in (1, 2, 1)]
    assert [b.text[: b.run_in] for b in article.blocks if b.run_in] == ["石头从哪里来。"]


def test_a_sentence_set_apart_is_a_run_in_heading() -> None:
    first = "修桥先要备料，备料要早，早了才不会慌。"
    texts = [MORE * 2 + SENTENCE, SENTENCE + MORE, first + MORE * 2]
    wrapped = [wrap(text, 18, exact=True, indent=2) for text in texts]
    pages = ["\n\n".join(lines) for lines in wrapped]
    pages[2] = wrapped[2][0] + "\n" + "\n\n".join(wrapped[2][1:])
    (article,) = found("\n\n".join(pages))
    assert [block.text for block in article.blocks] == texts
    assert [block.text[: block.run_in] for block in article.blocks] == ["", "", first]


def test_labels_of_a_diagram_are_set_apart() -> None:
    labels = "修桥的步骤|备料|石头 木头 铁钉|打桩|清理河\n道|搭架|砌拱|铺面|“合|龙”|验收|养护|通车".replace("|", "\n\n")
    (article,) = found(f"甲乡的桥\n王小满\n\n{SENTENCE * 3}\n\n{MORE * 2}\n\n{labels}\n（摘自河湾网）")
    (diagram,) = article.diagrams
    assert diagram.caption == "修桥的步骤"
    assert diagram.labels[:6] == ("备料", "石头", "木头", "铁钉", "打桩", "清理河道")
    assert "“合龙”" in diagram.labels
    assert diagram.edges == ()
    assert diagram.outlet is not None
    assert diagram.outlet.value == "河湾网"
    assert "备料" not in article.text
    assert "diagram" in [flag.kind for flag in article.flags]


def test_outlet_and_date_are_read_off_the_remark() -> None:
    (article,) = found(f"甲乡的路\n王小满\n\n{SENTENCE}\n\n（原载《河湾日报》2024年3月20日第9版）")
    assert article.outlet is not None
    assert article.date is not None
    assert (article.outlet.value, article.date.value) == ("河湾日报", "2024-03-20")


@pytest.mark.parametrize("text", ["", "\n \n", "\u3000"])
def test_nothing_holds_no_article(text: str) -> None:
    assert found(text) == ()


def test_one_sentence_is_an_article() -> None:
    (article,) = found("河湾的桥修好了。")
    assert (article.id, article.text, article.lines) == ("page-1", "河湾的桥修好了。", ((1, 1),))


def test_a_diagram_alone_and_a_title_alone_lose_nothing() -> None:
    (article,) = found("石拱\n护栏\n桥面\n引桥\n两岸\n桥工\n洪峰\n渡船\n河湾\n村民\n栏杆\n石头")
    assert len(article.diagrams[0].blocks) == 12
    (article,) = found("河湾的桥")
    assert [(block.kind, block.text) for block in article.blocks] == [("note", "河湾的桥")]


def test_english_is_read_too() -> None:
    text = (
        "The bridge was built by the people of the valley, stone by stone.\n\nIt took them two years, and it was good."
    )
    (article,) = found(text)
    assert article.text == text.replace("\n\n", "\n")


def test_the_same_page_gives_the_same_articles() -> None:
    source = page(articles(6, 5), Setting(titles="list", affiliations=False), 6).source
    one, two = (segment(source) for _ in range(2))
    assert [(a.id, a.text, a.title and a.title.value) for a in one] == [
        (a.id, a.text, a.title and a.title.value) for a in two
    ]
