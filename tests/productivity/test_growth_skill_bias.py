"""Skill bias: by hand, exact sums, verdicts, periods and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.growth import SkillBias, skill_bias


def made(high: Any, every: Any, **more: Any) -> SkillBias:
    h, e = np.array(high, dtype=float), np.array(every, dtype=float)
    t, i = np.indices(h.shape)
    keys = {"t": t.ravel() + 2000, "i": [f"i{k}" for k in i.ravel()]}
    data = pl.DataFrame(keys | {"h": h.ravel(), "e": e.ravel()})
    return skill_bias(data.reverse() if more.pop("turned", False) else data, "h", "e", industry="i", time="t", **more)


def test_parts_by_hand_and_exact_sums() -> None:
    row = made([[10, 50], [20, 60]], [[100, 100], [80, 120]]).frame.row(0, named=True)
    assert row["within"] == pytest.approx(0.15 * 0.45 + 0.0 * 0.55)
    assert row["between"] == pytest.approx(-0.1 * 0.175 + 0.1 * 0.5)
    assert row["within"] + row["between"] == pytest.approx(row["change"])
    assert row["ordinary"] == pytest.approx(120 / 140 - 1)
    rng = np.random.default_rng(1)
    every = rng.uniform(10, 20, (6, 5))
    found = made(every * rng.uniform(0, 1, (6, 5)), every, periods=[(2000, 2003), (2003, 2005)])
    assert found.frame["first"].to_list() == [2000, 2003]
    np.testing.assert_allclose(found.frame["within"] + found.frame["between"], found.frame["change"], atol=1e-12)
    sums = found.industries.group_by("first", maintain_order=True).agg(pl.col("within", "between").sum())
    np.testing.assert_allclose(sums["within"], found.frame["within"], atol=1e-12)
    turned = made(every * 0.5, every, turned=True).frame
    np.testing.assert_allclose(turned["change"], made(every * 0.5, every).frame["change"], atol=1e-12)


@pytest.mark.parametrize(
    ("after", "every", "verdict"),
    [([20, 60], [100, 100], "replaced"), ([30, 70], [150, 130], "upgraded"), ([10, 50], [100, 100], "not_biased")],
)
def test_verdicts(after: list[float], every: list[float], verdict: str) -> None:
    assert made([[10, 50], after], [[100, 100], every]).frame["verdict"].to_list() == [verdict]


def test_units_and_bad_input() -> None:
    table = pl.DataFrame(
        {"u": ["x", "x", "y", "y"], "i": ["a"] * 4, "t": [1, 2] * 2, "h": [1, 2, 3, 3], "e": [9.0] * 4}
    )
    found = skill_bias(table, "h", "e", industry="i", time="t", unit="u").frame
    assert dict(found.select("unit", "verdict").rows()) == {"x": "replaced", "y": "not_biased"}
    with pytest.raises(MethodError, match="between 0 and all 5"):
        made([[1], [7]], [[9], [5]])
    with pytest.raises(MethodError, match="no ordinary persons"):
        made([[9], [5]], [[9], [5]])
    with pytest.raises(MethodError, match="above zero"):
        made([[0], [1]], [[0], [5]])
    with pytest.raises(SpecError, match="periods"):
        made([[1], [2]], [[9], [5]], periods=[(1990, 2001)])
    census = {"i": ["a", "a", "b", "b"], "t": [2000, 2010] * 2, "h": [1.0, 2, 3, 3], "e": [9.0, 9, 9, 9]}
    assert skill_bias(census, "h", "e", industry="i", time="t").frame["last"].to_list() == [2010]
    with pytest.raises(DataError, match="these are absent: b"):
        skill_bias(
            {"i": ["a", "a", "b"], "t": [1, 2, 2], "h": [1, 1, 1], "e": [2, 2, 2]}, "h", "e", industry="i", time="t"
        )
