"""Imputation from the other units: by year or over all years, within groups, and where there is nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index.options.treat import Impute
from nqpf.index.treat import Imputed, impute
from nqpf.messages import Text

NAN = np.nan
UNITS = ("A", "B", "C", "D", "E")
BLOCS = {"east": ("A", "B", "C"), "west": ("D", "E")}
CUBE = np.array(
    [
        [[1.0, 10.0], [2.0, NAN], [NAN, 30.0], [7.0, NAN], [NAN, NAN]],
        [[5.0, 10.0], [6.0, 20.0], [10.0, 30.0], [NAN, 40.0], [8.0, 50.0]],
    ]
)


def run(cube: np.ndarray = CUBE, **options: Any) -> Imputed:
    how = Impute.model_validate(options)
    labels = {u: Text(f"省{u}", f"Province {u}") for u in UNITS}
    return impute(cube, how, names=["x", "y"], units=UNITS, periods=[2020, 2021], labels=labels)


def test_mean_and_median_of_the_year() -> None:
    mean, median = run(method="mean"), run(method="median")
    np.testing.assert_allclose(mean.values[0, :, 0], [1, 2, 10 / 3, 7, 10 / 3])
    np.testing.assert_allclose(median.values[0, :, 0], [1, 2, 2, 7, 2])
    np.testing.assert_allclose(mean.values[0, :, 1], [10, 20, 30, 20, 20])
    np.testing.assert_allclose(median.values[1, :, 0], [5, 6, 10, 7, 8])
    np.testing.assert_array_equal(mean.filled, np.isnan(CUBE))


def test_all_years_together() -> None:
    found = run(method="mean", scope="pooled")
    assert found.values[0, 2, 0] == pytest.approx((1 + 2 + 7 + 5 + 6 + 10 + 8) / 7)
    assert found.values[1, 3, 0] == found.values[0, 2, 0]


def test_within_groups() -> None:
    found = run(method="group_mean", groups=BLOCS, fallback="leave")
    np.testing.assert_allclose(found.values[0, :, 0], [1, 2, 1.5, 7, 7])
    np.testing.assert_allclose(found.values[0, :, 1], [10, 20, 30, NAN, NAN])
    assert found.filled.sum() == 4
    median = run(method="group_median", groups=BLOCS, scope="pooled")
    assert median.values[0, 2, 0] == np.median([1, 2, 5, 6, 10])
    assert median.values[0, 3, 1] == 45.0


def test_groups_may_be_written_by_name() -> None:
    named = {"east": ("省A", "Province B", "C"), "west": ("D", "E")}
    one, other = (run(method="group_mean", groups=g, fallback="leave").values for g in (named, BLOCS))
    np.testing.assert_array_equal(one, other)


def test_an_empty_group_stops_unless_told_otherwise() -> None:
    with pytest.raises(MethodError, match="2 missing cells cannot be filled") as caught:
        run(method="group_mean", groups=BLOCS)
    assert "Province D" in str(caught.value)
    assert (caught.value.where.indicator, caught.value.where.period) == ("y", 2020)
    overall = run(method="group_mean", groups=BLOCS, fallback="overall")
    np.testing.assert_allclose(overall.values[0, 3:, 1], [20, 20])
    assert np.argwhere(overall.overall).tolist() == [[0, 3, 1], [0, 4, 1]]
    assert [n.code for n in overall.notes] == ["imputed", "imputed_overall"]
    assert "6 missing cells are filled from other units: x 3, y 3" in overall.notes[0].text().en


def test_a_unit_in_no_group_is_filled_from_everyone_only_if_told() -> None:
    some = {"east": ("A", "B", "C")}
    with pytest.raises(MethodError, match="a unit in no group"):
        run(method="group_mean", groups=some)
    assert run(method="group_mean", groups=some, fallback="overall").values[0, 4, 0] == pytest.approx(10 / 3)


def test_a_year_without_any_value_cannot_be_filled() -> None:
    cube = CUBE.copy()
    cube[0, :, 1] = NAN
    for options in ({"method": "mean"}, {"method": "median", "scope": "yearly"}):
        with pytest.raises(MethodError, match="5 missing cells cannot be filled"):
            run(cube, **options)
    assert np.isnan(run(cube, method="mean", fallback="leave").values[0, :, 1]).all()
    assert run(cube, method="mean", scope="pooled").values[0, 0, 1] == 30


def test_a_constant_and_single_indicators() -> None:
    found = run(method="mean", each={"y": {"method": "constant", "value": 0.0}})
    np.testing.assert_allclose(found.values[0, :, 1], [10, 0, 30, 0, 0])
    assert found.values[0, 2, 0] == pytest.approx(10 / 3)
    untouched = run(method="none", each={"x": {"method": "median"}})
    assert np.isnan(untouched.values[..., 1]).sum() == 3
    assert not np.isnan(untouched.values[..., 0]).any()


def test_nothing_missing_nothing_done() -> None:
    full = np.nan_to_num(CUBE)
    found = run(full, method="mean")
    np.testing.assert_array_equal(found.values, full)
    assert not found.filled.any()
    assert found.notes == ()


def test_faults_of_writing_are_refused() -> None:
    with pytest.raises(SpecError, match="needs groups"):
        run(method="group_mean")
    with pytest.raises(SpecError, match="“Province A” is already in the group “e”"):
        run(method="group_mean", groups={"e": ("A",), "w": ("A", "B")})
    with pytest.raises(SpecError, match="no unit “Z”"):
        run(method="group_mean", groups={"e": ("Z",)})
    with pytest.raises(SpecError, match="no indicator “z”"):
        run(method="mean", each={"z": {"method": "none"}})
