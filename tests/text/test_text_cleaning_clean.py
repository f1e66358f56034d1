"""What cleaning takes away and what it leaves, with every change in the ledger."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Blank, Setting, articles, page, source_of

from nqpf.text.cleaning.clean import clean
from nqpf.text.cleaning.search_key import search_key
from nqpf.text.source import Cleaned, Source


def cleaned(text: str, file: str = "page.txt") -> Cleaned:
    return clean(source_of(text, file))


def replayed(result: Cleaned) -> str:
    """Return what comes out when the edits of the ledger are made in the raw text."""
    raw, at, found = result.source.text, 0, []
    for row in result.edits.iter_rows(named=True):
        found += [raw[at : row["start"]], row["after"]]
        assert raw[row["start"] : row["end"]] == row["before"]
        at = row["end"]
    return "".join([*found, raw[at:]])


def exact(result: Cleaned) -> None:
    """Check the ledger and the map of offsets."""
    raw = result.source.text
    assert replayed(result) == result.text
    assert len(result.origin) == len(result.text)
    assert (np.diff(result.origin) > 0).all()
    covered = np.zeros(len(raw) + 1, dtype=bool)
    for start, end in result.edits.select("start", "end").iter_rows():
        covered[start:end] = True
    for character, origin in zip(result.text, result.origin.tolist(), strict=True):
        assert covered[origin] or raw[origin] == character


SENTENCE = "河湾的桥修好了，两岸的人都来看，桥工说这座桥能用一百年。"


def test_letter_spacing_goes_and_the_ledger_says_where() -> None:
    result = cleaned("面 向 未 来 ，我 们 要 修 好 村 里 的 路。")
    assert result.text == "面向未来，我们要修好村里的路。"
    row = result.edits.row(0, named=True)
    assert (row["rule"], row["line"], row["column"]) == ("letter_spacing", 1, 2)
    exact(result)


def test_two_spaced_characters_are_a_word_and_names_side_by_side_are_not() -> None:
    assert cleaned("前　言").text == "前言"
    assert cleaned("林小满 何望舒").text == "林小满 何望舒"
    assert cleaned("看护夜班 管好护工").text == "看护夜班 管好护工"


def test_digits_of_a_letter_spaced_line_and_blanks_beside_words() -> None:
    assert cleaned("桥 工 们 用 了 2 1 天 才 修 好。").text == "桥工们用了21天才修好。"
    assert cleaned("全村共有 120 户，人均 GDP 超过 3 万元。").text == "全村共有 120 户，人均 GDP 超过 3 万元。"


@pytest.mark.parametrize("width", [9, 14, 20])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_hard_wraps_join_with_and_without_empty_lines(width: int, gap: str) -> None:
    text = SENTENCE * 4
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    result = cleaned(gap.join(lines))
    assert result.text == text
    exact(result)


def test_a_short_line_ends_a_paragraph() -> None:
    first, second = SENTENCE * 3, "第二年春天，河水又涨了，桥稳稳地站着，大家都放了心。" * 3
    lines = [text[i : i + 16] for text in (first, second) for i in range(0, len(text), 16)]
    assert cleaned("\n".join(lines)).text == f"{first}\n{second}"


def test_lost_indentation_tells_where_a_paragraph_begins() -> None:
    first = "河湾的桥修好了，两岸的人都来看，桥工说这座桥能用一百年了，大家听了都很高兴。"
    paragraphs = [first * 3, first[::-1].replace("。", "") * 2 + "。", first * 4]
    lines = []
    for text in paragraphs:
        lines += [text[:16], *(text[i : i + 18] for i in range(16, len(text), 18))]
    assert cleaned("\n".join(lines)).text.split("\n") == paragraphs


def test_english_keeps_its_blanks() -> None:
    text = "The bridge across the river was built by the people\nof the valley, who had waited for it for thirty years."
    assert cleaned(text).text == text.replace("\n", " ")


def test_mixed_languages_are_cleaned_each_in_its_way() -> None:
    english = "We saw the bridge, and it was good.\nIt stood there, well built, as it had."
    text = f"{SENTENCE[:14]}\n{SENTENCE[14:]}\n\n{english}"
    result = cleaned(text)
    assert "We saw the bridge, and it was good." in result.text
    assert "well built, as" in result.text
    exact(result)


def test_a_heading_printed_over_itself_stands_once() -> None:
    result = cleaned(f"让石桥成为两岸的依靠让石桥成为两岸的依靠\n林林 山山\n{SENTENCE}")
    assert result.text.split("\n")[:2] == ["让石桥成为两岸的依靠", "林 山"]
    assert "overprint" in result.edits["rule"].to_list()
    exact(result)


@pytest.mark.parametrize("word", ["研究研究", "实实在在", "方方面面", "天天"])
def test_words_that_repeat_by_nature_stay(word: str) -> None:
    assert cleaned(f"{word}\n{SENTENCE}").text.startswith(word + "\n")


def test_words_repeated_where_columns_join_stand_once() -> None:
    result = cleaned(f"{SENTENCE}桥工说，要把老桥的石料用在新兴桥梁\n\n桥梁上，这样既省钱又好看。")
    assert result.text == f"{SENTENCE}桥工说，要把老桥的石料用在新兴桥梁上，这样既省钱又好看。"
    assert result.edits.filter(rule="overlap")["before"].to_list() == ["桥梁"]
    exact(result)


def test_half_width_marks_become_full_width_only_inside_chinese() -> None:
    text = "河湾(全村)有桥,有船;你见过吗?长1,200米,宽3.5米,比例1:2.见网址http://a.b/c(x)."
    assert cleaned(text).text.startswith("河湾（全村）有桥，有船；你见过吗？长1,200米，宽3.5米，比例1:2.")
    english = "The word 河湾, as it was used in 2023, is (still) known."
    assert cleaned(english).text == english


def test_quotation_marks_and_full_width_letters_are_data() -> None:
    text = '他说：“桥‘好’。”书名《桥》，「引」『语』，ＡＢＣ，先鋒，"直引号"。'
    assert cleaned(text).text == text


def test_page_numbers_and_running_heads_go_where_they_break_in() -> None:
    lines = [f"河湾的第{i}座桥是石头的，桥面很宽，可以走三" for i in range(60)]
    for at in (50, 35, 20, 5):
        lines[at:at] = ["", f"— {at} —", "河湾日报 理论版", ""]
    result = cleaned("\n".join(lines))
    assert "河湾日报" not in result.text
    assert "—" not in result.text
    assert result.edits.filter(rule="page_furniture").height == 8
    exact(result)


def test_the_name_of_a_column_in_letters_and_characters_goes() -> None:
    result = cleaned(f"{SENTENCE}\nHE WAN JIU SHI\n河湾旧事\n{SENTENCE}")
    assert "河湾旧事" not in result.text


def test_a_table_of_contents_is_kept_apart() -> None:
    text = f"目 录\n1. 修桥的人……2\n2. 看桥的人……5\n3. 过桥的人\t9\n\n修桥的人\n{SENTENCE}"
    result = cleaned(text)
    assert result.contents["title"].to_list() == ["修桥的人", "看桥的人", "过桥的人"]
    assert result.contents["page"].to_list() == [2, 5, 9]
    assert result.text.split("\n")[0] == "修桥的人"
    exact(result)


def test_signs_of_markdown_go_and_are_remembered() -> None:
    result = cleaned(f"# 修桥的人\n\n## 缘起\n\n**石头从哪里来。**{SENTENCE}\n", "page.md")
    assert result.text.split("\n") == ["修桥的人", "缘起", f"石头从哪里来。{SENTENCE}"]
    assert result.layout["style"].to_list() == ["h1", "h2", ""]
    assert result.layout["bold"].to_list() == [0, 0, 7]
    exact(result)


def test_what_quotation_marks_forbid_is_not_joined() -> None:
    tail = "他说：“桥要修，路也要修，还要把河岸" + "的树都种上" * 8
    head = "石头不够用了。”村里人都说“好”，于是又去山里找，一直找到天黑才回来，大家都累了。"
    other = "桥工们不怕慢，怕的是没有办法，也怕没有石头和木头，更怕下雨，于是天天看云，夜夜听水，一有空就去河边走走"
    assert cleaned(f"{other}\n\n{head}").text.split("\n") == [other, head]
    assert cleaned(f"{tail}\n\n{head}").text == tail + head


@pytest.mark.parametrize("text", ["", "\n\n\n", "   ", "\u3000\n \n", "。", "桥", "1", "A", "“", "桥\n"])
def test_next_to_nothing_is_no_fault(text: str) -> None:
    result = cleaned(text)
    assert result.text == text.strip()
    exact(result)


ALPHABET = st.sampled_from([*"的桥河是在，。、：“”（）《》 \u3000\n\n.,:;()12aB-—…#*", "**", "\n\n", "作者", "第 3 页"])


@given(st.lists(ALPHABET, max_size=120).map("".join))
def test_the_ledger_replays_to_the_clean_text_whatever_the_page(text: str) -> None:
    exact(cleaned(text))
    exact(cleaned(text, "page.md"))


@pytest.mark.parametrize("blank", ["none", "paragraph", "every"])
def test_constructed_pages_map_back_character_by_character(blank: Blank) -> None:
    setting = Setting(width=17, blank=blank, spaced=0.3, doubled=True, furniture=True, indent="kept", contents=True)
    result = clean(page(articles(7, 3), setting, 7).source)
    exact(result)
    rng = np.random.default_rng(0)
    lines = result.source.text.split("\n")
    for i in rng.integers(0, len(result.text), 200).tolist():
        place = result.source.place(int(result.origin[i]))
        if result.text[i] not in " \n":
            assert lines[place.line - 1][place.column - 1] == result.text[i]


def test_a_very_long_line_is_read_in_one_pass_and_noted() -> None:
    text = SENTENCE * 40_000
    result = cleaned(text)
    assert result.text == text
    assert [note.code for note in result.notes] == ["text_long_line"]
    assert "1120000" in str(result.notes[0])


def test_paragraphs_of_files_that_know_them_stay_apart() -> None:
    text = "没有句号的一段，写到这里\n就换了一段，也没有句号"
    source = Source("a.docx", "docx", text, np.array([0, 13]))
    assert clean(source).text == text


def test_search_keys_find_what_is_written_otherwise() -> None:
    assert search_key("干事創業的先鋒者") == "干事创业的先锋者"
    assert search_key("ＡｂＣ１２") == "abc12"
    assert search_key("稅類鍵脈韓，鋼鐵與鋰鈦") == "税类键脉韩,钢铁与锂钛"
    assert search_key("一\n二　三") == "一\n二 三"
    assert len(search_key("先鋒İ")) == 3


def test_no_simplified_character_is_itself_a_traditional_one() -> None:
    everything = "".join(map(chr, range(0x3400, 0xA000)))
    once = search_key(everything)
    assert search_key(once) == once
    assert sum(a != b for a, b in zip(everything, once, strict=True)) > 2500
