"""How a table fits the page: every column is there, inside the margins, and numbers are whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.report.table_layout import GAP, SIDEWAYS, UPRIGHT, breakable, fit, height, measure, width

KINDS = ("text", "number", "bar")
LETTERS = st.text("得分abcMW 01,.-/_", max_size=40)


@given(st.lists(st.tuples(LETTERS, st.lists(LETTERS, min_size=3, max_size=3), st.sampled_from(KINDS)), min_size=1))
def test_parts_hold_every_column_within_the_margins(columns: list[tuple[str, list[str], str]]) -> None:
    heads, cells, kinds = (list(part) for part in zip(*columns, strict=True))
    cells = [
        [breakable(cell) if kind == "text" else cell for cell in column]
        for column, kind in zip(cells, kinds, strict=True)
    ]
    parts = fit(heads, cells, kinds)
    assert [i for part in parts for i in part.columns if i > 0] == list(range(1, len(columns)))
    assert all(part.columns[0] == 0 for part in parts)
    for part in parts:
        assert sum(part.widths) <= (SIDEWAYS if part.sideways else UPRIGHT) + 0.1
        assert height(part, cells) > 0


def test_numbers_are_never_broken() -> None:
    numbers = ["1,234,567.890", "-0.001"]
    for part in fit(["值"] * 14, [numbers] * 14, ["number"] * 14):
        assert all(points / part.size >= width(numbers[0]) for points in part.widths)


def test_letters_shrink_before_the_page_turns_and_the_page_turns_before_the_table_is_cut() -> None:
    def settings(count: int) -> list[tuple[float, bool]]:
        return [(p.size, p.sideways) for p in fit(["2022"] * count, [["12345.678"]] * count, ["number"] * count)]

    assert settings(5) == [(9.0, False)]
    assert settings(11) == [(8.0, False)]
    assert settings(13) == [(7.0, False)]
    assert settings(15) == [(9.0, True)]
    assert settings(21) == [(6.0, True)]
    assert len(settings(60)) == 3


def test_long_texts_get_the_room_that_is_left() -> None:
    (part,) = fit(["编号", "说明", "名称"], [["A01"], ["长" * 90], ["短" * 12]], ["text"] * 3)
    assert part.widths[1] > 2 * part.widths[2] > 2 * part.widths[0]
    assert sum(part.widths) == pytest.approx(UPRIGHT, abs=0.1)


def test_a_bar_and_a_short_heading_have_room() -> None:
    assert measure("a", ["1"], "bar").least > measure("a", ["1"], "number").least
    assert measure("最差名", ["1"], "integer").least == width("最差名", bold=True) + GAP


def test_only_long_words_are_broken() -> None:
    plain = "a short sentence, 短句 and internationalisation"
    assert breakable(plain) == plain
    long = "https://example.org/a/very/long/address?with=values " + "x" * 80
    broken = breakable(long)
    assert broken.replace("\u200b", "") == long
    assert max(width(piece) for piece in broken.replace(" ", "\u200b").split("\u200b")) < 10
