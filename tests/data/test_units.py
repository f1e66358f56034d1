"""Units of measure: what yearbooks write is understood exactly, and what has no fixed factor is never converted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data import units
from nqpf.data.units import Unit, convert_factor, is_unit, parse_unit
from nqpf.errors import DataError, Where
from nqpf.messages import say

SYMBOLS = [(symbol, word) for symbols, word in units._rows() for symbol in symbols if word.kind == "unit"]


def refused(source: str, target: str) -> DataError:
    with pytest.raises(DataError) as caught:
        convert_factor(source, target)
    return caught.value


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("亿元", "万元", 10000),
        ("万元", "亿元", 1e-4),
        ("千元", "元", 1000),
        ("百万元", "亿元", 0.01),
        ("万亿元", "亿元", 10000),
        ("yuan", "元", 1),
        ("10^4 yuan", "万元", 1),
        ("10⁴ yuan", "万元", 1),
        ("10 000 yuan", "万元", 1),
        ("10,000 yuan", "万元", 1),
        ("1e4 yuan", "万元", 1),
        ("10^4·yuan", "万元", 1),
        ("100 million yuan", "亿元", 1),
        ("billion yuan", "亿元", 10),
        ("亿元(当年价)", "万元", 10000),
        ("亿美元", "USD", 1e8),
        ("万美元", "million US dollars", 0.01),
        ("亿人", "万人", 10000),
        ("百万人", "千人", 1000),
        ("万人年", "人年", 10000),
        ("万人月", "人年", 10000 / 12),
        ("亿吨", "万吨", 10000),
        ("百万吨", "kt", 1000),
        ("Mt", "千吨", 1000),
        ("吨", "kg", 1000),
        ("万吨标准煤", "tce", 10000),
        ("吨标煤/万元", "吨标准煤/亿元", 10000),
        ("亿千瓦时", "万千瓦时", 10000),
        ("10^7 kWh", "GWh", 10),
        ("TWh", "亿千瓦时", 10),
        ("千瓦·小时", "kWh", 1),
        ("kWh", "MJ", 3.6),
        ("GJ", "百万千焦", 1),
        ("万千瓦", "MW", 10),
        ("亿立方米", "万立方米", 10000),
        ("万公里", "km", 10000),
        ("平方公里", "公顷", 100),
        ("万公顷", "万亩", 15),
        ("km²", "㎡", 1e6),
        ("m3", "升", 1000),
        ("万件", "件", 10000),
        ("亿块", "万块", 10000),
        ("万户", "户", 10000),
        ("台（套）", "台", 1),
        ("%", "比例", 0.01),
        ("百分点", "%", 1),
        ("‰", "%", 0.1),
        ("人/万人", "‰", 0.1),
        ("年", "月", 12),
        ("小时", "分钟", 60),
        ("万元/人", "元/人", 10000),
        ("yuan per person", "元/人", 1),
        ("件每万人", "件/百人", 0.01),
        ("per 100 people", "1/万人", 100),
        ("部/百人", "部/人", 0.01),
        ("人年/万人", "人年/人", 1e-4),
        ("EFLOPS/万人", "PFLOPS/万人", 1000),
        ("公里/百平方公里", "公里/平方公里", 0.01),
        ("kg/kWh", "t/MWh", 1),
        ("微克/立方米", "mg/m^3", 0.001),
        ("元/(人·年)", "元/(人·月)", 1 / 12),
        ("亿吨公里", "万吨公里", 10000),
        ("1952=1", "1952=100", 100),
        ("1978年=100", "1978=1", 0.01),
        ("上年=100", "上年=1", 0.01),
        ("（上年=100）", "上年=1", 0.01),
        ("2020年=100", "2020=1", 0.01),
        ("104 tons", "万吨", 1),
        ("(104tons)", "吨", 10000),
        ("104吨", "10^4 t", 1),
        ("108cu.m", "亿立方米", 1),
        ("108 kW·h", "亿千瓦时", 1),
        ("106 yuan", "百万元", 1),
        ("人/104 人", "人/万人", 1),
        ("年末万人", "万人", 1),
        ("万人（年末）", "人", 10000),
        ("人(年末数)", "人", 1),
        ("户均公顷", "公顷/户", 1),
        ("人均 公斤", "千克/人", 1),
        ("人均万千瓦时", "kWh/人", 10000),
        ("10^15 Btu", "EJ", 1.05505585262),
    ],
)
def test_conversion(source: str, target: str, factor: float) -> None:
    assert convert_factor(source, target) == pytest.approx(factor, rel=1e-15)


@given(st.data())
def test_there_and_back_is_one(data: st.DataObject) -> None:
    source, word = data.draw(st.sampled_from(SYMBOLS))
    same = [symbol for symbol, other in SYMBOLS if other.unit.dimension == word.unit.dimension]
    target = data.draw(st.sampled_from(same))
    scale = data.draw(st.sampled_from(["", "百", "万", "亿", "million ", "10^4 ", "10^-2 "]))
    assert convert_factor(scale + source, target) * convert_factor(target, scale + source) == pytest.approx(
        1, rel=1e-15
    )


@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), st.integers(-3, 3).filter(bool))
def test_units_multiply_as_quantities_do(
    one: tuple[str, units._Word], other: tuple[str, units._Word], power: int
) -> None:
    (a, _), (b, _) = one, other
    ua, ub = parse_unit(a), parse_unit(b)
    assert parse_unit(f"({a})·({b})") == ua * ub == ub * ua
    assert parse_unit(f"({a})/({b})") * ub == ua
    assert parse_unit(f"({a})^{power}") == ua**power
    assert ua**power * ua**-power == Unit()


@pytest.mark.parametrize(("symbol", "word"), SYMBOLS, ids=[s for s, _ in SYMBOLS])
def test_every_symbol_of_the_table_reads_as_itself(symbol: str, word: units._Word) -> None:
    assert parse_unit(symbol) == word.unit
    assert parse_unit(f"万{symbol}") == word.unit * Unit((), Fraction(10000))


def test_no_symbol_stands_twice_and_every_dimension_has_a_name() -> None:
    listed = [symbol for symbols, _ in units._rows() for symbol in symbols]
    assert len(listed) == len(set(listed))
    for base in {base for _, word in SYMBOLS for base, _ in word.unit.dimension}:
        named = say(f"unit.dimension.{base}.name", value="")
        assert named.zh
        assert named.en


def test_dimension_and_factor() -> None:
    assert parse_unit("万元/人") == Unit((("money_cny", 1), ("person", -1)), Fraction(10000))
    assert parse_unit("亩").factor == Fraction(2000, 3)
    assert parse_unit("kWh") == parse_unit("kW·h")
    assert parse_unit("1") == parse_unit("比例") == Unit()


def test_words_may_be_capitals_but_symbols_may_not() -> None:
    assert parse_unit("Yuan/Person") == parse_unit("元/人")
    assert not is_unit("mt")  # a million tonnes or one
    assert not is_unit("kg/KJ")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("亿元", "亿美元"),
        ("吨标准煤", "kWh"),
        ("吨标准煤", "吨"),
        ("吨标准油", "吨标准煤"),
        ("吨二氧化碳当量", "吨"),
        ("年", "小时"),
        ("人年", "人"),
        ("件", "人"),
        ("万元", "件"),
        ("亿元(2000年价)", "亿元"),
        ("亿元(2000年价)", "亿元(2010年价)"),
        ("constant 2015 US$", "current US$"),
        ("上年=100", "1978=100"),
        ("指数", "比例"),
        ("千瓦", "千瓦时"),
        ("人均元", "元"),
        ("户均公顷", "公顷/人"),
        ("104 tons", "104 tce"),
        ("1952=1", "1978=1"),
    ],
)
def test_what_has_no_fixed_factor_is_not_converted(source: str, target: str) -> None:
    assert refused(source, target).code == "unit_mismatch"
    assert refused(target, source).code == "unit_mismatch"


def test_prices_of_one_year_convert_whatever_they_are_called() -> None:
    assert convert_factor("亿元(2000年价)", "万元（2000年不变价）") == 10000
    assert convert_factor("亿元，2000年不变价", "亿元(2000 prices)") == 1
    assert convert_factor("constant 2015 US$", "美元(2015年价格)") == 1


def test_mismatch_says_what_each_measures() -> None:
    fault = refused("吨标准煤/万元", "kWh/万元")
    assert fault.text().zh == (
        "“吨标准煤/万元”（标准煤·人民币⁻¹）不能换算为“kWh/万元”（能量·人民币⁻¹）：量的种类不同。"
        "请核对单位。不同货币、不同价格基期、标准煤与电量之间没有固定系数，请先用汇率、价格指数或折标系数折算。"
    )
    assert fault.text().en.startswith(
        "“吨标准煤/万元” (coal equivalent·yuan⁻¹) cannot be converted to “kWh/万元” (energy·yuan⁻¹): "
    )
    prices = refused("亿元(2000年价)", "%").text()
    assert "（人民币·不变价（2000））不能换算为“%”（无量纲）" in prices.zh
    assert "(yuan·constant prices (2000)) cannot be converted to “%” (dimensionless)" in prices.en


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("万桶", "桶"),
        ("元/阶", "阶"),
        ("kWhx", "kWhx"),
        ("万", "万"),
        ("", ""),
        ("2015 US$", "2015"),
        ("2020", "2020"),
        ("0", "0"),
        ("100", "100"),
        ("0^-1 元", "0"),
        ("10^999999999 元", "^999999999元"),
        ("(元", "(元"),
        ("元)", "元)"),
        ("元/", "元/"),
        ("元人", "元人"),
        ("元^", "^"),
        ("当年价", "当年价"),
        ("104", "104"),
        ("104 万吨", "104 万吨"),
        ("10^4 104 吨", "10^4 104 吨"),
        ("101 人", "101"),
        ("102 tons", "102"),
        ("105", "105"),
        ("104^2 吨", "104"),
        ("1040 吨", "1040"),
        ("年末", "年末"),
        ("人均", "均"),
        ("(上年=100", "上年=100"),
    ],
)
def test_unknown_units_are_refused_by_their_part(text: str, part: str) -> None:
    assert not is_unit(text)
    with pytest.raises(DataError) as caught:
        parse_unit(text)
    assert caught.value.code == "unit_unknown"
    assert caught.value.values["part"] == part


@given(st.one_of(st.text(max_size=12), st.text(list("10^^·/( )万亿元人吨kWhm²⁴⁻%=年价,.eE"), max_size=14)))
def test_any_text_is_a_unit_or_refused(text: str) -> None:
    try:
        unit = parse_unit(text)
    except DataError:
        assert not is_unit(text)
    else:
        assert is_unit(text)
        assert unit.factor > 0
        assert convert_factor(text, text) == 1


def test_unknown_unit_says_where_and_what_exists() -> None:
    with pytest.raises(DataError) as caught:
        parse_unit("万kwt", Where(file="a.csv", indicator="用电量"))
    zh, en = caught.value.text().zh, caught.value.text().en
    assert zh.startswith("文件 a.csv，指标 用电量：不认识的计量单位“万kwt”（其中的“kwt”）。可用的单位有元、美元、")
    assert en.startswith(
        "file a.csv, indicator 用电量: Unknown unit of measure “万kwt” (the part “kwt”). Known are 元, "
    )
    assert zh.endswith("您是不是想写“kW”？")
    assert en.endswith("Did you mean “kW”?")


@pytest.mark.parametrize("text", ["元/人·年", "kg/kW h", "吨/万元*年"])
def test_a_product_after_a_slash_needs_brackets(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_unit(text)
    assert caught.value.text().zh == f"计量单位“{text}”可以有两种读法：“/”后面又有乘积。请加括号，如 元/(人·年)。"
    assert "can be read in two ways" in caught.value.text().en


@pytest.mark.parametrize(
    ("number", "power"),
    [(Fraction(1), 0), (Fraction(1000), 3), (Fraction(1, 100), -2), (Fraction(20), None), (Fraction(0), None)],
)
def test_powers_of_ten(number: Fraction, power: int | None) -> None:
    assert units.exponent_of_ten(number) == power


@pytest.mark.parametrize(
    ("text", "rest", "prices"),
    [
        ("亿元", "亿元", None),
        ("亿元(当年价)", "亿元", None),
        ("亿元，2000年不变价", "亿元", "2000"),
        ("万元/人(2010年价)", "万元/人", "2010"),
        ("constant 2015 US$", "US$", "2015"),
        ("亿元(可比价)", "亿元", "可比价"),
    ],
)
def test_the_statement_of_prices(text: str, rest: str, prices: str | None) -> None:
    assert units.split_prices(text) == (rest, prices)


@pytest.mark.parametrize("text", ["亿元", "上年=100", "%", "部/百人", "10^7 kWh", "亿元，当年价", "教师=1"])
def test_brackets_of_headers_that_are_units(text: str) -> None:
    assert is_unit(text)


@pytest.mark.parametrize("text", ["现价", "2020", "规模以上", "L", "K", "不含农户", "a=b", "初步核算"])
def test_brackets_of_headers_that_are_not(text: str) -> None:
    assert not is_unit(text)
