"""Lists of columns: a name in place of a list is taken letter by letter by Python, so it is refused by name."""

from __future__ import annotations

from collections.abc import Sequence

from nqpf.errors import SpecError, Where


def refuse_text(**given: Sequence[str]) -> None:
    """Raise a SpecError that names the option if one of the lists of columns is a text.

    Parameters
    ----------
    **given
        Lists of columns by name of the option.
    """
    for key, columns in given.items():
        if isinstance(columns, str):
            raise SpecError("columns_text", where=Where(key=key), column=columns)
