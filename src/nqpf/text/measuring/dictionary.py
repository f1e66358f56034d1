"""Versioned dictionaries: groups of terms with their synonyms, checked as they are read, known by a hash.

A file is written in the form of the shipped lists, in that of cntext (Name, Desc, Refer, Category, Dictionary; Deng and
Nan, https://github.com/hiDaDeng/cntext), or as plain lists by group.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.text.measuring.dictionary_file import Entry, Written, read, written_of


@dataclass(frozen=True, slots=True)
class Term:
    """A term.

    Attributes
    ----------
    name
        What it is called in tables: its first form.
    forms
        What is looked for: the term and its synonyms.
    source
        Where it comes from, as far as the file says.
    """

    name: str
    forms: tuple[str, ...]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that are counted together."""

    id: str
    title: Text
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Dictionary:
    """Groups of terms.

    Attributes
    ----------
    name, version
        Which list it is, in tables and methods; the version is empty where the file gives none.
    title, source
        What it is called and where its terms come from.
    groups
        In the order of the file.
    notes
        What should be known of it: terms of one character, blanks inside Chinese terms, no version.

    Examples
    --------
    >>> words = Dictionary.of({"element": ["数据", "算力"], "goal": ["高质量发展"]}, name="mine", version="1")
    >>> len(words.terms), words.hash[:8]
    (3, 'f15a1e9e')
    """

    name: str
    version: str
    title: Text
    source: Text
    groups: tuple[Group, ...]
    notes: tuple[Note, ...] = ()

    @classmethod
    def load(cls, source: str | Path) -> Dictionary:
        """Return a dictionary from a YAML file, or one of those that come with nqpf by its name.

        Parameters
        ----------
        source
            A path, or the name of a shipped list: `shipped`.

        Raises
        ------
        SpecError
            The file is none of the three forms; a term is empty, stands twice (both places are named), begins or ends
            with a blank, or holds the end of a sentence; there is no term.

        Examples
        --------
        >>> Dictionary.load("nqpf_starter").version
        '2026.1'
        """
        if str(source) in (known := shipped()):
            with resources.as_file(_FOLDER / f"{source}.yaml") as file:
                return cls._of(read(file))
        if isinstance(source, str) and not Path(source).suffix and not Path(source).exists():
            raise SpecError("measure_dictionary_unknown", name=source, options=listing(known), hint=hint(source, known))
        return cls._of(read(Path(source)))

    @classmethod
    def of(
        cls, terms: Mapping[str, Sequence[str]] | Sequence[str], *, name: str = "own", version: str = "0"
    ) -> Dictionary:
        """Return a dictionary of terms by group, or of one group ``terms``.

        Raises
        ------
        SpecError
            As `load`.
        """
        return cls._of(written_of(terms, name, version))

    @classmethod
    def _of(cls, written: Written) -> Dictionary:
        groups = []
        for id, title in written.groups.items():
            own = [entry for entry in written.entries if entry.group == id]
            heads = [entry for entry in own if entry.of is None]
            if not heads:
                raise SpecError("measure_dictionary_no_terms", where=Where(file=written.file, key=id))
            terms = (Term(e.form, (e.form, *(o.form for o in own if o.of == e.form)), e.source) for e in heads)
            groups.append(Group(id, title, tuple(terms)))
        if not groups:
            raise SpecError("measure_dictionary_no_terms", where=Where(file=written.file))
        notes = (*written.notes, *_remarks(written.entries))
        return cls(written.name, written.version, written.title, written.source, tuple(groups), notes)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every term, group by group."""
        return tuple(term for group in self.groups for term in group.terms)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Everything that is looked for."""
        return tuple(form for term in self.terms for form in term.forms)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what is counted: groups, terms and synonyms, in whatever order they stand."""
        content = sorted((g.id, sorted((t.name, sorted(t.forms)) for t in g.terms)) for g in self.groups)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    @property
    def label(self) -> str:
        """Name, version and the beginning of the hash, as methods print it."""
        return " ".join(filter(None, (self.name, self.version, self.hash[:12])))

    def to_frame(self) -> pl.DataFrame:
        """Return a row a term: group, term, synonyms (parted by ``;``), source."""
        rows = [(g.id, t.name, ";".join(t.forms[1:]) or None, t.source) for g in self.groups for t in g.terms]
        columns = ("group", "term", "synonyms", "source")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


Terms = Dictionary | Mapping[str, Sequence[str]] | Sequence[str] | str | Path
"""What a function takes for a dictionary: one, terms (by group), or what `Dictionary.load` reads."""

_FOLDER = resources.files("nqpf.text.measuring") / "dictionaries"


def shipped() -> list[str]:
    """Return the names of the lists that come with nqpf.

    Examples
    --------
    >>> shipped()
    ['nqpf_starter']
    """
    return sorted(file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml"))


def as_dictionary(given: Terms) -> Dictionary:
    """Return what was given as a dictionary."""
    if isinstance(given, Dictionary):
        return given
    if isinstance(given, str | Path):
        return Dictionary.load(given)
    return Dictionary.of(given)


def _remarks(entries: Sequence[Entry]) -> list[Note]:
    single = [e.form for e in entries if len(e.form) == 1]
    blank = [e.form for e in entries if any(c.isspace() for c in e.form) and not e.form.isascii()]
    notes = []
    if single:
        notes.append(Note("measure_one_character", values={"terms": listing(single), "count": len(single)}))
    if blank:
        notes.append(Note("measure_blank_inside", values={"terms": listing(blank), "count": len(blank)}))
    return notes


def named(dictionary: Dictionary) -> dict[str, Any]:
    """Return what a method says of the dictionary it used."""
    return {"dictionary": dictionary.label}
