"""Three-line tables: what stands where, for whatever has coefficients and a summary."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from spatial_made_up import neighbours, panel

from nqpf.errors import SpecError
from nqpf.messages import Text, speak
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.threeline import three_line


def model(rows: list[tuple[str, float, float | None, float | None, float | None]], **summary: Any) -> SimpleNamespace:
    names = ["name", "estimate", "se", "statistic", "p"]
    types = [pl.String, *[pl.Float64] * 4]
    frame = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    return SimpleNamespace(coefficients=frame, summary=summary)


ONE = model([("x", 1.23456, 0.5, 2.469, 0.0136), ("z", -0.00001, 0.2, -0.1, 0.92)], n=60, sigma2=0.25)
TWO = model(
    [("z", 2.0, 0.1, 20.0, 1e-9), ("w", 0.5, None, None, None)], n=60, aic=-12.5, unit_effects=Text("是", "yes")
)


def test_terms_stand_once_and_estimates_under_their_heading() -> None:
    found = three_line({"(1)": ONE, "(2)": TWO}).frame
    rows = {(p, n): cells for p, n, _, _, *cells in found.rows()}
    assert rows["coefficient", "x"] == ["1.235**", None]
    assert rows["below", "x"] == ["(0.500)", None]
    assert rows["coefficient", "z"] == ["-1.0e-05", "2.000***"]
    assert rows["coefficient", "w"] == [None, "0.500"]
    assert rows["below", "w"] == [None, None]
    assert rows["statistic", "n"] == ["60", "60"]
    assert rows["statistic", "sigma2"] == ["0.250", None]
    assert rows["statistic", "unit_effects"] == [None, "yes"]
    assert found["part"].to_list() == ["coefficient", "below"] * 3 + ["statistic"] * 4


def test_brackets_stars_digits_and_choice_of_lines() -> None:
    found = three_line({"m": ONE}, below="p", digits=1, stars=[(0.02, "†")], terms=["x"], statistics=["n"])
    assert found.frame["m"].to_list() == ["1.2†", "(1.4e-02)", "60"]
    assert [n.code for n in found.notes] == ["three_line_stars", "three_line_below"]
    assert "† p < 0.02" in str(found.notes[0])
    assert "p values" in str(found.notes[1])
    bare = three_line({"m": ONE}, below="none", stars=())
    assert bare.notes == ()
    assert bare.frame["part"].to_list() == ["coefficient", "coefficient", "statistic", "statistic"]


def test_labels_in_both_languages() -> None:
    found = three_line({"m": ONE}).frame.filter(pl.col("name") == "n")
    assert found.select("zh", "en").row(0) == ("观测数", "Observations")
    with speak("zh"):
        assert three_line({"m": TWO}, statistics=["unit_effects"]).frame["m"][-1] == "是"


def test_a_level_is_below_not_at() -> None:
    edge = model([("x", 1.0, 0.5, 2.0, 0.05)])
    assert three_line({"m": edge}).frame["m"][0] == "1.000*"


def test_spatial_models_and_their_impacts_can_stand_in_it() -> None:
    grid = neighbours(4, 5)
    data = panel(grid, 5)
    kept: dict[str, Any] = {"weights": grid, "unit": "place", "time": "year", "effects": "two_way"}
    models = {m.upper(): spatial_panel(data, "y", ["a", "b"], model=m, **kept) for m in ("ols", "sar", "sdm")}  # type: ignore[arg-type]
    found = three_line(models).frame
    assert found.filter(pl.col("name") == "rho")["OLS"].to_list() == [None, None]
    shown = found.filter((pl.col("name") == "time_effects") & (pl.col("part") == "statistic"))
    assert shown.select("OLS", "SAR", "SDM").row(0) == ("yes", "yes", "yes")
    effects = three_line({"SDM": models["SDM"].impacts()}).frame
    assert effects["en"].to_list()[::2][:3] == ["Direct a", "Direct b", "Indirect a"]
    assert effects["zh"][0] == "直接效应 a"


@pytest.mark.parametrize(
    ("models", "options", "words"),
    [
        ({}, {}, "No model is given"),
        ({"name": ONE}, {}, "“name” is the name of a column"),
        ({"m": ONE}, {"below": "t"}, "statistic"),
        ({"m": ONE}, {"terms": ["xx"]}, "“xx” is not one of the choices"),
        ({"m": ONE}, {"statistics": ["aic"]}, "“aic” is not one of the choices"),
    ],
)
def test_what_is_refused(models: dict[str, Any], options: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        three_line(models, **options)
