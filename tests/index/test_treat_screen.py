"""Screening: shares below each node, thresholds, forced units, and that nobody leaves unnamed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index.framework import Framework
from nqpf.index.options.treat import Screen
from nqpf.index.treat import Screened, screen
from nqpf.messages import Text

NAN = np.nan
UNITS = ("A", "B", "C", "D")
VALUES = np.array(
    [
        [1.0, 2.0, 3.0, 4.0],  # A: everything
        [1.0, NAN, 3.0, 4.0],  # B: one hole, below P
        [1.0, 2.0, NAN, NAN],  # C: nothing below Q
        [0.0, 0.0, 0.0, 4.0],  # D: zeros
    ]
)


@pytest.fixture(scope="module")
def framework(grow: Any) -> Framework:
    two = {"P": {"a": "benefit", "b": "cost"}, "Q": {"c": "benefit", "d": "benefit"}}
    found: Framework = grow(two)
    return found


def kept(framework: Framework, values: np.ndarray = VALUES, **options: Any) -> str:
    return "".join(u for u, k in zip(UNITS, run(framework, values, **options).kept, strict=True) if k)


def run(framework: Framework, values: np.ndarray = VALUES, **options: Any) -> Screened:
    cube = values if values.ndim == 3 else values[None]
    labels = {u: Text(f"省{u}", f"Province {u}") for u in UNITS}
    return screen(cube, Screen.model_validate(options), framework, units=UNITS, labels=labels)


def test_without_a_threshold_everyone_stays(framework: Framework) -> None:
    found = run(framework)
    assert found.kept.all()
    assert found.notes == ()
    assert found.dropped == ()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"threshold": 1.0}, "AD"),
        ({"threshold": 0.75}, "ABD"),
        ({"threshold": 0.76}, "AD"),
        ({"nodes": {"P": 0.6}}, "ACD"),
        ({"nodes": {"Q": 0.5}}, "ABD"),
        ({"nodes": {"b": 1.0, "Q": 0.5}}, "AD"),
        ({"nonzero": 0.5}, "ABC"),
        ({"threshold": 0.75, "nonzero": 0.5}, "AB"),
        ({"threshold": 1.0, "keep": ["C"]}, "ACD"),
        ({"threshold": 1.0, "keep": ["省C"], "drop": ["Province A"]}, "CD"),
    ],
)
def test_who_stays(framework: Framework, options: dict[str, Any], expected: str) -> None:
    assert kept(framework, **options) == expected


def test_a_share_that_rounding_pushes_below_its_threshold_is_enough(grow: Any) -> None:
    ten = grow({"D": dict.fromkeys("abcdefghij", "benefit")})
    values = np.array([[1.0, *[NAN] * 9], [1.0] * 10])
    found = screen(values[None], Screen(threshold=1 - 0.9), ten, units=("A", "B"))
    assert found.kept.all()


def test_the_table_gives_every_share_and_the_reason(framework: Framework) -> None:
    frame = run(framework, threshold=0.75, nonzero=0.5, nodes={"P": 0.5}).to_frame()
    assert frame["node"].unique(maintain_order=True).to_list() == ["P", "Q", "I"]
    rows = {(r["unit"], r["node"]): r for r in frame.to_dicts()}
    assert [rows["C", n]["available"] for n in ("P", "Q", "I")] == [1.0, 0.0, 0.5]
    assert rows["C", "Q"]["nonzero"] is None
    assert rows["D", "I"]["nonzero"] == 0.25
    assert [rows["A", n]["least_available"] for n in ("P", "Q", "I")] == [0.5, None, 0.75]
    assert [(rows[u, "I"]["kept"], rows[u, "I"]["reason"]) for u in UNITS] == [
        (True, None),
        (True, None),
        (False, "availability"),
        (False, "nonzero"),
    ]
    assert [rows["C", n]["short"] for n in ("P", "Q", "I")] == [False, False, True]


def test_years_together_or_every_one(framework: Framework) -> None:
    full = np.ones((4, 4))
    cube = np.stack([full, VALUES])
    assert kept(framework, cube, threshold=0.75) == "ABCD"
    assert kept(framework, cube, threshold=0.75, scope="yearly") == "ABD"
    assert run(framework, cube, scope="yearly").shares.available[2, -1] == 0.5


def test_who_leaves_and_who_is_kept_although_short_is_named(framework: Framework) -> None:
    out, forced = run(framework, nodes={"Q": 1.0}, threshold=0.9, keep=["B"], drop=["A"]).notes
    assert (out.code, forced.code) == ("screened_out", "screened_in")
    assert "Province A (left out by name), Province C (0% of the indicators below “Q” present)" in str(out.text().en)
    assert "省A（按名单剔除）" in out.text().zh
    assert "Province B (75% of the indicators present)" in str(forced.text().en)


def test_zeros_are_told_as_such(framework: Framework) -> None:
    (note,) = run(framework, nonzero=0.5).notes
    assert "1 of 4 units" in note.text().en
    assert "Province D (25% of its values are not zero)" in note.text().en


def test_nobody_without_a_value_passes_as_having_no_zeros(framework: Framework) -> None:
    values = VALUES.copy()
    values[1] = NAN
    assert kept(framework, values, nonzero=0.1) == "ACD"


def test_an_empty_result_is_an_error(framework: Framework) -> None:
    with pytest.raises(MethodError, match="leave none of the 4 units"):
        run(framework, np.full((4, 4), NAN), threshold=0.5)


def test_unknown_names_are_refused(framework: Framework) -> None:
    with pytest.raises(SpecError, match=r"no unit “Provinc D”\. Did you mean “Province D”"):
        run(framework, drop=["Provinc D"])
    with pytest.raises(SpecError, match="no node “R”"):
        run(framework, nodes={"R": 0.5})
