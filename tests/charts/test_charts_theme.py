"""The look: colours that any eye can tell apart, data that both languages share."""

import itertools

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from nqpf.charts import theme

# Full colour blindness, simulated in linear RGB (Machado, Oliveira & Fernandes 2009, table 1, severity 1.0).
SIGHT = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: str, sight: str) -> NDArray[np.float64]:
    """Return CIELAB coordinates (D65) of a colour as an eye sees it."""
    encoded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_categories_can_be_told_apart(sight: str) -> None:
    seen = [lab(color, sight) for color in (*theme.CATEGORIES, theme.NO_DATA)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 18


@pytest.mark.parametrize("sight", SIGHT)
def test_scores_darken_steadily(sight: str) -> None:
    lightness = [lab(theme.score_color(share), sight)[0] for share in np.linspace(0, 1, 21)]
    assert np.all(np.diff(lightness) < -1)


def test_score_color_stays_on_the_scale() -> None:
    assert theme.score_color(-1) == theme.SCORES[0]
    assert theme.score_color(2) == theme.SCORES[-1]
    assert theme.score_color(0.2) == theme.SCORES[1]


def test_white_letters_begin_where_they_are_more_legible() -> None:
    def contrast(a: str, b: str) -> float:
        high, low = sorted((TO_XYZ[1] @ linear(c) for c in (a, b)), reverse=True)
        return float((high + 0.05) / (low + 0.05))

    def linear(color: str) -> NDArray[np.float64]:
        encoded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)

    for share in np.linspace(0, 1, 21):
        fill = theme.score_color(share)
        letters = "#ffffff" if share >= theme.WHITE_FROM else theme.INK
        other = theme.INK if share >= theme.WHITE_FROM else "#ffffff"
        assert contrast(letters, fill) > 0.9 * contrast(other, fill)
        assert contrast(letters, fill) > 3.5


def test_inline_data_are_named_by_content_and_without_limit() -> None:
    frame = pl.DataFrame({"x": range(6000), "y": [float("nan"), *[1 / 3] * 5999]})
    chart = theme.layered(theme.lettering("a", x=0, y=0), data=theme.inline(frame), width=10, height=10)
    spec, again = theme.to_spec(chart, "A"), theme.to_spec(chart, "A")
    assert spec == again
    name = spec["data"]["name"]
    assert len(spec["datasets"][name]) == 6000
    assert spec["datasets"][name][0] == {"x": 0, "y": None}
    assert spec["datasets"][name][1]["y"] == 0.333333333


def test_legend_columns_fit() -> None:
    assert theme.legend_columns(["劳动者", "劳动资料"], 720) == 8
    assert theme.legend_columns(["a" * 200], 720) == 1
    assert theme.legend_columns([], 720) >= 1


def test_in_order_keeps_first_appearance_and_drops_nulls() -> None:
    assert theme.in_order(pl.DataFrame({"a": ["x", None, "b", "x", "a"]}), "a") == ["x", "b", "a"]
