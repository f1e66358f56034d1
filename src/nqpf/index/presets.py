"""Recipes with a name: what other programs and handbooks do, ready to be run or to be changed in part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from nqpf.errors import SpecError, hint, listing
from nqpf.yamlfile import Label, Strict, load, validate


class Preset(Strict):
    """A named recipe.

    Attributes
    ----------
    id, title
        Its name.
    note
        What it does, and how far it is the other program's.
    reference
        Where that is documented.
    recipe
        The recipe as it would be written.
    """

    id: str
    title: Label
    note: Label
    reference: str
    recipe: Mapping[str, Any]


class _Presets(Strict):
    presets: tuple[Preset, ...]


@cache
def presets() -> Mapping[str, Preset]:
    """Return the named recipes by id.

    Examples
    --------
    >>> list(presets())
    ['handbook', 'coinr_asem', 'spssau_entropy', 'spssau_topsis']
    """
    with resources.as_file(resources.files("nqpf.index") / "presets.yaml") as file:
        return {one.id: one for one in validate(_Presets, load(file)).presets}


def preset(id: str) -> Preset:
    """Return a named recipe; a SpecError names what there is if it is absent."""
    known = presets()
    if id not in known:
        raise SpecError("unknown_preset", preset=id, options=listing(known), hint=hint(id, known))
    return known[id]
