"""Regions by preset schemes: by hand, against Dagum's own function, units that differ over years, bad input."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.data import places
from nqpf.errors import DataError, MethodError, PlaceError, SpecError
from nqpf.regions import by_scheme, dagum


def panel() -> pl.DataFrame:
    units = places.provinces()["short_zh"].to_list()
    rng = np.random.default_rng(2)
    t, n = np.indices((3, len(units)))
    y = rng.uniform(1, 5, len(units)) * 1.1 ** t.astype(float)
    keys = {"p": [units[i] for i in n.ravel()], "t": t.ravel() + 2018}
    return pl.DataFrame(keys | {"y": y.ravel(), "w": rng.uniform(1, 9, t.size)})


def test_levels_by_hand_and_every_scheme() -> None:
    data, found = panel(), by_scheme(panel(), "y", unit="p", time="t", weight="w")
    assert found.frame["scheme"].unique(maintain_order=True).to_list() == list(places.SCHEMES_OF_PROVINCES)
    row = found.frame.filter(scheme="route", region="yangtze_delta", period=2020).row(0, named=True)
    own = data.filter(pl.col("p").is_in(["上海", "江苏", "浙江", "安徽"]), t=2020)
    level = np.average(own["y"], weights=own["w"])
    mainland = data.filter(~pl.col("p").is_in(["香港", "澳门", "台湾"]), t=2020)
    assert (row["units"], row["level"]) == (4, pytest.approx(level))
    assert row["relative"] == pytest.approx(level / np.average(mainland["y"], weights=mainland["w"]))
    first = data.filter(pl.col("p").is_in(["上海", "江苏", "浙江", "安徽"]), t=2018)
    base = np.average(first["y"], weights=first["w"])
    assert (row["change"], row["growth"]) == (pytest.approx(level - base), pytest.approx(np.log(level / base) / 2))
    assert sorted(found.frame.filter(scheme="route", period=2020)["rank"]) == list(range(1, 9))
    assert found.frame.filter(region="pearl_delta", scheme="route")["gini"].null_count() == 3
    assert {note.values["count"] for note in found.notes if note.code == "by_scheme_uncovered"} == {3}


def test_parts_are_dagums() -> None:
    data = panel().filter(~pl.col("p").is_in(["香港", "澳门", "台湾"]))
    found = by_scheme(data, "y", unit="p", time="t", scheme="zone8")
    codes = [place.code for place in places.resolve(data["p"], "provinces").values()]
    zone = dict(zip(places.resolve(data["p"], "provinces"), places.bloc_of(codes, "zone8"), strict=True))
    own = dagum(data.with_columns(g=pl.col("p").replace_strict(zone)), "y", group="g", by="t")
    for part in ("gini", "within", "between", "transvariation"):
        np.testing.assert_allclose(found.parts[part], own.frame[part])
    assert found.parts["units"].to_list() == [31, 31, 31]
    parts = found.parts.select(pl.sum_horizontal("within", "between", "transvariation")).to_series()
    np.testing.assert_allclose(parts, found.parts["gini"])


def test_names_codes_totals_and_order_make_no_difference() -> None:
    data = panel().filter(pl.col("p").is_in(["北京", "天津", "河北", "上海"]))
    found = by_scheme(data, "y", unit="p", time="t", scheme="route").frame
    written = {"北京": "110000", "天津": "Tianjin", "河北": "冀", "上海": "上海市"}
    other = data.with_columns(pl.col("p").replace_strict(written)).reverse()
    whole = pl.DataFrame({"p": ["全国"], "t": [2018], "y": [99.0], "w": [1.0]})
    again = by_scheme(pl.concat([other, whole]), "y", unit="p", time="t", scheme="route")
    assert again.frame.drop("level", "relative", "change", "growth", "gini").equals(
        found.drop("level", "relative", "change", "growth", "gini")
    )
    np.testing.assert_allclose(again.frame["level"], found["level"])
    assert [(note.code, note.values["count"]) for note in again.notes] == [("by_scheme_totals", 1)]


def test_no_change_where_members_differ_and_no_growth_from_zero() -> None:
    rows = [("北京", 2018, 2.0), ("北京", 2019, 3.0), ("天津", 2019, 1.0), ("上海", 2018, 0.0), ("上海", 2019, 4.0)]
    found = by_scheme(pl.DataFrame(rows, ["p", "t", "y"], orient="row"), "y", unit="p", time="t", scheme="route").frame
    last = {row["region"]: row for row in found.filter(period=2019).to_dicts()}
    assert (last["jing_jin_ji"]["level"], last["jing_jin_ji"]["change"]) == (2.0, None)
    assert (last["yangtze_delta"]["change"], last["yangtze_delta"]["growth"]) == (4.0, None)


def test_bad_input() -> None:
    data = panel()
    with pytest.raises(SpecError, match="route8"):
        by_scheme(data, "y", unit="p", time="t", scheme="route8")
    with pytest.raises(SpecError, match="No scheme of regions"):
        by_scheme(data, "y", unit="p", time="t", scheme=[])
    with pytest.raises(PlaceError, match="北亰"):
        by_scheme(data.with_columns(pl.col("p").replace({"北京": "北亰"})), "y", unit="p", time="t")
    with pytest.raises(MethodError, match="covers none"):
        by_scheme(data.filter(p="香港"), "y", unit="p", time="t", scheme="bloc4")
    with pytest.raises(DataError, match="unit 110000"):
        by_scheme(data.with_columns(pl.col("p").replace({"天津": "北京市"})), "y", unit="p", time="t")
    with pytest.raises(MethodError, match="2018"):
        by_scheme(data.with_columns(y=-pl.col("y")), "y", unit="p", time="t", scheme="bloc4")
