"""Shared passages and variants beside brute force, by hand, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError
from nqpf.numerics.edits import align
from nqpf.text.cleaning.characters import codes_of
from nqpf.text.copies.passages import shared_passages
from nqpf.text.copies.variants import variants

WORDS = st.text(alphabet="甲乙丙", max_size=16)


def brute(a: str, b: str, least: int) -> set[tuple[int, int, int]]:
    """Return the maximal common stretches of two strings."""
    found = set()
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j] and not (i and j and a[i - 1] == b[j - 1]):
                size = 0
                while i + size < len(a) and j + size < len(b) and a[i + size] == b[j + size]:
                    size += 1
                if size >= least:
                    found.add((i, j, size))
    return found


@given(WORDS, WORDS, st.integers(2, 5))
def test_passages_beside_brute_force(a: str, b: str, least: int) -> None:
    found = shared_passages({"id": ["a", "b"], "text": [a, b]}, least=least, common=1000).frame
    assert set(found.select("start_1", "start_2", "length").rows()) == brute(a, b, least)
    for row in found.iter_rows(named=True):
        assert a[row["start_1"] : row["end_1"]] == b[row["start_2"] : row["end_2"]] == row["text"]


def test_signs_and_blanks_do_not_part_a_passage() -> None:
    a, b = "前言。发展 新质生产力，必须深化改革。", "“发展新质生产力、必须深化改革”是关键"
    row = shared_passages({"id": ["a", "b"], "text": [a, b]}, least=8).frame.row(0, named=True)
    assert a[row["start_1"] : row["end_1"]] == "发展 新质生产力，必须深化改革"
    assert b[row["start_2"] : row["end_2"]] == "发展新质生产力、必须深化改革"
    assert row["length"] == 13


def test_passages_that_do_not_count_end_others() -> None:
    a, b = "一二三四五六七八九十", "一二三四五六七八九十"
    table = {"id": ["a", "b"], "text": [a, b]}
    assert shared_passages(table, least=4).frame["text"].to_list() == [a]
    spans = {"article": ["a"], "start": [4], "end": [6]}
    assert shared_passages(table, least=4, exclude=spans).frame["text"].to_list() == ["一二三四", "七八九十"]


def test_common_runs_are_left_aside_and_told() -> None:
    table = {"id": list("abcd"), "text": ["新质生产力", "新质生产力", "新质生产力", "科技创新啊"]}
    found = shared_passages(table, least=5, common=2)
    assert found.frame.is_empty()
    assert [(n.code, n.values["count"]) for n in found.notes] == [("text_common_runs", 1)]
    assert shared_passages(table, least=5, common=3).frame.height == 3


def test_passages_of_texts_that_are_too_short_or_empty() -> None:
    assert shared_passages({"id": ["a", "b"], "text": ["", "甲乙"]}, least=40).frame.is_empty()


def test_bad_spans() -> None:
    table = {"id": ["a"], "text": ["甲乙丙"]}
    with pytest.raises(DataError, match="row 1: A passage to leave out belongs to “b”"):
        shared_passages(table, exclude={"article": ["b"], "start": [0], "end": [1]})
    with pytest.raises(DataError, match="goes from 1 to 9, but the text has 3 characters"):
        shared_passages(table, exclude={"article": ["a"], "start": [1], "end": [9]})
    with pytest.raises(MethodError, match="least: It must be a whole number of 2 or more, not 1"):
        shared_passages(table, least=1)


def applied(a: str, b: str) -> str:
    """Return the first version with every difference carried out."""
    out, at = "", 0
    for row in variants(a, b).frame.iter_rows(named=True):
        assert b[row["start_2"] : row["end_2"]] == row["reading_2"]
        out += a[at : row["start_1"]] + row["reading_2"]
        at = row["end_1"]
    return out + a[at:]


@given(WORDS, WORDS)
def test_variants_turn_one_version_into_the_other(a: str, b: str) -> None:
    assert applied(a, b) == b


@given(WORDS, WORDS)
def test_fewest_edits_beside_the_textbook_table(a: str, b: str) -> None:
    table = np.zeros((len(a) + 1, len(b) + 1), int)
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i, j] = min(table[i - 1, j - 1] + (a[i - 1] != b[j - 1]), table[i - 1, j] + 1, table[i, j - 1] + 1)
    assert align(codes_of(a), codes_of(b)).cost == table[-1, -1]


def test_long_versions_are_anchored() -> None:
    rng = np.random.default_rng(0)
    a = "".join(map(chr, rng.integers(0x4E00, 0x9FA5, 30_000)))
    b = a[:500] + "改" + a[501:9000] + a[9010:20_000] + "新增的五个" + a[20_000:]
    found = variants(a, b)
    assert found.frame.select("op", "start_1", "end_1").rows() == [
        ("replace", 500, 501),
        ("delete", 9000, 9010),
        ("insert", 20_000, 20_000),
    ]
    assert found.notes == ()


def test_versions_without_anything_in_common_are_told() -> None:
    found = variants("甲" * 3000, "乙" * 3000)
    assert found.frame.select("op", "start_1", "end_1").rows() == [("replace", 0, 3000)]
    assert [n.code for n in found.notes] == ["text_variants_coarse"]


def test_signs_are_told_from_words_and_stretches_begin_after_a_sign() -> None:
    frame = variants("能力。传统，产业", "能力。增长的能力。传统、产业").frame
    assert frame.select("op", "reading_1", "reading_2", "punctuation").rows() == [
        ("insert", "", "增长的能力。", False),
        ("replace", "，", "、", True),
    ]
    assert variants("", "").frame.is_empty()
    assert variants("甲", "").frame["op"].to_list() == ["delete"]
