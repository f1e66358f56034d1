"""Formulas against their units: what cannot be right is refused in words, what cannot be followed is left alone."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data import Panel
from nqpf.data.dimensions import check_formula, price_base, unit_of
from nqpf.data.units import Unit, convert_factor, parse_unit
from nqpf.errors import SpecError, Where
from nqpf.index import Framework, build
from nqpf.messages import Text
from nqpf.yamlfile import Document

MEASURES: dict[str, str | None] = {
    "gdp": "亿元",
    "rd": "万元",
    "tax": "亿元(当年价)",
    "pop": "万人",
    "fte": "人年",
    "patents": "件",
    "firms": "家",
    "income": "元",
    "gdp00": "亿元(2000年价)",
    "gdp10": "亿元(2010年价)",
    "exports": "亿美元",
    "cpi": "上年=100",
    "share": "比例",
    "percent": "%",
    "energy": "万吨标准煤",
    "power": "亿千瓦时",
    "capacity": "万千瓦",
    "地区生产总值": "亿元",
    "R&D 经费": "亿元",
    "unknown": None,
    "odd": "桶",
}


def refused(formula: str, unit: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        check_formula(formula, MEASURES, Text.same(unit), indicator="i", where=Where(file="s.yaml", line=3))
    return caught.value


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("gdp", "亿元"),
        ("gdp / pop", "万元/人"),
        ("gdp / pop * 10000", "元/人"),
        ("10000 * gdp / pop", "元/人"),
        ("gdp * 1e4 / pop", "元/人"),
        ("gdp / pop / 0.0001", "元/人"),
        ("(gdp / pop) * (100 * 100)", "元/人"),
        ("-gdp / pop", "万元/人"),
        ("rd / gdp / 100", "%"),
        ("rd / (gdp * 10000) * 100", "%"),
        ("(gdp - rd / 10000) / gdp", "比例"),
        ("tax / gdp * 100", "%"),
        ("(tax + gdp) / pop", "万元/人"),
        ("tax / gdp - 1", "比例"),
        ("(tax / gdp - 1) * 100", "%"),
        ("share * 100", "%"),
        ("1 - share", "比例"),
        ("percent / 100", "比例"),
        ("fte / pop", "人年/万人"),
        ("patents / pop", "件/万人"),
        ("patents / pop", "1/万人"),
        ("patents / fte * 100", "件/百人年"),
        ("patents / firms", "件/家"),
        ("patents / firms", "比例"),
        ("power / capacity * 10000", "小时"),
        ("power / pop * 10", "兆瓦时/人"),
        ("energy / power * 100", "克标准煤/千瓦时"),
        ("energy / gdp", "吨标准煤/万元"),
        ("gdp / exports", "元/美元"),
        ("gdp00 / pop", "万元/人(2000年价)"),
        ("gdp00 / pop", "万元/人"),
        ("1 / pop", "1/万人"),
        ('"R&D 经费" / `地区生产总值` * 100', "%"),
    ],
)
def test_what_is_right_passes_and_is_exact(formula: str, unit: str) -> None:
    made = unit_of(formula, MEASURES)
    assert made is not None
    assert made.factor == parse_unit(unit).factor
    check_formula(formula, MEASURES, Text.same(unit), indicator="i")


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("ln(gdp)", "元"),
        ("sqrt(gdp * pop)", "元"),
        ("CASE WHEN gdp > 1 THEN 1 ELSE 0 END", "元"),
        ("gdp / LAG(gdp) OVER (PARTITION BY unit ORDER BY period) - 1", "元"),
        ("gdp / SUM(gdp) OVER (PARTITION BY period)", "元"),
        ("gdp % 3", "人"),
        ("energy * 0.7143", "元"),
        ("(gdp + gdp) / 2", "人"),
        ("0 * gdp", "人"),
        ("unknown / pop", "元"),
        ("gdp / unknown", "元"),
        ("odd / pop", "元"),
        ("gdp + unknown", "人"),
        ("gdp + 1", "人"),
        ("percent - 100", "人"),
        ("100 - percent", "人"),
        ("cpi", "%"),
        ("cpi - 100", "%"),
        ("cpi / 100", "比例"),
        ("period - 2000", "元"),
        ("5", "元"),
        ("patents / pop", "人均拥有量"),
        ("patents / pop", "指数"),
        ("patents / pop", "分"),
        ("patents / pop", "指数分"),
    ],
)
def test_what_cannot_be_followed_is_not_checked(formula: str, unit: str) -> None:
    check_formula(formula, MEASURES, Text.same(unit), indicator="i")


@pytest.mark.parametrize(
    ("formula", "unit"), [("income", "元/人"), ("income / 10000", "万元/人"), ("income", "元/户"), ("patents", "比例")]
)
def test_a_series_that_stands_for_itself_may_leave_out_per_head(formula: str, unit: str) -> None:
    check_formula(formula, MEASURES, Text.same(unit), indicator="i")


def test_another_dimension_is_named_in_words() -> None:
    error = refused("gdp / pop * 100", "%")
    assert (error.code, error.where.file, error.where.line) == ("formula_dimension", "s.yaml", 3)
    assert error.text().zh == (
        "文件 s.yaml，第 3 行：指标“i”的公式“gdp / pop * 100”（gdp：亿元、pop：万人）算出的是人民币·人⁻¹，"
        "而写明的单位是“%”（无量纲）：量的种类不同。"
        "请核对公式、各数据列的单位（data.series 的 unit）和指标的单位（unit）。"
    )
    assert "gives yuan·persons⁻¹, but its unit is stated as “%” (dimensionless)" in error.text().en


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("gdp", "万人"),
        ("gdp / pop", "元"),
        ("rd / fte", "元/人"),
        ("fte / pop", "人/万人"),
        ("gdp / exports", "%"),
        ("energy / gdp", "吨/万元"),
        ("power / capacity", "%"),
        ("patents", "件/万人"),
        ("gdp00 / pop", "万元/人(2010年价)"),
        ("gdp / pop", "万元/人(2010年价)"),
        ("gdp10", "亿元(2000年价)"),
    ],
)
def test_other_dimensions(formula: str, unit: str) -> None:
    assert refused(formula, unit).code == "formula_dimension"


def test_a_factor_is_told_with_what_to_write() -> None:
    error = refused("gdp / pop", "元/人")
    assert error.code == "formula_scale"
    assert "公式的 1 等于 10000 元/人" in error.text().zh
    assert "请把公式写成“(gdp / pop) * 10000”，或把单位写成“10^4 元/人”。" in error.text().zh
    assert "Write the formula as “(gdp / pop) * 10000”, or the unit as “10^4 元/人”." in error.text().en


@pytest.mark.parametrize(
    ("formula", "unit", "mended", "scaled"),
    [
        ("rd / gdp * 100", "%", "(rd / gdp * 100) / 10000", "10^-4 %"),
        ("tax / gdp", "%", "(tax / gdp) * 100", "ratio"),
        ("patents / pop", "件/人", "(patents / pop) / 10000", "10^-4 件/人"),
        ("power / capacity", "小时", "(power / capacity) * 10000", "10^4 小时"),
        ("power", "EJ", "(power) / 2777.78", "EJ"),
        ("share", "%", "(share) * 100", "ratio"),
    ],
)
def test_factors(formula: str, unit: str, mended: str, scaled: str) -> None:
    error = refused(formula, unit)
    assert (error.code, error.values["mended"], str(error.values["scaled"])) == ("formula_scale", mended, scaled)


@pytest.mark.parametrize(
    ("formula", "unit"),
    [("gdp / pop", "元/人"), ("rd / gdp * 100", "%"), ("patents / pop", "件/人"), ("power / capacity", "小时")],
)
def test_what_is_advised_is_right(formula: str, unit: str) -> None:
    error = refused(formula, unit)
    check_formula(error.values["mended"], MEASURES, Text.same(unit), indicator="i")
    check_formula(formula, MEASURES, error.values["scaled"], indicator="i")


def test_sums_of_unlike_things() -> None:
    error = refused("gdp + pop", "亿元")
    assert error.code == "formula_sum"
    assert "把“gdp”（人民币）与“pop”（人）相加减" in error.text().zh
    assert "“gdp” (yuan) and “pop” (persons)" in error.text().en
    assert refused("(gdp / pop + patents) / 10", "无量纲").code == "formula_sum"
    assert refused("gdp - exports", "anything").code == "formula_sum"


def test_sums_of_unlike_units() -> None:
    error = refused("gdp - rd", "亿元")
    assert (error.code, error.values["mended"]) == ("formula_sum_scale", "gdp * 10000")
    assert refused("rd - gdp", "亿元").values["mended"] == "rd / 10000"
    assert refused("share + percent", "比例").code == "formula_sum_scale"
    check_formula("gdp * 10000 - rd", MEASURES, Text.same("万元"), indicator="i")


@pytest.mark.parametrize("formula", ["gdp / gdp00", "gdp00 - gdp10", "rd / gdp10 * 100", "ln(gdp00) - ln(tax)"])
def test_prices_do_not_mix(formula: str) -> None:
    error = refused(formula, "%")
    assert error.code == "formula_prices"
    assert "混用了不同价格的数据列" in error.text().zh


def test_mixed_prices_are_listed() -> None:
    error = refused("gdp / gdp00 * 100", "%")
    assert "gdp 按当年价格、gdp00 按 2000 年价格" in error.text().zh
    assert "gdp at current prices, gdp00 at prices of 2000" in error.text().en


def test_prices_in_other_words_are_said_as_they_are() -> None:
    with pytest.raises(SpecError, match="a at 可比价, b at current prices"):
        check_formula("a / b", {"a": "亿元(可比价)", "b": "亿元"}, Text.same("%"), indicator="i")


@pytest.mark.parametrize("unit", ["指数", "2000=100", "index"])
def test_a_deflator_may_mix_prices(unit: str) -> None:
    check_formula("gdp / gdp00 * 100", MEASURES, Text.same(unit), indicator="i")


@pytest.mark.parametrize("formula", ["gdp / exports", "tax / gdp", "gdp00 / pop", "energy / gdp10"])
def test_one_price_base_is_none_too_many(formula: str) -> None:
    made = unit_of(formula, MEASURES)
    assert made is not None
    check_formula(formula, MEASURES, Text.same("说明性文字"), indicator="i")


@pytest.mark.parametrize(
    ("measure", "base"),
    [("亿元", ""), ("元/人(2010年价)", "2010"), ("万人", None), ("美元(2015年价)", "2015"), ("亿元(当年价)", "")],
)
def test_price_base(measure: str, base: str | None) -> None:
    assert price_base(measure) == base


def test_the_unit_is_read_in_either_language() -> None:
    with pytest.raises(SpecError):
        check_formula("gdp / pop", MEASURES, Text("人均产值", "yuan per person"), indicator="i")
    check_formula("gdp / pop", MEASURES, Text("人均产值", "10^4 yuan per person"), indicator="i")


def test_a_formula_that_is_none_is_refused_as_such() -> None:
    assert refused("gdp +", "元").code == "formula_syntax"


@given(
    st.sampled_from(["亿元", "万元", "元", "千元"]),
    st.sampled_from(["万人", "人", "百人"]),
    st.integers(-6, 6),
    st.sampled_from(["元/人", "万元/人", "元/万人", "亿元/亿人"]),
)
def test_the_check_agrees_with_the_conversion_of_units(one: str, other: str, power: int, declared: str) -> None:
    """A formula passes exactly where its numbers are those of the declared unit."""
    formula = f"a / b * {10.0**power:.6f}" if power < 0 else f"a / b * {10**power}"
    right = math.isclose(convert_factor(f"{one}/{other}", declared), 10.0**power)
    measures: dict[str, str | None] = {"a": one, "b": other}
    if right:
        check_formula(formula, measures, Text.same(declared), indicator="i")
        return
    with pytest.raises(SpecError) as caught:
        check_formula(formula, measures, Text.same(declared), indicator="i")
    assert caught.value.code == "formula_scale"


@given(st.text(alphabet='gdpo +-*/()"`.0123456789e,<', max_size=20))
def test_any_text_is_followed_or_left_alone(formula: str) -> None:
    made = unit_of(formula, MEASURES | {"g": "元", "d": "人"})
    assert made is None or isinstance(made, Unit)


def test_the_index_checks_its_formulas() -> None:
    rows = [
        (u, s, v, m) for u, k in (("a", 1.0), ("b", 2.0)) for s, v, m in (("gdp", 9 * k, "亿元"), ("pop", k**2, "万人"))
    ]
    columns = ["unit", "indicator", "value", "measure"]
    panel = Panel.from_tidy(pl.DataFrame(rows, schema=columns, orient="row").with_columns(period=2020))

    def framework(unit: str) -> Framework:
        leaf = {"id": "x", "formula": "gdp / pop", "unit": unit, "direction": "benefit"}
        return Framework.from_document(Document("f.yaml", {"id": "f", "title": "F", "tree": [leaf]}, {}))

    assert np.isfinite(build(panel, framework("万元/人")).scores).all()
    with pytest.raises(SpecError) as caught:
        build(panel, framework("元/人"))
    assert (caught.value.code, caught.value.values["indicator"]) == ("formula_scale", "x")
