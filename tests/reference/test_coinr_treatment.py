"""COINr's treatment of the ASEM data (R3: raw → treated; R0: denominate → impute → screen → treat) to 1e-10."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.index.framework import Framework
from nqpf.index.options.treat import Impute, Screen, Treat
from nqpf.index.treat import Treatment, apply_treatment, fit_treatment, impute, screen
from nqpf.yamlfile import Document

pytestmark = pytest.mark.reference

# COINr prints 15 significant digits, relative to values of any size: 1e-10 is five orders above what printing loses.
TOLERANCE = 1e-10
COINR = Treat(method="coinr", winmax=5)


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


def _table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, null_values=["NA", ""], infer_schema_length=None)


def _meta(folder: Path) -> pl.DataFrame:
    return _table(folder / "asem_input_meta.csv").filter(pl.col("Type") == "Indicator")


def _data(folder: Path) -> pl.DataFrame:
    return _table(folder / "asem_input_data.csv").sort("uCode")


def _cube(frame: pl.DataFrame, names: list[str]) -> np.ndarray:
    return frame.sort("uCode").select(pl.col(names).cast(pl.Float64)).to_numpy()[None]


def _same(ours: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(ours, expected, rtol=TOLERANCE, atol=TOLERANCE)


def _denominated(folder: Path) -> tuple[list[str], np.ndarray]:
    meta, data = _meta(folder), _data(folder)
    names = meta["iCode"].to_list()
    values = _cube(data, names)
    for k, by in enumerate(meta["Denominator"]):
        if by is not None:
            values[0, :, k] /= data[by].to_numpy()
    return names, values


def _check_details(treatment: Treatment, path: Path) -> None:
    ours, coinr = treatment.to_frame(), _table(path)
    assert ours["indicator"].to_list() == coinr["iCode"].to_list()
    assert ours["passed_before"].to_list() == coinr["check_SkewKurt0.Pass"].to_list()
    _same(ours["skewness"].to_numpy(), coinr["check_SkewKurt0.Skew"].to_numpy())
    _same(ours["kurtosis"].to_numpy(), coinr["check_SkewKurt0.Kurt"].to_numpy())
    failing = coinr["winsorise.nwin"].is_not_null()
    assert ours["winsorised"].to_list() == coinr["winsorise.nwin"].fill_null(0).to_list()
    assert failing.sum() > 10
    for mine, theirs in (
        ("skewness_winsorised", "check_SkewKurt1.Skew"),
        ("kurtosis_winsorised", "check_SkewKurt1.Kurt"),
    ):
        assert ours[mine].is_not_null().to_list() == failing.to_list()
        _same(ours.filter(failing)[mine].to_numpy(), coinr.filter(failing)[theirs].cast(pl.Float64).to_numpy())
    assert ours["passed"].all()
    assert coinr.filter(failing)["check_SkewKurt1.Pass"].all()


def test_r3_treats_the_raw_data(folder: Path) -> None:
    names = _meta(folder)["iCode"].to_list()
    values = _cube(_data(folder), names)
    treatment = fit_treatment(values, COINR, names=names, periods=[2018])
    treated = apply_treatment(values, treatment)
    _same(treated.values, _cube(_table(folder / "R3_treated.csv"), names))
    _check_details(treatment, folder / "R3_treat_details.csv")
    points = pl.read_csv(folder / "R3_treated_points.csv", infer_schema_length=None).select(names).to_numpy()
    expected = np.where(values > treatment.found.high, "winhi", np.where(values < treatment.found.low, "winlo", ""))
    order = _table(folder / "R3_treated.csv")["uCode"].to_list()
    assert order == _data(folder)["uCode"].to_list()
    np.testing.assert_array_equal(expected[0], np.where(points == None, "", points))  # noqa: E711
    np.testing.assert_array_equal(treated.changed[0], expected[0] != "")


def test_r0_denominates_imputes_screens_and_treats(folder: Path) -> None:
    names, values = _denominated(folder)
    _same(values, _cube(_table(folder / "R0_example_Denominated.csv"), names))

    data = _data(folder)
    units = data["uCode"].to_list()
    groups = {g: tuple(data.filter(pl.col("EurAsia_group") == g)["uCode"]) for g in ("Europe", "Asia")}
    how = Impute(method="group_mean", groups=groups)
    imputed = impute(values, how, names=names, units=units, periods=[2018])
    _same(imputed.values, _cube(_table(folder / "R0_example_Imputed.csv"), names))
    np.testing.assert_array_equal(imputed.filled, np.isnan(values))
    assert imputed.filled.any()

    tree = [{"id": name, "direction": "benefit"} for name in names]
    framework = Framework.from_document(Document("asem", {"id": "Index", "title": "ASEM", "tree": tree}, {}))
    screened = screen(imputed.values, Screen(threshold=0.9), framework, units=units)
    expected = _table(folder / "R0_example_Screened.csv").sort("uCode")
    assert [u for u, kept in zip(units, screened.kept, strict=True) if kept] == expected["uCode"].to_list()
    kept = imputed.values[:, screened.kept]

    treatment = fit_treatment(kept, COINR, names=names, periods=[2018])
    _same(apply_treatment(kept, treatment).values, _cube(_table(folder / "R0_example_Treated.csv"), names))
    _check_details(treatment, folder / "R0_example_treat_details.csv")
