"""What runs across a table: what each header row says of the columns of numbers, and what their names hold besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nqpf.data.reading.head import Head
from nqpf.data.reading.headers import bracketed_unit
from nqpf.data.reading.layout import Split
from nqpf.data.reading.rows import consecutive, kind_of, like_subunits, share
from nqpf.data.reading.stub import MOST
from nqpf.data.reading.tokens import as_year, text_of

_BASE = r"(?!\s*(?:年?\s*(?:不变价|可比价|价|=|＝|为100|基期|口径)))"
"""A year behind which prices or a base follow is no year of the numbers."""
_YEAR_FIRST = re.compile(rf"((?:19|20)\d{{2}}){_BASE}年?[\s_:：-]*(\D.*)", re.DOTALL)
_YEAR_LAST = re.compile(r"(.*?\D)[\s_:：(（-]*((?:19|20)\d{2})年?[)）]?", re.DOTALL)


def header_roles(head: Head, roles: Mapping[str, int], columns: Sequence[int]) -> dict[int, str]:
    """Return what each header row says of the columns of numbers.

    Parameters
    ----------
    head
        The table's header.
    roles
        Role → column of those columns that name rows.
    columns
        Columns of numbers.

    Returns
    -------
    dict
        Header row → period, unit, indicator, measure, source, …; ``name`` where it only names columns.
    """
    found: dict[int, str] = {}
    for i in head.rows:
        cells = [c for j in columns if (c := head.cells[i].get(j)) is not None]
        lead = head.leads.get(i)
        if not cells:
            found[i] = "name"
        elif lead in ("source", "skip", "note", "scope", "vintage"):
            found[i] = lead
        elif _are_years(cells, roles):
            found[i] = "period"
        elif "unit" not in roles and (share(cells, "place") >= MOST or _are_subunits(head, i, cells, roles)):
            found[i] = "unit"
        elif lead in ("measure", "unit_or_measure") or (len(head.rows) > 1 and _are_units(cells)):
            found[i] = "measure"
        else:
            found[i] = "name" if _translates(head, i, columns, found) else "indicator"
    return found


def _are_years(cells: Sequence[Any], roles: Mapping[str, int]) -> bool:
    """Return whether a header row is one of years; where no column says them, some years among other names suffice.

    One is enough beside a column of indicators (指标, 2019年, 比上年增长), which leaves the header to say the year.
    """
    years = [y for c in cells if kind_of(c) == "year" and (y := as_year(c))]
    enough = 1 if "indicator" in roles else 2
    return len(years) >= MOST * len(cells) or (
        "period" not in roles and len(set(years)) >= enough and consecutive(years)
    )


def _are_subunits(head: Head, i: int, cells: Sequence[Any], roles: Mapping[str, int]) -> bool:
    """Return whether the last header row names districts, beside a column of indicators and none of places."""
    return i == head.rows[-1] and "indicator" in roles and "code" not in roles and like_subunits(cells)


def _are_units(cells: Sequence[Any]) -> bool:
    texts = [text_of(c) for c in cells]
    units = sum(bracketed_unit(text) is not None for text in texts)
    return units > 0 and units + sum(not is_name(text) for text in texts) >= MOST * len(texts)


def _translates(head: Head, i: int, columns: Sequence[int], before: Mapping[int, str]) -> bool:
    """Return whether a row only repeats in English what the row above says in Chinese."""
    above = [r for r, role in before.items() if role == "indicator"]
    if not above:
        return False
    own, upper = ({j: c for j in columns if (c := head.table.cell(r, j)) is not None} for r in (i, above[-1]))
    latin = all(text_of(c).isascii() for c in own.values())
    return latin and own.keys() == upper.keys() and not any(text_of(c).isascii() for c in upper.values())


def levels(head: Head, roles: Mapping[int, str], j: int) -> list[str]:
    """Return the names over a column of numbers, from its header rows of indicators, each once.

    A unit of measure among them is put in brackets behind the last name, and in a row of units what is none is a name.
    """
    names, unit = [], None
    for i, role in roles.items():
        text = text_of(head.cells[i].get(j))
        if role not in ("indicator", "measure") or (role == "measure" and i in head.leads) or not text:
            continue
        measure = bracketed_unit(text)
        if measure is None and (role == "indicator" or is_name(text)):
            names.append(text)
        elif role == "indicator":
            unit = unit or measure
    names = list(dict.fromkeys(names))
    if not names:
        return [unit] if unit else []
    return [*names[:-1], f"{names[-1]}({unit})"] if unit else names


def is_name(text: str) -> bool:
    """Return whether a text in a row of units is a name rather than a unit that cannot be read (``千焦)``)."""
    return sum(text.count(c) for c in "(（[【") == sum(text.count(c) for c in ")）]】")


def year_in(name: str) -> tuple[str, int] | None:
    """Return the rest of a name and the year in it; a year of prices is none of the numbers.

    Examples
    --------
    >>> year_in("2019年GDP"), year_in("gdp_2019"), year_in("2010年不变价GDP")
    (('GDP', 2019), ('gdp', 2019), None)
    """
    first, last = _YEAR_FIRST.fullmatch(name.strip()), _YEAR_LAST.fullmatch(name.strip())
    if first:
        return first[2].strip(), int(first[1])
    return (last[1].strip(" _:：-(（"), int(last[2])) if last else None


def place_in(name: str) -> tuple[str, str] | None:
    """Return the place and the rest of a name that sets it off by a colon or a low line; None if it names none or two.

    Examples
    --------
    >>> place_in("北京:RPI"), place_in("GDP：广东：累计"), place_in("gdp_beijing"), place_in("RPI")
    (('北京', 'RPI'), ('广东', 'GDP:累计'), ('beijing', 'gdp'), None)
    """
    for sign in ("[:：]", "_"):
        parts = re.split(rf"\s*{sign}\s*", name.strip())
        at = [n for n, part in enumerate(parts) if kind_of(part) == "place"]
        if len(parts) > 1 and len(at) == 1:
            return parts[at[0]], ":".join(parts[: at[0]] + parts[at[0] + 1 :])
    return None


def dated(names: Sequence[str]) -> tuple[list[str], int] | None:
    """Return the names of a column's levels without the year that one of them holds or is, and the year."""
    for n, name in enumerate(names):
        whole = as_year(name)
        found = ("", whole) if whole is not None else year_in(name)
        if found:
            return [x for x in (*names[:n], found[0], *names[n + 1 :]) if x], found[1]
    return None


def placed(names: Sequence[str]) -> tuple[list[str], str] | None:
    """Return the names of a column's levels without the place that one of them holds or is, and the place."""
    for n, name in enumerate(names):
        found = (name, "") if kind_of(name) == "place" else place_in(name)
        if found:
            return [x for x in (*names[:n], found[1], *names[n + 1 :]) if x], found[0]
    return None


def split_of(names: Iterable[Sequence[str]], *, period: bool, unit: bool) -> Split:
    """Return what most names of indicators hold besides; `period`, `unit` say what is asked for."""
    listed = [n for n in names if n]
    if period and listed and sum(dated(n) is not None for n in listed) >= MOST * len(listed):
        return "period"
    if unit and listed and sum(placed(n) is not None for n in listed) >= MOST * len(listed):
        return "unit"
    return ""
