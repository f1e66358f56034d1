"""Three ways of upgrading and the digital economy: by hand, verdicts, what is absent, bad input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry import IOTable, digital_economy, upgrading_ways
from nqpf.industry.input_output.import_content import import_content
from nqpf.industry.structure.upgrading_ways import UpgradingWays

YEARS = 10
T = np.arange(YEARS)


def panel() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "i": ["steel"] * YEARS + ["food"] * YEARS,
            "t": [*range(2010, 2010 + YEARS)] * 2,
            "margin": [*(0.01 * T), *(0.2 - 0.01 * T)],
            "rd": [*(1 + 0.1 * T), *(3.0 + 0 * T)],
            "robots": [*(10.0 * T), *(5.0 * T)],
            "energy": [*(10.0 - 0.5 * T), *(2.0 + 0.1 * T)],
        }
    )


def made(data: Any = None, **more: Any) -> UpgradingWays:
    words: dict[str, Any] = {"higher_end": ["margin", "rd"], "smarter": ["robots"], "greener": ["energy"]}
    words |= {"costs": ["energy"], "industry": "i", "time": "t"}
    return upgrading_ways(panel() if data is None else data, **{**words, **more})


def test_scores_trends_and_verdicts_by_hand() -> None:
    found = made()
    rows = {(r["industry"], r["way"]): r for r in found.frame.to_dicts()}
    steel = rows["steel", "higher_end"]
    assert steel["start"] == pytest.approx((0 / 0.2 + 0 / 2) / 2)
    assert steel["end"] == pytest.approx((0.09 / 0.2 + 0.9 / 2) / 2)
    assert steel["trend"] == pytest.approx((0.01 / 0.2 + 0.1 / 2) / 2)
    assert rows["food", "greener"]["start"] == pytest.approx(1.0)
    assert {key: r["verdict"] for key, r in rows.items()} == {
        ("steel", "higher_end"): "rising", ("steel", "smarter"): "rising", ("steel", "greener"): "rising",
        ("food", "higher_end"): "falling", ("food", "smarter"): "rising", ("food", "greener"): "falling",
    }  # fmt: skip
    last = found.scores.filter(industry="steel", period=2019).row(0, named=True)
    assert last["together"] == pytest.approx((last["higher_end"] + last["smarter"] + last["greener"]) / 3)
    assert found.summary.filter(way="greener").row(0)[1:] == (1, 2, 1, 1, 0, 0)


def test_only_industries_asked_about_on_the_scale_of_all() -> None:
    one, both = made(of=["steel"]), made()
    assert one.frame.equals(both.frame.filter(industry="steel"))
    turned = made(panel().reverse(), of=["steel"])
    assert turned.frame.equals(one.frame)


def test_what_is_absent_or_short() -> None:
    found = made(smarter=())
    assert found.frame.filter(way="smarter")["verdict"].to_list() == ["not_measured"] * 2
    assert found.scores["together"].null_count() == found.scores.height
    short = made(panel().filter(pl.col("t") < 2015))
    assert set(short.frame["verdict"]) == {"not_assessed"}
    assert short.notes[0].values == {"count": 6, "total": 6, "least": 8}
    hole = made(panel().with_columns(rd=pl.when(pl.col("t") == 2012).then(None).otherwise("rd")))
    assert hole.frame.filter(way="higher_end")["years"].to_list() == [YEARS - 1] * 2


def test_bad_input_of_the_three_ways() -> None:
    with pytest.raises(SpecError, match="None of the three ways"):
        made(higher_end=(), smarter=(), greener=(), costs=())
    with pytest.raises(SpecError, match="robots"):
        made(greener=["robots"], costs=())
    with pytest.raises(SpecError, match="water"):
        made(costs=["water"])
    with pytest.raises(DataError, match="no such industries: cars"):
        made(of=["cars"])
    with pytest.raises(DataError, match="no two different values"):
        made(panel().with_columns(robots=pl.lit(1.0)))
    with pytest.raises(SpecError, match="level"):
        made(level=2)


SECTORS = ["chips", "software", "cars", "food"]
FLOWS = np.array([[10.0, 2, 12, 1], [3, 5, 6, 2], [1, 1, 20, 2], [1, 1, 1, 10]])
FINAL = np.array([15.0, 24, 60, 45])
IMPORTS = np.array([[8.0, 1, 6, 0], [0, 1, 1, 0], [0, 0, 3, 0], [0, 0, 0, 2]])


def table(**more: Any) -> IOTable:
    words: dict[str, Any] = {"sectors": SECTORS, "imports": IMPORTS, "import_sectors": SECTORS}
    return IOTable.of(FLOWS, FINAL, **{**words, **more})


def test_the_digital_economy_by_hand() -> None:
    own = table()
    x = FLOWS.sum(axis=1) + FINAL
    added = x - FLOWS.sum(axis=0) - IMPORTS.sum(axis=0)
    with_added = replace(own, added=added[None, :], addeds=("value added",))
    found = digital_economy({2020: with_added}, ["chips", "software"])
    row = found.frame.row(0, named=True)
    assert (row["industrialisation"], row["basis"]) == (pytest.approx(added[:2].sum() / added.sum()), "added")
    b = np.linalg.inv(np.eye(4) - FLOWS / x) - np.eye(4)
    assert row["digitalisation"] == pytest.approx(b[:2, 2:].sum(axis=0) @ x[2:] / (b[:, 2:].sum(axis=0) @ x[2:]))
    assert row["self_sufficiency"] == pytest.approx(FLOWS[:2].sum() / (FLOWS[:2].sum() + IMPORTS[:2].sum()))
    e = (added / x) @ np.linalg.inv(np.eye(4) - FLOWS / x)
    assert row["embodied"] == pytest.approx(np.average(e[:2], weights=x[:2]))
    assert row["gap"] == pytest.approx(np.average(e[2:], weights=x[2:]) - np.average(e[:2], weights=x[:2]))
    np.testing.assert_allclose(e, import_content(own).frame["domestic"])
    chips = found.products.filter(sector="chips").row(0, named=True)
    assert chips["self_sufficiency"] == pytest.approx(25 / 40)
    assert chips["added_share"] == pytest.approx(added[0] / added.sum())
    assert found.change.height == 0


def test_verdicts_and_change_over_years() -> None:
    small = digital_economy({2018: table()}, ["chips", "software"]).frame.row(0, named=True)
    assert small["verdict"] == "small"  # 79 of 228 is less than half
    alone = digital_economy(table(), ["cars"]).frame.row(0, named=True)
    assert (alone["period"], alone["basis"], alone["verdict"]) == (None, "output", "big_not_strong")
    assert alone["gap"] == pytest.approx(0.0869, abs=1e-4)
    more = {"sectors": SECTORS, "imports": IMPORTS * [[9], [1], [1], [1]], "import_sectors": SECTORS}
    grown = IOTable.of(FLOWS, FINAL + np.array([200.0, 200, 0, 0]), **more)
    found = digital_economy({2020: grown, 2018: table()}, ["chips", "software"])
    assert found.frame["period"].to_list() == [2018, 2020]
    assert found.frame["verdict"].to_list() == ["small", "strong"]
    change = {r["measure"]: r["change"] for r in found.change.to_dicts()}
    assert change["industrialisation"] > 0 > change["self_sufficiency"]


def test_without_imports_apart_and_bad_input() -> None:
    bare = IOTable.of(FLOWS, FINAL, sectors=SECTORS)
    found = digital_economy({2020: bare}, "chips")
    row = found.frame.row(0, named=True)
    assert (row["self_sufficiency"], row["gap"], row["verdict"]) == (None, None, "not_measured")
    assert row["digitalisation"] is not None
    assert found.products["self_sufficiency"].to_list() == [None]
    assert found.notes[0].values == {"count": 1, "total": 1}
    with pytest.raises(DataError, match="satellites"):
        digital_economy({2020: bare}, "satellites")
    with pytest.raises(MethodError, match="All sectors are digital"):
        digital_economy({2020: bare}, SECTORS)
    with pytest.raises(SpecError, match="No input"):
        digital_economy({}, "chips")
