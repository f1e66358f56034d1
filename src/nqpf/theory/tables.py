"""Reads the theory room's own CSV files: every cell a string, two-language columns as one `Text`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib import resources

from nqpf.messages import Text


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file that lies beside this module.

    Parameters
    ----------
    name
        File name, e.g. ``"items.csv"``.

    Returns
    -------
    list of dict
        One dict a row, by column name.

    Examples
    --------
    >>> read_rows("groups.csv")[1]["title_zh"]
    '劳动者'
    """
    text = resources.files("nqpf.theory").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), strict=True))


def both(row: Mapping[str, str], column: str) -> Text:
    """Return columns ``{column}_zh`` and ``{column}_en`` of a row as one text.

    Examples
    --------
    >>> both({"unit_zh": "年", "unit_en": "years"}, "unit").en
    'years'
    """
    return Text(row[f"{column}_zh"], row[f"{column}_en"])
