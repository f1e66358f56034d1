"""Every text a person reads, in Chinese and English, looked up by id.

The texts lie in the ``*.toml`` files of this folder, the two languages side by side.
``say("error.unknown_column", column="gdp")`` fills a text in; both languages travel
together as a `Text` until somebody prints it.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, Lang] = ("zh", "en")

_language: ContextVar[Lang | None] = ContextVar("nqpf_language", default=None)


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; ``text["zh"]`` picks one, ``str(text)`` the reader's."""

    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def __str__(self) -> str:
        return self[language()]

    @classmethod
    def same(cls, text: object) -> Text:
        """Return a text that reads alike in both languages (an id, a number, a name)."""
        return cls(str(text), str(text))

    @classmethod
    def join(cls, parts: Iterable[Text | str], zh: str = "、", en: str = ", ") -> Text:
        """Join texts with the list sign of each language."""
        texts = [p if isinstance(p, Text) else cls.same(p) for p in parts]
        return cls(zh.join(t.zh for t in texts), en.join(t.en for t in texts))


@cache
def catalogue() -> Mapping[str, Text]:
    """Return every message by id, as written, with its ``{placeholders}``."""
    found: dict[str, Text] = {}
    for entry in sorted(resources.files(__name__).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            for key, text in _flatten(tomllib.loads(entry.read_text(encoding="utf-8"))):
                if key in found:
                    raise ValueError(f"message {key!r} stands twice (again in {entry.name})")
                found[key] = text
    return found


def say(key: str, /, **values: Any) -> Text:
    """Return message `key` with its placeholders filled.

    Parameters
    ----------
    key
        Id of the message, e.g. ``"error.unknown_column"``.
    **values
        Placeholder values. A `Text` is used language by language; anything else is formatted
        with the format the message states, e.g. ``{score:.3f}``.

    Raises
    ------
    KeyError
        No message has this id, or a placeholder has no value: a fault of the program, not of its user.

    Examples
    --------
    >>> say("where.row", value=7).en
    'row 7'
    """
    text = catalogue()[key]
    return Text(text.zh.format(**_pick(values, "zh")), text.en.format(**_pick(values, "en")))


def language() -> Lang:
    """Return the reader's language: set with `speak`, else ``NQPF_LANG``, else the locale's, else Chinese."""
    return _language.get() or _from_environment()


def spoken() -> Lang | None:
    """Return the language that was asked for with `speak`; None where nobody asked."""
    return _language.get()


@contextmanager
def speak(lang: Lang | None) -> Iterator[None]:
    """Use `lang` for ``str(text)`` inside the ``with`` block."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def _from_environment() -> Lang:
    wanted = os.environ.get("NQPF_LANG", "").lower()
    if wanted[:2] in LANGUAGES:
        return "zh" if wanted[:2] == "zh" else "en"
    tag = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "").lower()
    tag = tag or (locale.getlocale()[0] or "").lower()
    return "en" if tag.startswith("en") else "zh"


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Text]]:
    if isinstance(table.get("zh"), str):
        yield prefix, Text(table["zh"], table["en"])
    for name, inner in table.items():
        if isinstance(inner, dict):
            yield from _flatten(inner, f"{prefix}.{name}" if prefix else name)


def _pick(values: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    return {name: value[lang] if isinstance(value, Text) else value for name, value in values.items()}
