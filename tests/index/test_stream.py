"""The streamed index: the numbers of the functions in memory, whatever the blocks; faults named by file and row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, OutputError, SpecError
from nqpf.index import aggregate, entropy_weights, normalise, stream_passes
from nqpf.index.stream import StreamResult, stream_index

ROWS = 4_001
COLUMNS = [f"x{k}" for k in range(5)]
DIRECTION = {"x2": "cost"}


def table(rows: int = ROWS) -> pl.DataFrame:
    """Return ratios with zeros, negative values and unlike scales."""
    random = np.random.default_rng(5)
    x = random.gamma(1.0, 1.0, (len(COLUMNS), rows))
    x[1] *= random.random(rows) > 0.7
    x[3] -= 2
    x[4] *= 1e6
    years = random.integers(2015, 2020, rows)
    names = {"firm": [f"{i % 97:06}" for i in range(rows)], "year": years}
    return pl.DataFrame(names | dict(zip(COLUMNS, x, strict=True)))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_passes, "BLOCK", 512)


def streamed(folder: Path, frame: pl.DataFrame, **options: Any) -> tuple[StreamResult, np.ndarray]:
    frame.write_parquet(folder / "panel.parquet", row_group_size=700)
    words = {"direction": DIRECTION, "unit": "firm", "time": "year"} | options
    done = stream_index(folder / "panel.parquet", COLUMNS, out=folder / "scores.parquet", **words)
    return done, pl.read_parquet(done.out)["score"].to_numpy()


def in_memory(frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    scores = normalise(frame, COLUMNS, direction=DIRECTION).frame
    weights = entropy_weights(scores, COLUMNS).frame["weight"]
    return weights.to_numpy(), aggregate(scores, COLUMNS, weights=weights.to_list()).frame["score"].to_numpy()


def test_the_numbers_are_those_in_memory(tmp_path: Path) -> None:
    frame = table()
    done, scores = streamed(tmp_path, frame)
    weights, expected = in_memory(frame)
    np.testing.assert_allclose(done.frame["weight"], weights, atol=1e-12, rtol=0)
    np.testing.assert_allclose(scores, expected, atol=1e-12, rtol=0)
    assert done.rows == ROWS
    assert done.frame["weight"].sum() == pytest.approx(1, abs=1e-15)
    assert done.method.id == "stream.index"
    written = pl.read_parquet(done.out)
    assert written.columns == ["firm", "year", "score"]
    assert written.select("firm", "year").equals(frame.select("firm", "year"))


def test_each_year_alone_is_as_in_memory(tmp_path: Path) -> None:
    frame = table()
    done, scores = streamed(tmp_path, frame, scope="yearly")
    for year in range(2015, 2020):
        here = (frame["year"] == year).to_numpy()
        weights, expected = in_memory(frame.filter(year=year))
        np.testing.assert_allclose(done.frame.filter(year=year)["weight"], weights, atol=1e-12, rtol=0)
        np.testing.assert_allclose(scores[here], expected, atol=1e-12, rtol=0)
    assert [n.code for n in done.notes] == ["yearly_bounds", "yearly_weights"]


def test_blocks_threads_and_files_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = table()
    done, scores = streamed(tmp_path, frame, workers=1)
    again, same = streamed(tmp_path, frame, workers=4)
    assert again.frame.equals(done.frame)
    np.testing.assert_array_equal(same, scores)
    monkeypatch.setattr(stream_passes, "BLOCK", 1 << 18)
    np.testing.assert_allclose(streamed(tmp_path, frame)[1], scores, atol=1e-14, rtol=0)
    parts = tmp_path / "parts"
    parts.mkdir()
    for i, part in enumerate(frame.iter_slices(1500)):
        part.write_parquet(parts / f"{i}.parquet")
    words: dict[str, Any] = {"direction": DIRECTION, "unit": "firm", "time": "year", "out": tmp_path / "s.parquet"}
    split = stream_index(parts / "*.parquet", COLUMNS, **words)
    np.testing.assert_allclose(pl.read_parquet(split.out)["score"], scores, atol=1e-14, rtol=0)
    listed = stream_index([parts / f"{i}.parquet" for i in range(3)], COLUMNS, **words)
    assert listed.frame.equals(split.frame)


def test_bounds_are_in_the_indicators_own_direction(tmp_path: Path) -> None:
    frame = table()
    done, _ = streamed(tmp_path, frame, weights="equal")
    row = done.frame.filter(indicator="x2").row(0, named=True)
    assert (row["low"], row["high"]) == (frame["x2"].max(), frame["x2"].min())
    assert (row["entropy"], row["weight"], row["count"]) == (None, 0.2, ROWS)


def test_given_weights_and_scores_as_they_are(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [0.0, 0.5, 1.0], "b": [1.0, 0.2, 0.0]})
    frame.write_parquet(tmp_path / "p.parquet")
    weights = {"a": 0.25, "b": 0.75}
    words: dict[str, Any] = {"normalise": "none", "out": tmp_path / "s.parquet"}
    done = stream_index(tmp_path / "p.parquet", ["a", "b"], weights=weights, **words)
    assert pl.read_parquet(done.out)["score"].to_list() == pytest.approx([0.75, 0.275, 0.25])
    entropy = stream_index(tmp_path / "p.parquet", ["a", "b"], **words)
    expected = entropy_weights(frame, ["a", "b"]).frame["weight"]
    np.testing.assert_allclose(entropy.frame["weight"], expected, atol=1e-14)


def test_missing_cells_need_a_rule(tmp_path: Path) -> None:
    frame = table().with_columns(x1=pl.when(pl.int_range(pl.len()) == 1000).then(None).otherwise("x1"))
    with pytest.raises(MethodError) as caught:
        streamed(tmp_path, frame)
    assert str(caught.value).startswith("file panel.parquet, row 1001, unit 000030, indicator x1, year 20")
    assert "The cell is missing. Supply it" in str(caught.value)
    assert not (tmp_path / "scores.parquet").exists()
    nan = frame.with_columns(pl.col("x1").fill_null(float("nan")))
    with pytest.raises(MethodError, match="row 1001"):
        streamed(tmp_path, nan)


def test_what_is_missing_is_shared_out_among_what_is_present(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [0.0, 1.0, 0.5, None], "b": [0.0, 1.0, None, None]})
    frame.write_parquet(tmp_path / "p.parquet")
    words: dict[str, Any] = {"weights": {"a": 0.6, "b": 0.4}, "out": tmp_path / "s.parquet"}
    some = stream_index(tmp_path / "p.parquet", ["a", "b"], availability=0.6, **words)
    assert pl.read_parquet(some.out)["score"].to_list() == [0.0, 1.0, 0.5, None]
    whole = stream_index(tmp_path / "p.parquet", ["a", "b"], availability=0.61, **words)
    assert pl.read_parquet(whole.out)["score"].to_list() == [0.0, 1.0, None, None]
    assert some.frame["count"].to_list() == [3, 2]


def test_entropy_with_holes_is_as_in_memory(tmp_path: Path) -> None:
    hole = pl.int_range(pl.len()) % 7 == 0
    frame = table().with_columns(x1=pl.when(hole).then(None).otherwise("x1"))
    done, scores = streamed(tmp_path, frame, availability=0.1)
    scored = normalise(frame, COLUMNS, direction=DIRECTION).frame
    weights = entropy_weights(scored, COLUMNS).frame["weight"].to_numpy()
    np.testing.assert_allclose(done.frame["weight"], weights, atol=1e-12, rtol=0)
    s = scored.select(COLUMNS).to_numpy().astype(float)
    present = ~np.isnan(s)
    expected = (np.nan_to_num(s) * weights).sum(axis=1) / (present * weights).sum(axis=1)
    np.testing.assert_allclose(scores, expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize(
    ("column", "value", "code", "said"),
    [
        ("x0", float("inf"), "stream_infinite", "row 8, unit 000007, indicator x0, year 20"),
        ("year", None, "not_a_year", "row 8, unit 000007"),
    ],
)
def test_cells_that_cannot_be_are_named(tmp_path: Path, column: str, value: Any, code: str, said: str) -> None:
    frame = table().with_columns(
        pl.when(pl.int_range(pl.len()) == 7).then(pl.lit(value)).otherwise(column).alias(column)
    )
    with pytest.raises(DataError) as caught:
        streamed(tmp_path, frame, scope="yearly")
    assert caught.value.code == code
    assert said in str(caught.value)


def test_what_entropy_cannot_take_is_named(tmp_path: Path) -> None:
    with pytest.raises(MethodError) as caught:
        streamed(tmp_path, table(), normalise="none", direction="benefit")
    first = table()["x3"].lt(0).arg_true()[0] + 1
    assert caught.value.code == "stream_negative"
    assert f"row {first}, unit" in str(caught.value)
    with pytest.raises(MethodError, match="indicator x1: All rows have the same value \\(3\\)"):
        streamed(tmp_path, table().with_columns(x1=3.0))
    constant = pl.when(pl.col("year") == 2016).then(3.0).otherwise("x1")
    with pytest.raises(MethodError, match="indicator x1, year 2016: All rows have the same value"):
        streamed(tmp_path, table().with_columns(x1=constant), scope="yearly")
    with pytest.raises(MethodError, match="indicator x1: There is not a single value"):
        streamed(tmp_path, table().with_columns(x1=pl.lit(None, pl.Float64)), availability=0.1)
    flat = pl.DataFrame({"a": [0.5, 0.5], "b": [0.2, 0.2]})
    flat.write_parquet(tmp_path / "flat.parquet")
    with pytest.raises(MethodError, match="No indicator varies"):
        stream_index(tmp_path / "flat.parquet", ["a", "b"], normalise="none", out=tmp_path / "s.parquet")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"columns": ["x0", "x9"]}, DataError, "no column “x9”"),
        ({"columns": ["firm"]}, DataError, "holds String, not numbers"),
        ({"source": "absent.parquet"}, DataError, "no such file"),
        ({"source": "no*.parquet"}, DataError, "no such file"),
        ({"direction": {"x9": "cost"}}, DataError, "no column “x9”"),
        ({"direction": "up"}, SpecError, "up"),
        ({"scope": "yearly"}, SpecError, "needs to know which column holds the year"),
        ({"scope": "yearly", "time": "firm"}, DataError, "whole numbers are expected"),
        ({"normalise": "zscore"}, SpecError, "zscore"),
        ({"normalise": "none", "direction": {"x2": "cost"}}, SpecError, "cost cannot be applied"),
        ({"availability": 1.5}, SpecError, "it lies between 0 and 1"),
        ({"weights": "critic"}, SpecError, "critic"),
        ({"weights": {"x0": 0.5, "x1": 0.2}, "columns": ["x0", "x1"]}, MethodError, "The weights sum to 0.7"),
        ({"out": "panel.parquet"}, OutputError, "one of the files that are being read"),
        ({"out": "nowhere/s.parquet"}, OutputError, "no such folder"),
    ],
)
def test_wrong_words_are_refused_before_any_work(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    table(50).write_parquet(tmp_path / "panel.parquet")
    words = {"source": "panel.parquet", "columns": COLUMNS, "out": "s.parquet"} | options
    words |= {key: tmp_path / str(words[key]) for key in ("source", "out")}
    with pytest.raises(error, match=said):
        stream_index(**words)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["panel.parquet"]


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_text("firm,x\n", encoding="utf-8")
    with pytest.raises(DataError, match="not a Parquet file that can be read"):
        stream_index(tmp_path / "p.parquet", ["x"], out=tmp_path / "s.parquet")


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    table().head(0).write_parquet(tmp_path / "p.parquet")
    with pytest.raises(DataError, match="no rows"):
        stream_index(tmp_path / "p.parquet", COLUMNS, out=tmp_path / "s.parquet")
