"""Room for capacity by hand, part by part."""

from __future__ import annotations

import math

import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.warning.headroom import headroom


def history(**columns: list[float | None]) -> pl.DataFrame:
    size = len(next(iter(columns.values())))
    return pl.DataFrame({"i": ["pv"] * size, "y": list(range(2018, 2018 + size)), **columns})


def last(found: pl.DataFrame) -> dict[str, float]:
    return found.filter(y=pl.col("y").max()).row(0, named=True)


def test_expected_demand_continues_median_growth() -> None:
    demand = [100 * 1.1**k for k in range(6)]
    demand[2] *= 3  # one odd year does not move a median
    table = history(d=demand, c=[150.0] * 6, k=[50.0] * 6)
    found = headroom(table, industry="i", time="y", demand="d", capacity="c", committed="k", horizon=3)
    row = last(found.frame)
    assert row["expected_demand"] == pytest.approx(100 * 1.1**8)
    assert row["supply"] == 200
    assert row["headroom"] == pytest.approx(100 * 1.1**8 - 200)
    assert row["headroom_share"] == pytest.approx(row["headroom"] / 200)
    light = found.lights.filter(measure="headroom", year="2023").row(0, named=True)
    assert (light["light"], light["tier"]) == ("none", "indicated")
    early = found.lights.filter(measure="headroom", year="2018").row(0, named=True)
    assert (early["light"], early["evidence"]) == (None, "reason.no_number")


def test_use_beside_its_own_past() -> None:
    table = history(u=[0.8, 0.82, 0.78, 0.8, 0.8, 0.70])
    found = headroom(table, industry="i", time="y", utilisation="u")
    assert last(found.frame)["utilisation_gap"] == pytest.approx(-0.1)
    lights = found.lights.filter(year="2023")
    assert lights.filter(measure="utilisation_gap")["light"][0] == "warn"
    assert lights.filter(measure="utilisation")["light"][0] == "warn"
    assert set(lights.filter(pl.col("measure").is_in(["utilisation", "utilisation_gap"]))["tier"]) == {"measured"}
    absent = lights.filter(measure="headroom").row(0, named=True)
    assert (absent["tier"], absent["evidence"]) == ("not_assessed", "reason.no_column")


def test_price_and_margin_only_suggest() -> None:
    table = history(p=[100 * 0.9**k for k in range(6)], m=[0.10, 0.09, 0.08, 0.07, 0.06, 0.05])
    found = headroom(table, industry="i", time="y", price="p", margin="m")
    assert last(found.frame)["price_growth"] == pytest.approx(-0.1)
    assert last(found.frame)["margin_change"] == pytest.approx(-0.01)
    lights = found.lights.filter(pl.col("measure").is_in(["price", "margin"]), year="2023")
    assert set(lights["tier"]) == {"suggested"}
    assert lights.filter(measure="price")["light"][0] == "warn"


def test_a_missing_cell_is_not_filled() -> None:
    table = history(u=[0.8, None, 0.78, 0.8, 0.8, 0.70])
    row = last(headroom(table, industry="i", time="y", utilisation="u").frame)
    assert row["utilisation"] == 0.70
    assert row["utilisation_gap"] is None


def test_units_and_order_of_rows_do_not_matter() -> None:
    table = history(d=[100.0, 120, 130, 150, 160, 200], c=[180.0] * 6)
    one = headroom(table, industry="i", time="y", demand="d", capacity="c")
    scaled = table.with_columns(pl.col("d", "c") * 1000).sample(fraction=1, shuffle=True, seed=1)
    two = headroom(scaled, industry="i", time="y", demand="d", capacity="c")
    assert one.lights["light"].equals(two.lights["light"])
    assert last(two.frame)["headroom_share"] == pytest.approx(last(one.frame)["headroom_share"])


def test_remarks() -> None:
    table = history(d=[1.0, 2.0], c=[1.0, 1.0])
    found = headroom(table, industry="i", time="y", demand="d", capacity="c", expected="given")
    assert {n.code for n in found.notes} == {"headroom_no_committed", "headroom_as_given"}
    assert "headroom may be too large" in str(found.notes[0])


def test_pandas_comes_back() -> None:
    frame = history(u=[0.8]).to_pandas()
    assert type(headroom(frame, industry="i", time="y", utilisation="u").to_frame()).__module__.startswith("pandas")


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"u": [78.0]}, {"utilisation": "u"}, r"pv.*2018.*78 is hardly a share.*Divide percentages by 100"),
        ({"p": [0.0]}, {"price": "p"}, r"2018.*0 cannot be here"),
        ({"d": [1.0], "c": [-1.0]}, {"demand": "d", "capacity": "c"}, "-1 cannot be here"),
        ({"d": [0.0], "c": [1.0]}, {"demand": "d", "capacity": "c"}, "0 cannot be here"),
    ],
)
def test_numbers_that_cannot_be(columns: dict[str, list[float]], options: dict[str, str], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        headroom(history(**columns), industry="i", time="y", **options)  # type: ignore[arg-type]


def test_options_that_cannot_be() -> None:
    table = history(u=[0.8], d=[1.0])
    with pytest.raises(SpecError, match="No column says anything about room for capacity"):
        headroom(table, industry="i", time="y", demand="d")
    with pytest.raises(SpecError, match=r"key span: 1 cannot be used\. Give a number of at least 2"):
        headroom(table, industry="i", time="y", utilisation="u", span=1)
    with pytest.raises(SpecError, match="trend"):
        headroom(table, industry="i", time="y", utilisation="u", expected="trnd")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no column “x”"):
        headroom(table, industry="i", time="y", utilisation="x")
    twice = pl.concat([table, table])
    with pytest.raises(DataError):
        headroom(twice, industry="i", time="y", utilisation="u")
    assert math.isclose(headroom(table, industry="i", time="y", utilisation="u").frame["utilisation"][0], 0.8)
