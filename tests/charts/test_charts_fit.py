"""Text that fits: nothing is lost, nothing is too wide, marks stay where they belong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.charts.fit import LEAST, fit, text_width, wrap

MEASURE = "加强标准引领和质量支撑，打造更多有国际影响力的“中国制造”品牌"
ENGLISH = "Help small and medium-sized firms become specialised, refined, distinctive and innovative"


@given(st.text(alphabet="新质生产力，。“”（）、ab cd-GDP ", min_size=1), st.floats(30, 300))
def test_wrap_loses_nothing_but_spaces(text: str, width: float) -> None:
    assert "".join(wrap(text, 12, width)).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="新质生产力", min_size=1, max_size=60), st.floats(20, 300))
def test_lines_are_no_wider_than_asked(text: str, width: float) -> None:
    lines = wrap(text, 12, width)
    assert all(text_width(line, 12) <= max(width, 12) for line in lines)
    assert len(lines) <= len(text)


@pytest.mark.parametrize("width", range(30, 200, 7))
def test_no_line_begins_or_ends_with_the_wrong_mark(width: int) -> None:
    lines = wrap(MEASURE, 11, width)
    assert not any(line[0] in "，”、。" for line in lines)
    assert not any(line[-1] in "“（" for line in lines)


def test_latin_words_stay_whole() -> None:
    assert " ".join(wrap(ENGLISH, 11, 90)) == ENGLISH
    assert wrap("extraordinarily", 12, 20) == ["extraordinarily"]


def test_lines_are_of_even_length() -> None:
    assert wrap("深化经济体制改革", 10, 70) == ["深化经济", "体制改革"]


def test_fit_takes_the_largest_size_that_holds() -> None:
    free = fit(ENGLISH, 1000, 100, 13)
    assert (free.size, len(free.lines)) == (13, 1)
    tight = fit(ENGLISH, 150, 60, 13)
    assert LEAST <= tight.size < 13
    assert tight.height <= 60
    assert all(text_width(line, tight.size) <= 150 for line in tight.lines)


def test_fit_stops_at_the_smallest_legible_size() -> None:
    assert fit(ENGLISH, 40, 10, 13).size == LEAST
