"""What goes over the wire: plain JSON of what views return and of errors; a text is ``{"zh": …, "en": …}``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import fields, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES, Text


def plain(value: Any) -> Any:
    """Return a value as JSON has it.

    Parameters
    ----------
    value
        Nested mappings, lists, texts, numbers (of numpy too), dates and paths. A number that is not finite becomes
        None: JSON knows no other word for it.

    Raises
    ------
    TypeError
        Anything else: a fault of the program.

    Examples
    --------
    >>> plain({"score": (1, float("nan")), "title": Text("分", "score")})
    {'score': [1, None], 'title': {'zh': '分', 'en': 'score'}}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Text):
        return {lang: value[lang] for lang in LANGUAGES}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Set):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, NqpfError):
        return fault(value)
    if hasattr(value, "tolist"):  # numbers and arrays of numpy, which this process need not import
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} does not go over the wire")


def encode(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def fault(error: NqpfError) -> dict[str, Any]:
    """Return an error as the page shows it: code, what is wrong, what to do, and the place in words and as data."""
    place = {f.name: plain(v) for f in fields(error.where) if (v := getattr(error.where, f.name)) is not None}
    where = error.where.text()
    return {
        "code": error.code,
        "what": plain(error.what),
        "todo": plain(error.todo),
        "where": None if where is None else plain(where),
        "place": place,
    }


def near(error: NqpfError, folder: Path | None) -> NqpfError:
    """Return an error whose file is named as it stands in a session's folder: the page knows no other."""
    file = error.where.file
    if folder is None or file is None or not Path(file).is_relative_to(folder):
        return error
    where = replace(error.where, file=Path(file).relative_to(folder).as_posix())
    return type(error)(error.code, where=where, **error.values)
