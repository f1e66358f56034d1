"""Spatial weights from pairs, files and libpysal: by name, and with a fault named where names do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from nqpf.errors import DataError, SpecError
from nqpf.regions.space.weights import Weights

BORDERS = pl.DataFrame({"one": ["a", "b"], "two": ["b", "c"], "km": [2.0, 5.0]})


def test_pairs_count_both_ways() -> None:
    w = Weights.from_pairs(BORDERS, "one", "two", "km")
    assert w.labels == ("a", "b", "c")
    np.testing.assert_array_equal(w.dense(), [[0, 2, 0], [2, 0, 5], [0, 5, 0]])
    one_way = Weights.from_pairs(BORDERS, "one", "two", both_ways=False)
    np.testing.assert_array_equal(one_way.dense(), [[0, 1, 0], [0, 0, 1], [0, 0, 0]])


def test_pairs_given_both_ways_are_not_doubled() -> None:
    both = pl.concat([BORDERS, BORDERS.select(one="two", two="one", km="km")])
    np.testing.assert_array_equal(
        Weights.from_pairs(both, "one", "two", "km").dense(), Weights.from_pairs(BORDERS, "one", "two", "km").dense()
    )
    with pytest.raises(DataError, match=r"unit (a|b): The weights between this unit and “(a|b)” differ by direction"):
        Weights.from_pairs(both.with_columns(km=pl.Series([2.0, 5.0, 3.0, 5.0])), "one", "two", "km")


def test_units_without_a_pair_are_islands() -> None:
    w = Weights.from_pairs(BORDERS, "one", "two", units=["c", "d", "a", "b"])
    assert (w.labels, w.islands) == (("c", "d", "a", "b"), ("d",))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"one": ["a", "a"], "two": ["b", "b"], "km": [1, 2]}, "unit a: The pair with “b” is there twice"),
        ({"one": ["a", None], "two": ["b", "b"], "km": [1, 2]}, "row 2, indicator one: This row does not say"),
        ({"one": ["a"], "two": ["b"], "km": ["far"]}, "row 1, indicator km"),
        ({"one": ["a"], "two": ["e"], "km": [1]}, r"unit e: This name is not among the units"),
        ({"one": ["a"], "three": ["b"]}, "no column “two”"),
    ],
)
def test_pairs_that_cannot_be(table: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Weights.from_pairs(table, "one", "two", "km", units=["a", "b"])


def written(folder: Path, text: str) -> Path:
    file = folder / "w.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_with_names_is_read_by_name(tmp_path: Path) -> None:
    w = Weights.from_table(written(tmp_path, ",b,a,c\na,1,0,0\nb,0,1,3\nc,2,0,0\n"))
    assert w.labels == ("a", "b", "c")
    np.testing.assert_array_equal(w.dense(), [[0, 1, 0], [1, 0, 3], [0, 2, 0]])
    assert Weights.from_table(written(tmp_path, "u,110000,120000\n110000,0,1\n120000,1,0\n")).labels == (
        "110000",
        "120000",
    )


def test_wanted_units_of_a_file_with_names(tmp_path: Path) -> None:
    w = Weights.from_table(written(tmp_path, ",a,b,c\na,0,1,0\nb,1,0,3\nc,0,2,0\n"), ["c", "b"])
    np.testing.assert_array_equal(w.dense(), [[0, 2], [3, 0]])


def test_a_workbook_and_a_dataframe(tmp_path: Path) -> None:
    frame = pl.DataFrame({"unit": ["a", "b"], "a": [0.0, 2.0], "b": [1.0, 0.0]})
    frame.write_excel(tmp_path / "w.xlsx", worksheet="W")
    for source in (frame, tmp_path / "w.xlsx"):
        np.testing.assert_array_equal(Weights.from_table(source).dense(), [[0, 1], [2, 0]])


@pytest.mark.parametrize("head", ["V1,V2,V3\n", "0,1,2\n", ""])
def test_a_file_without_names_asks_for_them(tmp_path: Path, head: str) -> None:
    file = written(tmp_path, head + "0,1,0\n0.5,0,0.5\n0,1,0\n")
    with pytest.raises(DataError, match=r"no names of rows.*Give the 3 names in the order of the rows by units="):
        Weights.from_table(file)
    w = Weights.from_table(file, ["x", "y", "z"])
    assert w.labels == ("x", "y", "z")
    assert w.standard == "row"
    assert w.dense()[1, 2] == 0.5
    with pytest.raises(DataError, match="3 × 3, but there are 2 units"):
        Weights.from_table(file, ["x", "y"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (",a,b\na,0,1\nc,1,0\n", "named differently: rows c; columns a, b"),
        (",a,b\na,0,one\nb,1,0\n", "unit a: The weight of “b” is no number: one"),
        ("V1,V2,V3\n0,1,0\n", "1 × 3"),
    ],
)
def test_files_that_cannot_be(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Weights.from_table(written(tmp_path, text))


class Theirs:
    """What libpysal's W shows of itself."""

    def __init__(self, ids: list[Any], matrix: Any) -> None:
        self.id_order, self.sparse = ids, sparse.csr_matrix(matrix)


def test_objects_with_ids_and_a_sparse_matrix_are_taken_by_id() -> None:
    w = Weights.from_libpysal(Theirs([7, 3], [[0, 1], [2, 0]]))
    assert w.labels == ("7", "3")
    np.testing.assert_array_equal(w.dense(), [[0, 1], [2, 0]])
    with pytest.raises(SpecError, match="list is neither libpysal's W nor its Graph"):
        Weights.from_libpysal([[0, 1], [1, 0]])


@pytest.mark.parametrize("kind", ["W", "Graph"])
def test_there_and_back(kind: Any) -> None:
    pytest.importorskip("libpysal")
    w = Weights.from_pairs(BORDERS, "one", "two", "km", units=["c", "a", "b"]).standardised("row")
    back = Weights.from_libpysal(w.to_libpysal(kind)).aligned(w.labels)
    np.testing.assert_array_equal(back.dense(), w.dense())


def test_a_kind_that_libpysal_has_not() -> None:
    with pytest.raises(SpecError, match="“Matrix”"):
        Weights.from_pairs(BORDERS, "one", "two").to_libpysal("Matrix")  # type: ignore[arg-type]


def test_without_libpysal_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "libpysal", None)
    with pytest.raises(SpecError, match=r'pip install "nqpf\[spatial\]"'):
        Weights.from_pairs(BORDERS, "one", "two").to_libpysal()
