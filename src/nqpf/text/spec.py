"""What a study says of its texts, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from nqpf.text.reading.files import files_in
from nqpf.yamlfile import Label, Strict


class TextSpec(Strict):
    """A corpus, and what is asked of it; paths are relative to the study's file.

    Attributes
    ----------
    files
        Files, and folders with all that lies below them.
    metadata
        Table of files or articles: region, date, level, outlet, doc_type; see `nqpf.text.Corpus.ingest`.
    corrections
        Corrections by hand to articles.
    statements
        Official statements of your own, beside the shipped ones.
    encoding
        Of every file; default: found out.
    repair
        ``apply``: columns in the wrong order are read in the repaired one where the evidence is strong; ``propose``:
        only flagged.
    places
        What the regions are: ``provinces``, ``cities``, ``countries``, or ``none`` for names of one's own.
    levels
        Titles of levels by their word in the table of metadata.
    centre
        Level whose texts the others are held against.
    dictionary
        A file of terms, or the name of a list that comes with nqpf.
    mode, quoted
        As of `nqpf.text.count`.
    duplicates
        ``drop``: an article that repeats another is not counted; ``keep``: it is.
    first
        The first central statement: a date, for all terms that are followed; the id of an official statement, for those
        that it holds; or dates or ids by term.
    follow
        Terms whose spread is followed.
    evidence
        Items of the theory that passages are looked for: ids, ``all`` or ``none``.
    substance
        Node of the index that talk is held against.
    lights
        Gap between talk and index, in standard deviations, from which a light is ``watch`` and ``warn``.
    """

    files: tuple[str, ...] = Field(min_length=1)
    metadata: str | None = None
    corrections: str | None = None
    statements: str | None = None
    encoding: str | None = None
    repair: Literal["apply", "propose"] = "apply"
    places: Literal["none", "provinces", "cities", "countries"] = "none"
    levels: Mapping[str, Label] = {}
    centre: str | None = None
    dictionary: str = "nqpf_starter"
    mode: Literal["overlapping", "longest"] = "overlapping"
    quoted: Literal["all", "own", "quoted"] = "all"
    duplicates: Literal["keep", "drop"] = "drop"
    first: str | Mapping[str, str] | None = None
    follow: tuple[str, ...] = ()
    evidence: Literal["all", "none"] | tuple[str, ...] = "all"
    substance: str | None = None
    lights: tuple[float, float] = (0.5, 1.0)

    @field_validator("files", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("first", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        if isinstance(value, Mapping):
            return {term: str(one) if isinstance(one, int | date) else one for term, one in value.items()}
        return str(value) if isinstance(value, int | date) else value

    @property
    def beside(self) -> Mapping[str, str]:
        """The files beside the texts by the key that names them, as they are written; a shipped dictionary is none."""
        named = {key: getattr(self, key) for key in ("metadata", "corrections", "statements")}
        named |= {"dictionary": self.dictionary} if Path(self.dictionary).suffix else {}
        return {key: file for key, file in named.items() if file is not None}

    def paths(self, folder: Path) -> list[Path]:
        """Return every file of a study: its texts in the order of their names, and the files beside them.

        Parameters
        ----------
        folder
            Where the study's file lies.

        Raises
        ------
        DataError
            A path leads nowhere.
        """
        beside = [folder / file for file in self.beside.values()]
        known = {path.resolve() for path in beside}
        texts = [path for _, path in files_in([folder / file for file in self.files]) if path.resolve() not in known]
        return [*texts, *beside]
