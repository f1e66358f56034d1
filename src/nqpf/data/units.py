"""Units of measure: 亿元, 万吨标准煤, 件/万人, 10^7 kWh are read into a dimension and a factor, and converted.

The units are data (``tables/units.csv``); how they combine follows GB 3100-1993 and the SI Brochure. What has no fixed
factor is a dimension of its own and never converted silently: each currency, each price base, tonnes of coal
equivalent (29.3076 GJ each only by the convention of GB/T 2589), calendar years beside hours.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

from nqpf.errors import DataError, Where, hint, listing
from nqpf.messages import Text, say

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_TIMES = str.maketrans(dict.fromkeys("*×⋅∙•・", "·"))
_HAN = "\u3400-\u9fff"
_INDEX = re.compile(r"(?P<base>\d{4}(?=年?=)|(?!\d{4}年?=)[^=/()]+)年?=(?P<level>\d*[1-9]\d*)")
_PRICES = re.compile(r"[,(]([^(),]*(?:价|\bprices?\b)[^(),]*)\)?|\b((?:current|constant)(?: \d{4})?)\b", re.IGNORECASE)
_CURRENT = re.compile("当年|当期|现价|现行|current", re.IGNORECASE)
_STOCK = re.compile(r"^(?:年末|年底|期末|年初|期初)|[,(](?:年末|年底|期末|年初|期初)数?\)?$")
_PER_HEAD = re.compile(r"^(人均|户均)(?=.)")
_LOST = re.compile(r"10[346789](?!\d)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Attributes
    ----------
    dimension
        Base dimensions and their exponents, in alphabetical order: ``(("count", 1), ("person", -1))``.
    factor
        How many base units one unit is, exactly: 10000 for 万元.
    """

    dimension: tuple[tuple[str, int], ...] = ()
    factor: Fraction = Fraction(1)

    def __mul__(self, other: Unit) -> Unit:
        exponents = Counter(dict(self.dimension))
        exponents.update(dict(other.dimension))
        return Unit(tuple(sorted((base, e) for base, e in exponents.items() if e)), self.factor * other.factor)

    def __pow__(self, exponent: int) -> Unit:
        raised = tuple((base, e * exponent) for base, e in self.dimension if exponent)
        return Unit(raised, Fraction(self.factor**exponent))

    def text(self) -> Text:
        """Return the dimension in words."""
        if not self.dimension:
            return say("unit.dimension.one")
        return Text.join([_named(base, e) for base, e in sorted(self.dimension, key=lambda d: -d[1])], "·", "·")

    def without(self, *kinds: str) -> Unit:
        """Return the unit without its base dimensions of these kinds: ``without("prices")``."""
        return Unit(tuple((b, e) for b, e in self.dimension if b.partition(":")[0] not in kinds), self.factor)


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    unit: Unit


class _UnreadableError(Exception):
    """Inside this file: `part` of a unit cannot be read, or can be read in two ways."""

    def __init__(self, part: str, code: str = "unit_unknown") -> None:
        self.part = part
        self.code = code


def parse_unit(text: str, where: Where | None = None) -> Unit:
    """Return what a unit of measure is made of.

    Parameters
    ----------
    text
        A unit of ``tables/units.csv``, alone or after 十 百 千 万 亿, million, ``10^4``, ``10⁴``, ``10 000``; combined
        by ``·``, ``/``, 每, ``per``, powers and brackets; an index ``上年=100``; with a price base ``亿元(2000年价)``
        (without one, money is at current prices).
    where
        Place of the unit, for messages.

    Raises
    ------
    DataError
        ``unit_unknown``: a part is no known unit; ``unit_ambiguous``: a product after ``/`` without brackets.

    Examples
    --------
    >>> parse_unit("万元/人")
    Unit(dimension=(('money_cny', 1), ('person', -1)), factor=Fraction(10000, 1))
    >>> parse_unit("10^7 kWh") == parse_unit("千万千瓦时")
    True
    """
    try:
        return _parse(text)
    except _UnreadableError as fault:
        raise DataError(
            fault.code,
            where=where,
            text=text,
            part=fault.part,
            hint=hint(fault.part, [*_words()][::-1]),  # of spellings alike but for case, the first
            options=listing(_main_symbols(), 99),
        ) from None


def is_unit(text: str) -> bool:
    """Return whether a text is a unit of measure.

    Examples
    --------
    >>> is_unit("部/百人"), is_unit("现价"), is_unit("2020")
    (True, False, False)
    """
    try:
        _parse(text)
    except _UnreadableError:
        return False
    return True


def convert_factor(source: str, target: str, where: Where | None = None) -> float:
    """Return the number by which values in `source` are multiplied to be in `target`.

    Parameters
    ----------
    source, target
        Units as `parse_unit` reads them.
    where
        Place of the values, for messages.

    Raises
    ------
    DataError
        ``unit_unknown``, ``unit_ambiguous`` as in `parse_unit`; ``unit_mismatch``: the two measure different things.

    Examples
    --------
    >>> convert_factor("亿元", "万元"), convert_factor("%", "比例"), convert_factor("元/人", "万元/万人")
    (10000.0, 0.01, 1.0)
    """
    one, other = parse_unit(source, where), parse_unit(target, where)
    if one.dimension != other.dimension:
        made = {"source_of": one.text(), "target_of": other.text()}
        raise DataError("unit_mismatch", where=where, source=source, target=target, **made)
    return float(one.factor / other.factor)


def exponent_of_ten(number: Fraction) -> int | None:
    """Return k where `number` is 10^k, else None.

    Examples
    --------
    >>> exponent_of_ten(Fraction(1, 100)), exponent_of_ten(Fraction(20))
    (-2, None)
    """
    if number <= 0:
        return None
    larger = str(max(number, 1 / number))
    if not re.fullmatch("10*", larger):
        return None
    return len(larger) - 1 if number >= 1 else 1 - len(larger)


def split_prices(text: str) -> tuple[str, str | None]:
    """Return a unit of measure without its statement of prices, and the prices: a year, other words, None if current.

    Examples
    --------
    >>> split_prices("亿元(2010年价)"), split_prices("亿元(当年价)"), split_prices("亿元")
    (('亿元', '2010'), ('亿元', None), ('亿元', None))
    """
    plain = _clean(text)
    found = _PRICES.search(plain)
    if not found:
        return plain, None
    rest = (plain[: found.start()] + plain[found.end() :]).strip()
    stated = found[1] or found[2]
    if _CURRENT.search(stated):
        return rest, None
    year = re.search(r"\d{4}", stated)
    return rest, year[0] if year else stated.casefold()


@cache
def _parse(text: str) -> Unit:
    plain, stated = split_prices(text)
    prices = Unit(((f"prices:{stated}", 1),)) if stated else Unit()
    index = _INDEX.fullmatch(plain[1:-1] if plain[:1] + plain[-1:] == "()" else plain)
    if index:
        return Unit(((f"index:{index['base']}", 1),), 1 / Fraction(index["level"])) * prices
    plain = _STOCK.sub("", plain)  # 年末 says when a stock was counted, not in what
    per_head = _PER_HEAD.match(plain)
    if per_head:
        plain = f"({plain[2:]})/{per_head[1][0]}"
    tokens = _tokens(plain)
    unit = _expression(tokens, text)
    if tokens:
        raise _UnreadableError(text)  # a bracket that was never opened
    return unit * prices


def _clean(text: str) -> str:
    # before NFKC, which would make 10⁴ a plain 104
    raised = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    plain = " ".join(unicodedata.normalize("NFKC", raised).translate(_TIMES).replace("**", "^").split())
    plain = re.sub(f"(?<=[{_HAN}]) | (?=[{_HAN}])", "", plain)
    plain = re.sub(r"\bper\b(?! (?:cent|mille))|每", "/", plain, flags=re.IGNORECASE)
    return re.sub(r"/+", "/", re.sub(r" ?([/·()^=]) ?", r"\1", plain))


def _tokens(text: str) -> deque[_Word]:
    tokens, at = deque[_Word](), 0
    while at < len(text):
        found = _pattern().match(text, at)
        if not found:
            raise _UnreadableError(re.split(r"[/·()^ ]", text[at:])[0] or text[at:])
        tokens.append(_token(found))
        at = found.end()
    return tokens


def _token(found: re.Match[str]) -> _Word:
    if found["number"]:
        value = Fraction(re.sub("[ ,]", "", found["number"]))
        if exponent_of_ten(value) is not None:
            return _Word("digits", Unit((), value ** int(found["power"] or 1)))
        if found["power"] or not _LOST.fullmatch(found["number"]):  # a year or a code
            raise _UnreadableError(found["number"])
        return _Word("lost", Unit((), Fraction(10 ** int(found["number"][2:]))))  # 10⁴ whose 4 is no longer raised
    if found["symbol"]:
        words = _words()
        return words.get(found["symbol"]) or words[found["symbol"].casefold()]
    if found["raise"]:
        return _Word("^", Unit((), Fraction(found["raise"])))
    return _Word(found["sign"], Unit())


def _expression(tokens: deque[_Word], text: str) -> Unit:
    """Read products and quotients up to the end or a closing bracket."""
    unit, divided, sign = Unit(), False, "·"
    if tokens and tokens[0].kind == "/":
        sign = tokens.popleft().kind
    while True:
        divided = divided or sign == "/"
        unit = unit * _group(tokens, text) ** (-1 if sign == "/" else 1)
        if not tokens or tokens[0].kind == ")":
            return unit
        sign = tokens.popleft().kind
        if sign not in ("/", "·", " "):
            raise _UnreadableError(text)
        if divided and sign != "/":
            raise _UnreadableError(text, "unit_ambiguous")


def _group(tokens: deque[_Word], text: str) -> Unit:
    """Read one unit with the numbers before it and the power behind it: 10^4 m^2, 百平方公里."""
    unit, last = Unit(), ""
    if tokens and tokens[0].kind == "lost":
        unit = tokens.popleft().unit
        if tokens and tokens[0].kind == " ":
            tokens.popleft()
        if not tokens or tokens[0].kind != "unit":  # 104 alone may be anything
            raise _UnreadableError(text)
    while tokens and (tokens[0].kind in ("digits", "number") or (last and tokens[0].kind == " ")):
        last = tokens[0].kind
        unit = unit * tokens.popleft().unit
    following = tokens[0].kind if tokens else ""
    if last == "digits" and (following == "·" or (unit.factor == 1 and following in ("", "/", ")"))):
        return unit  # the 10^4 of 10^4·yuan, the 1 of 1/万人
    if following not in ("unit", "("):
        raise _UnreadableError(text)
    token = tokens.popleft()
    inner = token.unit
    if token.kind == "(":
        inner = _expression(tokens, text)
        if not tokens or tokens.popleft().kind != ")":
            raise _UnreadableError(text)
    if tokens and tokens[0].kind == "^":
        inner = inner ** int(tokens.popleft().unit.factor)
    return unit * inner


@cache
def _rows() -> tuple[tuple[tuple[str, ...], _Word], ...]:
    lines = (resources.files("nqpf.data") / "tables" / "units.csv").read_text(encoding="utf-8").splitlines()
    rows = []
    for row in csv.DictReader(lines):
        powers = [base.partition("^") for base in row["dimension"].split()]
        dimension = tuple(sorted((base, int(power or 1)) for base, _, power in powers))
        symbols = tuple(unicodedata.normalize("NFKC", s) for s in row["symbols"].split(";"))
        rows.append((symbols, _Word(row["kind"], Unit(dimension, Fraction(row["factor"])))))
    return tuple(rows)


@cache
def _words() -> Mapping[str, _Word]:
    return {symbol: word for symbols, word in _rows() for symbol in symbols}


def _main_symbols() -> list[str]:
    """Return one symbol for each dimension there is."""
    first: dict[tuple[tuple[str, int], ...], str] = {}
    for symbols, word in _rows():
        if word.kind == "unit":
            first.setdefault(word.unit.dimension, symbols[0])
    return list(first.values())


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of one token; longer symbols first, so that 美元 is not 美 and 元."""
    symbols = "|".join(_symbol_pattern(s) for s in sorted(_words(), key=len, reverse=True))
    power = r"-?\d{1,2}(?!\d)"
    number = rf"(?P<number>\d{{1,3}}(?:[ ,]\d{{3}})+(?!\d)|\d+(?:\.\d+)?(?:[eE]\+?{power})?)(?:\^(?P<power>{power}))?"
    return re.compile(rf"(?P<symbol>{symbols})|{number}|\^(?P<raise>{power})|(?P<sign>[/·() ])", re.ASCII)


def _symbol_pattern(symbol: str) -> str:
    exact = re.escape(symbol) + (r"(?![A-Za-z])" if symbol[-1].isascii() and symbol[-1].isalpha() else "")
    # words (yuan, persons) in any case; symbols not: Mt is a million tonnes, mt often one
    return f"(?i:{exact})" if symbol.islower() and len(symbol) >= 4 else exact


def _named(base: str, exponent: int) -> Text:
    kind, _, value = base.partition(":")
    power = str(exponent).translate(_RAISED) if exponent != 1 else ""
    name = say(f"unit.dimension.{kind}.{'of' if value else 'name'}", value=value)
    return Text(name.zh + power, name.en + power)
