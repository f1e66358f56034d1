"""Columns on paper: the table fits its page, numbers stay whole, pages turn only where that helps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nqpf.report.word.widths import MOST_WORDS, PADDING, SIZES, SIZES_ACROSS, Column, ems, fit, numbers, words

UPRIGHT, ACROSS = 8844, 13958

asked = st.lists(
    st.tuples(st.floats(1, 20), st.floats(0, 200)).map(lambda pair: Column(pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=30,
)


@given(asked)
def test_a_table_fills_the_line_and_tears_nothing_apart_while_there_is_room(columns: list[Column]) -> None:
    found = fit(columns, UPRIGHT, ACROSS)
    line = ACROSS if found.across else UPRIGHT
    assert abs(sum(found.widths) - line) <= len(columns)
    needed = [round(column.least * found.size * 20) + PADDING for column in columns]
    if sum(needed) <= line:
        assert all(width >= need - 1 for width, need in zip(found.widths, needed, strict=True))
    else:
        assert (found.size, found.across) == (SIZES_ACROSS[-1], True)


def test_letters_shrink_before_the_page_turns() -> None:
    def columns(count: int) -> list[Column]:
        return [Column(4, 4)] * count

    assert [(fit(columns(n), UPRIGHT, ACROSS).size, fit(columns(n), UPRIGHT, ACROSS).across) for n in (5, 11, 15)] == [
        (SIZES[0], False),
        (SIZES[1], False),
        (SIZES_ACROSS[0], True),
    ]


def test_a_long_table_of_tall_rows_turns_the_page_and_a_short_one_does_not() -> None:
    columns = [Column(3, 3)] * 8 + [Column(10, 60)]
    tall = [[3.0] * 8 + [60.0]]
    assert fit(columns, UPRIGHT, ACROSS, tall * 40).across
    assert not fit(columns, UPRIGHT, ACROSS, tall * 5).across
    assert not fit(columns, UPRIGHT, ACROSS, [[3.0] * 9] * 40).across


def test_long_words_share_lines_evenly() -> None:
    found = fit([Column(5, 20), Column(5, 80)], UPRIGHT, ACROSS)
    lines = [ems / ((width - PADDING) / 180) for ems, width in zip((20, 80), found.widths, strict=True)]
    assert abs(lines[0] - lines[1]) < 0.2


def test_a_column_of_numbers_asks_for_its_longest_number() -> None:
    column = numbers("得分", ["0.1", "1,234,567.890"])
    assert column.least == ems("1,234,567.890")
    assert numbers("Productivity", ["1"]).least > ems("Productivity")


def test_a_column_of_words_asks_for_more_the_longer_they_are_up_to_a_limit() -> None:
    short, long, endless = (words("名称", ["字" * n]).least for n in (3, 30, 3000))
    assert short <= long <= endless == MOST_WORDS
    assert words("a", ["x" * 500]).least == MOST_WORDS


def test_han_characters_are_an_em_wide_and_lines_are_measured_apart() -> None:
    assert ems("生产力") == 3
    assert ems("生产力\n力") == 3
    assert ems("") == 0
    assert ems("ill") < ems("mmm")
