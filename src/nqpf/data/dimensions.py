"""The dimension check of formulas: what unit of measure a formula's result has, against the unit that is declared.

``gdp / pop * 10000`` over 亿元 and 万人 gives 元/人: series carry their units through sums, products and quotients, and
a literal power of ten is a conversion constant. What cannot be followed for certain (a series of unknown unit,
functions, CASE, any other factor, indices) is not checked at all.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from nqpf.data.formula import names_in
from nqpf.data.units import Unit, exponent_of_ten, is_unit, parse_unit, split_prices
from nqpf.errors import SpecError, Where, listing
from nqpf.messages import Text, say

UNSCALED = ("index", "score")
"""Dimensions of numbers whose level is a convention: they say nothing of a formula's unit."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)(?![\w.])"
    r"|\"(?P<quoted>[^\"]+)\"|`(?P<ticked>[^`]+)`|(?P<name>[^\W\d]\w*)(?!\s*\()|(?P<sign>[-+*/()]))"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Part of a formula: a literal `number`, or a quantity in `unit` (None: it cannot be followed)."""

    text: str
    unit: Unit | None = None
    number: Fraction | None = None


class _UnclearError(Exception):
    """Inside this file: the formula holds what this reader does not know."""


class _ClashError(Exception):
    """Inside this file: two parts are added although their units differ."""

    def __init__(self, parts: tuple[str, str], units: tuple[Unit, Unit]) -> None:
        self.parts = parts
        self.units = units


def unit_of(formula: str, measures: Mapping[str, str | None]) -> Unit | None:
    """Return the unit of measure of a formula's result.

    Parameters
    ----------
    formula
        SQL expression over series.
    measures
        Unit of measure of each series, None where it is not known.

    Returns
    -------
    Unit or None
        None where the formula cannot be followed.

    Examples
    --------
    >>> made = unit_of("gdp / pop * 10000", {"gdp": "亿元", "pop": "万人"})
    >>> made == parse_unit("元/人")
    True
    >>> unit_of("ln(gdp)", {"gdp": "亿元"}) is None
    True
    """
    try:
        return _follow(formula, measures)
    except _ClashError:
        return None


def check_formula(
    formula: str, measures: Mapping[str, str | None], declared: Text, *, indicator: str, where: Where | None = None
) -> None:
    """Refuse a formula whose result cannot be in the unit that is declared for it.

    Parameters
    ----------
    formula
        SQL expression over series.
    measures
        Unit of measure of each series, None where it is not known.
    declared
        Unit that the framework states for the result; where it is no unit of measure, only sums and prices are checked.
    indicator
        Indicator that the formula defines, for messages.
    where
        Where the formula is written.

    Raises
    ------
    SpecError
        ``formula_prices``: series at different prices are combined (allowed where the declared unit is an index: a
        deflator). ``formula_sum``, ``formula_sum_scale``: unlike things, or like things in unlike units, are added.
        ``formula_dimension``: the result measures something else than declared. ``formula_scale``: it is off by a
        factor.

    Examples
    --------
    >>> measures = {"gdp": "亿元", "pop": "万人"}
    >>> check_formula("gdp / pop", measures, Text.same("万元/人"), indicator="gdp_pc")
    >>> try:
    ...     check_formula("gdp / pop", measures, Text.same("元/人"), indicator="gdp_pc")
    ... except SpecError as error:
    ...     error.code, error.values["mended"]
    ('formula_scale', '(gdp / pop) * 10000')
    """
    said: dict[str, object] = {"formula": formula, "indicator": indicator}
    wanted = next((parse_unit(text) for text in (declared.zh, declared.en) if is_unit(text)), None)
    free = wanted is not None and _has(wanted, *UNSCALED)
    known = {n: m for n in names_in(formula, where) if (m := measures.get(n)) and is_unit(m)}
    if not free:
        _check_prices(known, said, where)
    try:
        made = _follow(formula, measures)
    except _ClashError as clash:
        raise _sum_error(clash, said, where) from None
    if made is not None and wanted is not None and not free:
        terms = listing([say("unit.of_series", series=n, unit=m) for n, m in known.items()], 20)
        _compare(made, wanted, declared, {"terms": terms} | said, where)


def price_base(measure: str) -> str | None:
    """Return the prices a unit is at: a year, other words, or ``""`` for current ones; None if there is no money in it.

    Examples
    --------
    >>> price_base("亿元"), price_base("元/人(2000年价)"), price_base("万人")
    ('', '2000', None)
    """
    stated = split_prices(measure)[1]
    return stated or ("" if any(base.startswith("money_") for base, _ in parse_unit(measure).dimension) else None)


def _check_prices(known: Mapping[str, str], said: Mapping[str, object], where: Where | None) -> None:
    bases = {name: base for name, measure in known.items() if (base := price_base(measure)) is not None}
    if len(set(bases.values())) < 2:
        return
    shown = [_at_prices(name, base) for name, base in bases.items()]
    raise SpecError("formula_prices", where=where, found=listing(shown, 20), **said)


def _at_prices(series: str, base: str) -> Text:
    if not base:
        return say("unit.at_current_prices", series=series)
    if base.isdigit():
        return say("unit.at_prices", series=series, prices=base)
    return say("unit.at_stated_prices", series=series, prices=base)


def _sum_error(clash: _ClashError, said: Mapping[str, object], where: Where | None) -> SpecError:
    parts, (one, other) = dict(zip(("one", "other"), clash.parts, strict=True)), clash.units
    if not _same(one, other):
        return SpecError("formula_sum", where=where, one_of=one.text(), other_of=other.text(), **parts, **said)
    ratio = one.factor / other.factor
    return SpecError("formula_sum_scale", where=where, mended=_times(parts["one"], ratio), **parts, **said)


def _compare(made: Unit, wanted: Unit, declared: Text, said: Mapping[str, object], where: Where | None) -> None:
    # an indicator need not repeat the prices its series are at, but it may not state others
    at_others = _has(wanted, "prices") and made.without("count") != replace(wanted.without("count"), factor=made.factor)
    if at_others or not _same(made, wanted):
        # a series that stands for itself may leave out "per head", as 居民人均可支配收入 in 元 does
        per_head = made * Unit((("person", -1),))
        single = len(names_in(str(said["formula"]))) == 1 and not at_others
        if single and _same(per_head, wanted) and per_head.factor == wanted.factor:
            return
        shown = {"made_of": made.text(), "declared_of": wanted.text(), "unit": declared}
        raise SpecError("formula_dimension", where=where, **shown, **said)
    ratio = made.factor / wanted.factor
    if ratio != 1:
        power = exponent_of_ten(ratio)
        scaled = declared if power is None else Text(f"10^{power} {declared.zh}", f"10^{power} {declared.en}")
        shown = {"unit": declared, "scaled": say("unit.ratio") if made == Unit() else scaled}
        mended = _times(f"({said['formula']})", ratio)
        raise SpecError("formula_scale", where=where, factor=_plain(ratio), mended=mended, **shown, **said)


def _has(unit: Unit, *kinds: str) -> bool:
    return any(base.partition(":")[0] in kinds for base, _ in unit.dimension)


def _same(one: Unit, other: Unit) -> bool:
    """Return whether two units measure the same kind of thing; a count is a number, like 次 of a turnover."""
    return one.without("count", "prices") == replace(other.without("count", "prices"), factor=one.factor)


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.6g}"


def _times(formula: str, ratio: Fraction) -> str:
    return f"{formula} {'*' if ratio > 1 else '/'} {_plain(max(ratio, 1 / ratio))}"


def _follow(formula: str, measures: Mapping[str, str | None]) -> Unit | None:
    """Return the unit of a formula's result, None where it cannot be followed; a `_ClashError` if a sum is wrong."""
    try:
        tokens = deque(_tokens(formula))
        found = _sum(tokens, measures)
        return None if tokens else found.unit
    except _UnclearError:
        return None


@cache
def _tokens(formula: str) -> tuple[tuple[str, str], ...]:
    """Return kind and text of every token of a formula of names, numbers and signs."""
    tokens, at, text = [], 0, formula.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or not found.lastgroup:
            raise _UnclearError
        kind = "name" if found.lastgroup in ("quoted", "ticked") else found.lastgroup
        tokens.append((kind, found[found.lastgroup]))
        at = found.end()
    return tuple(tokens)


def _sum(tokens: deque[tuple[str, str]], measures: Mapping[str, str | None]) -> _Part:
    total = _product(tokens, measures)
    while tokens and tokens[0][1] in ("+", "-"):
        sign = tokens.popleft()[1]
        total = _added(total, _product(tokens, measures), sign)
    return total


def _product(tokens: deque[tuple[str, str]], measures: Mapping[str, str | None]) -> _Part:
    whole = _factor(tokens, measures)
    while tokens and tokens[0][1] in ("*", "/"):
        sign = tokens.popleft()[1]
        whole = _multiplied(whole, _factor(tokens, measures), sign)
    return whole


def _factor(tokens: deque[tuple[str, str]], measures: Mapping[str, str | None]) -> _Part:
    if not tokens:
        raise _UnclearError
    kind, text = tokens.popleft()
    if kind == "number":
        return _Part(text, number=Fraction(text))
    if kind == "name":
        measure = measures.get(text)
        unit = parse_unit(measure) if measure and is_unit(measure) else None
        return _Part(text, None if unit is None or _has(unit, *UNSCALED) else unit)
    if text in ("+", "-"):
        signed = _factor(tokens, measures)
        return replace(signed, text=text + signed.text)
    if text != "(":
        raise _UnclearError
    inner = _sum(tokens, measures)
    if not tokens or tokens.popleft()[1] != ")":
        raise _UnclearError
    return replace(inner, text=f"({inner.text})")


def _added(one: _Part, other: _Part, sign: str) -> _Part:
    text = f"{one.text} {sign} {other.text}"
    if one.unit is not None and other.unit is not None:
        if not _same(one.unit, other.unit) or one.unit.factor != other.unit.factor:
            raise _ClashError((one.text, other.text), (one.unit, other.unit))
        return _Part(text, one.unit)
    # a number beside a quantity has the quantity's unit only if that is 1, as in x / y - 1
    bare = {part.unit for part in (one, other) if part.number is None}
    return _Part(text, Unit() if bare == {Unit()} else None)


def _multiplied(one: _Part, other: _Part, sign: str) -> _Part:
    text = f"{one.text} {sign} {other.text}"
    power = 1 if sign == "*" else -1
    if one.number is not None and other.number is not None:
        return _Part(text, number=one.number * other.number**power if other.number or power > 0 else None)
    units = [_carried(one), _carried(other)]
    if units[0] is None or units[1] is None:
        return _Part(text)
    return _Part(text, units[0] * units[1] ** power)


def _carried(part: _Part) -> Unit | None:
    """Return what a factor does to the unit of a product: a power of ten k makes the unit k times smaller."""
    if part.number is None:
        return part.unit
    return None if exponent_of_ten(abs(part.number)) is None else Unit((), 1 / abs(part.number))
