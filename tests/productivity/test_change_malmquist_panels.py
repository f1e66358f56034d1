"""What panels really look like: gaps, missing cells, years nobody has, programs without a solution; and the tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nqpf.messages import speak
from nqpf.productivity.change.malmquist import malmquist

KEYS: Any = {"unit": "firm", "time": "year"}


def panel(units: int = 12, years: int = 4, seed: int = 8) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    rows = units * years
    keys: dict[str, Any] = {
        "firm": [f"f{i:02d}" for _ in range(years) for i in range(units)],
        "year": np.repeat(np.arange(years) + 2001, units),
    }
    return pl.DataFrame(keys | {c: draw.lognormal(0, 0.3, rows) for c in ("x", "z", "y")})


DATA = panel()


def firms(rows: list[tuple[str, int, float, float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["firm", "year", "x", "y"], orient="row")


def test_a_case_by_hand() -> None:
    """One input, one output: constant returns compare y / x with the best of the year."""
    data = firms([("a", 1, 1, 2), ("b", 1, 2, 2), ("a", 2, 1, 3), ("b", 2, 2, 5)])
    found = malmquist(data, ["x"], ["y"], **KEYS)
    assert found.frame.columns == ["firm", "from", "to", "index", "ec", "tc", "status", "failed"]
    a, b = found.frame.sort("firm").rows(named=True)
    assert [a[k] for k in ("index", "ec", "tc")] == pytest.approx([1.5, 1.0, 1.5], abs=1e-12)
    assert [b[k] for k in ("index", "ec", "tc")] == pytest.approx([2.5, (2.5 / 3) / (1 / 2), 1.5], abs=1e-12)
    assert (a["from"], a["to"], a["status"], a["failed"]) == (1, 2, "defined", None)
    # Under variable returns a is the smallest and b the largest of each year: nobody is behind.
    scale = malmquist(data, ["x"], ["y"], **KEYS, decomposition="fgnz").frame.sort("firm").row(1, named=True)
    assert [scale[k] for k in ("pech", "sech", "tc")] == pytest.approx([1.0, 5 / 3, 1.5], abs=1e-12)


def test_distances_say_what_was_seen_before_what() -> None:
    data = firms([("a", 1, 1, 2), ("b", 1, 2, 2), ("a", 2, 1, 3), ("b", 2, 2, 5)])
    found = malmquist(data, ["x"], ["y"], **KEYS).distances
    assert found.height == 8  # own and other year's frontier, of two firms in two years: each once
    b = found.filter(pl.col("firm") == "b").select("frontier_from", "frontier_to", "inputs_of", "outputs_of", "score")
    values = {row[:4]: row[4] for row in b.rows()}
    assert values == pytest.approx(
        {(1, 1, 1, 1): 2.0, (1, 1, 2, 2): 0.8, (2, 2, 1, 1): 3.0, (2, 2, 2, 2): 1.2}, abs=1e-12
    )
    assert found["status"].unique().to_list() == ["optimal"]
    assert found["gap"].max() < 1e-9  # type: ignore[operator]


def test_a_unit_that_is_not_there_in_a_year_has_no_pair_but_spans_the_frontiers_it_is_there_for() -> None:
    gone = (pl.col("firm") == "f03") & (pl.col("year") == 2002)
    found = malmquist(DATA.filter(~gone), ["x", "z"], ["y"], **KEYS)
    assert found.frame.height == 12 * 3
    lost = found.frame.filter(pl.col("status") == "no_pair")
    assert lost.select("firm", "from", "to").rows() == [("f03", 2001, 2002), ("f03", 2002, 2003)]
    assert lost["index"].null_count() == lost["ec"].null_count() == 2
    note = next(n for n in found.notes if n.code == "change_unbalanced")
    assert note.values == {"absent": 2, "of": 36}
    # What is there is what the two years alone give, with the rows that each of them has.
    whole = malmquist(DATA, ["x", "z"], ["y"], **KEYS)
    key = ["firm", "from"]
    late = [f.frame.filter(pl.col("from") == 2003).sort(key)["index"].to_numpy() for f in (found, whole)]
    np.testing.assert_allclose(late[0], late[1], rtol=0, atol=1e-12)
    only = DATA.filter(~gone, pl.col("year") <= 2002)
    early = malmquist(only, ["x", "z"], ["y"], **KEYS).frame.filter(pl.col("status") == "defined").sort(key)
    same = found.frame.filter(pl.col("from") == 2001, pl.col("status") == "defined").sort(key)
    assert same["index"].to_list() == pytest.approx(early["index"].to_list(), abs=1e-12)


def test_chains_begin_again_after_a_gap_and_say_so() -> None:
    gone = (pl.col("firm") == "f03") & (pl.col("year") == 2002)
    found = malmquist(DATA.filter(~gone), ["x", "z"], ["y"], **KEYS)
    chain = found.cumulative.filter(pl.col("firm") == "f03")
    assert chain.select("year", "base", "status").rows() == [
        (2001, 2001, "first"),
        (2003, 2003, "again"),
        (2004, 2003, "chained"),
    ]
    assert chain["index"].to_list()[:2] == [1.0, 1.0]
    other = found.cumulative.filter(pl.col("firm") == "f04")
    links = found.frame.filter(pl.col("firm") == "f04").sort("from")
    for column in ("index", "ec", "tc"):
        np.testing.assert_allclose(other[column], [1.0, *np.cumprod(links[column].to_numpy())], rtol=1e-12)
    note = next(n for n in found.notes if n.code == "change_again")
    assert note.values["count"] == 1
    assert "f03" in str(note)


def test_missing_cells_stop_or_leave_the_row_out() -> None:
    holed = DATA.with_columns(y=pl.when(pl.col("firm") == "f05", pl.col("year") == 2003).then(None).otherwise("y"))
    with pytest.raises(Exception, match="There is no number") as error:
        malmquist(holed, ["x", "z"], ["y"], **KEYS)
    assert "f05" in str(error.value)
    skipped = malmquist(holed, ["x", "z"], ["y"], **KEYS, missing="skip")
    without = malmquist(holed.drop_nulls(), ["x", "z"], ["y"], **KEYS)
    assert skipped.frame.sort("firm", "from").equals(without.frame.sort("firm", "from"))
    note = next(n for n in skipped.notes if n.code == "frontier_missing")
    assert "f05 2003" in str(note)
    assert skipped.method.options["missing"] == "skip"


def test_years_that_nobody_has_are_named() -> None:
    found = malmquist(DATA.filter(pl.col("year") != 2003), ["x", "z"], ["y"], **KEYS)
    assert found.frame.select("from", "to").unique().sort("from").rows() == [(2001, 2002), (2002, 2004)]
    note = next(n for n in found.notes if n.code == "change_years_skipped")
    assert "2003" in str(note)


def test_a_program_without_a_solution_is_a_status_and_counted() -> None:
    """In year 2 a is smaller than anybody in year 1: variable returns have no mixture as small."""
    data = firms([("a", 1, 2, 2), ("b", 1, 4, 5), ("a", 2, 1, 2), ("b", 2, 4, 6)])
    found = malmquist(data, ["x"], ["y"], **KEYS, rts="vrs")
    a, b = found.frame.sort("firm").rows(named=True)
    assert (a["index"], a["tc"], a["status"], a["failed"]) == (None, None, "infeasible", "vrs 1(2, 2)")
    assert a["ec"] == 1.0  # own years only
    assert (b["status"], b["index"]) == ("defined", pytest.approx(1.2))
    note = next(n for n in found.notes if n.code == "change_failed")
    assert {**note.values, "status": str(note.values["status"])} == {
        "programs": 8,
        "failed": 1,
        "status": "infeasible 1",
        "pairs": 1,
        "of": 2,
    }
    assert found.distances["status"].value_counts().sort("count").rows() == [("infeasible", 1), ("optimal", 7)]
    assert found.distances["score"].null_count() == 1
    means = found.means.filter(pl.col("over") == "all").row(0, named=True)
    assert (means["pairs"], means["used"], means["index"]) == (2, 1, pytest.approx(1.2))
    everywhere = malmquist(data, ["x"], ["y"], **KEYS, rts="vrs", reference="biennial").frame
    assert everywhere["status"].to_list() == ["defined", "defined"]


def test_means_are_geometric_for_an_index_and_arithmetic_for_an_indicator() -> None:
    for index, mean in (("malmquist", lambda v: np.exp(np.log(v).mean())), ("luenberger", np.mean)):
        kind: Any = index
        found = malmquist(DATA, ["x", "z"], ["y"], **KEYS, index=kind, reference="global")
        assert found.means.filter(pl.col("over") == "unit").height == 12
        for column in ("index", "ec", "tc"):
            year = found.frame.filter(pl.col("from") == 2002)[column].to_numpy()
            shown = found.means.filter(pl.col("over") == "years", pl.col("from") == 2002)[column][0]
            assert shown == pytest.approx(mean(year), abs=1e-12)
            unit = found.frame.filter(pl.col("firm") == "f07")[column].to_numpy()
            assert found.means.filter(pl.col("firm") == "f07")[column][0] == pytest.approx(mean(unit), abs=1e-12)


def test_windows_have_no_frontier_before_they_are_full() -> None:
    found = malmquist(DATA, ["x", "z"], ["y"], **KEYS, reference="window", width=3).frame
    assert set(found.filter(pl.col("from") < 2003)["status"]) == {"no_reference"}
    assert set(found.filter(pl.col("from") == 2003)["status"]) == {"defined"}
    first = found.filter(pl.col("from") == 2001)["failed"][0]
    assert first == "crs –(2002, 2002); crs –(2001, 2001)"
    narrow = malmquist(DATA, ["x", "z"], ["y"], **KEYS, reference="window", width=1).frame
    assert narrow.equals(malmquist(DATA, ["x", "z"], ["y"], **KEYS).frame)


def test_sequential_frontiers_never_fall_back() -> None:
    found = malmquist(DATA, ["x", "z"], ["y"], **KEYS, reference="sequential").frame
    assert found["tc"].min() >= 1 - 1e-12  # type: ignore[operator]
    assert malmquist(DATA, ["x", "z"], ["y"], **KEYS).frame["tc"].min() < 1  # type: ignore[operator]


def test_small_frontiers_are_remarked_on() -> None:
    found = malmquist(DATA.filter(pl.col("firm") < "f04"), ["x", "z"], ["y"], **KEYS)
    note = next(n for n in found.notes if n.code == "frontier_few_units")
    assert (note.values["count"], note.values["least"], note.values["frontiers"]) == (4, 9, 4)
    assert "frontier_few_units" not in {n.code for n in malmquist(DATA, ["x", "z"], ["y"], **KEYS).notes}


def test_how_to_read_it_is_said_in_both_languages() -> None:
    ratio = malmquist(DATA, ["x", "z"], ["y"], **KEYS).notes[0]
    difference = malmquist(DATA, ["x", "z"], ["y"], **KEYS, index="luenberger").notes[0]
    assert str(ratio).startswith("Index and components above 1 are progress")
    assert "above 0 is progress" in str(difference)
    with speak("zh"):
        assert "大于 1 表示进步" in str(ratio)
        assert "大于 0 表示进步" in str(difference)


def test_results_come_back_as_the_dataframe_that_was_given() -> None:
    found = malmquist(DATA.to_pandas(), ["x", "z"], ["y"], **KEYS)
    assert isinstance(found.to_frame(), pd.DataFrame)
    numbered = DATA.with_columns(firm=pl.col("firm").str.slice(1).cast(pl.Int32))
    assert malmquist(numbered, ["x", "z"], ["y"], **KEYS).frame.schema["firm"] == pl.Int32


def test_the_method_states_every_choice_that_counts() -> None:
    found = malmquist(DATA, ["x"], ["y"], ["z"], **KEYS, index="luenberger", orientation="both", reference="window")
    assert found.method.id == "change.luenberger"
    assert found.method.options == {
        "index": "luenberger",
        "measure": "radial",
        "reference": "window",
        "width": 3,
        "rts": "crs",
        "direction": "observed",
        "decomposition": "ec_tc",
        "disposability": "weak",
        "infeasible": "status",
        "missing": "error",
    }
    options = malmquist(DATA, ["x"], ["y"], **KEYS, decomposition="fgnz").method.options
    assert (options["rts"], options["orientation"]) == ("vrs", "output")
    assert not {"direction", "disposability", "width"} & set(options)
