"""The panel of analyses: what can be named in its fields, what is wrong with each part, and its text as YAML."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from nqpf.data.formula import names_in
from nqpf.errors import NqpfError, SpecError, hint, listing
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.documents import plain_yaml
from nqpf.studio.readings import tables_at_hand
from nqpf.studio.views.drafts import study_of
from nqpf.studio.views.form import PARTS, form, known, model_of
from nqpf.study.prepare import Prepared, prepare, series_there
from nqpf.study.spec import Study
from nqpf.yamlfile import Document, load, validate

FREE = ("industry", "text")
"""Parts that need no index."""
BASIS = ("study", "title", "seed", "data", "framework")
"""Keys of a study that its analyses rest on."""


def options(desk: Desk, folder: Path | None) -> dict[str, Any]:
    """Return every analysis: id, title, help, whether it needs an index, and its ``field`` as of `form`."""
    return {"parts": [_part(name) for name in PARTS]}


def state(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return what the fields of analyses can name, what is wrong with each part, and what is offered.

    Parameters
    ----------
    desk
        Of the worker.
    folder
        Of the session.

    Returns
    -------
    dict
        ``series`` (id, title, measure), ``nodes`` (id, title, leaf), ``units`` (id, title), ``periods``,
        ``problems`` (errors by part) and ``offers`` (by path: value and why). What the study cannot tell yet is empty.
    """
    document = replace(load(folder / "study.yaml"), file="study.yaml")
    there = _there(desk, _basis(document, folder))
    return {
        **there,
        "problems": {part: _problems(part, document, there) for part in PARTS if part in document.content},
        "offers": dict(_offers(document.content, there)),
    }


def as_yaml(desk: Desk, folder: Path, part: str) -> str:
    """Return a part of a study as it is written, comments and all; an empty mapping where it is absent."""
    content = plain_yaml().load((folder / "study.yaml").read_text(encoding="utf-8-sig"))
    stream = io.StringIO()
    plain_yaml().dump(content.get(part) or {}, stream)
    lines = stream.getvalue().splitlines()
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()  # a comment above the next part hangs on the end of this one
    return "\n".join(lines) + "\n"


def of_yaml(desk: Desk, folder: Path, part: str, text: str) -> Any:
    """Return what a part of a study written as YAML says.

    Parameters
    ----------
    part
        One of the parts that have a model.
    text
        What stands in the box.

    Returns
    -------
    dict
        The content, checked.

    Raises
    ------
    SpecError
        With the line of the box and the key.
    """
    with tempfile.TemporaryDirectory() as place:
        box = Path(place) / "box.yaml"
        box.write_text(text, encoding="utf-8", newline="\n")
        try:
            document = load(box)
            validate(_model(part), document)
        except SpecError as error:
            raise SpecError(error.code, where=replace(error.where, file=None), **error.values) from None
    return document.content


def _part(name: str) -> dict[str, Any]:
    words = {"title": say(f"studio.analyses.part.{name}"), "help": say(f"studio.analyses.part.{name}.help")}
    return {"id": name, **words, "index": name not in FREE, "field": form(name)}


def _model(part: str) -> type[BaseModel]:
    model = model_of(part) if part in PARTS else None
    if model is None:
        known_parts = [p for p in PARTS if model_of(p) is not None]
        raise SpecError("bad_choice", value=part, options=listing(known_parts, 12), hint=hint(part, known_parts))
    return model


def _basis(document: Document, folder: Path) -> Study | None:
    """Return the study without its analyses; None while data or framework are absent or faulty."""
    kept = {key: document.content[key] for key in BASIS if key in document.content}
    try:
        study = study_of(kept, folder, document)
    except NqpfError:
        return None  # the steps of data and framework say what is wrong
    return study if study.spec.data is not None and study.tree is not None else None


def _there(desk: Desk, basis: Study | None) -> dict[str, list[Any]]:
    """Return the series, nodes, units and years that can be named."""
    found: dict[str, list[Any]] = {"series": [], "nodes": [], "units": [], "periods": []}
    if basis is None:
        return found
    inner = {node.id for node in basis.framework.inner}
    found["nodes"] = [{"id": n.id, "title": n.title, "leaf": n.id not in inner} for n in basis.framework.nodes]
    key = desk.key(basis, *BASIS)
    try:
        found["series"] = [_series(basis, id) for id in desk.once(f"series {key}", lambda: series_there(basis))]
        done: Prepared = desk.once(f"basis {key}", lambda: prepare(basis, tables_at_hand(desk, basis)))
    except NqpfError:
        return found  # the step of data says what is wrong
    found["units"] = [{"id": u, "title": done.panel.labels[u]} for u in done.panel.units]
    found["periods"] = list(done.panel.periods)
    return found


def _series(study: Study, id: str) -> dict[str, Any]:
    said = study.data.series.get(id)
    title = said.title if said is not None and said.title is not None else Text.same(id)
    return {"id": id, "title": title, "measure": said.convert or said.unit if said is not None else None}


def _problems(part: str, document: Document, there: Mapping[str, list[Any]]) -> list[NqpfError]:
    """Return what is wrong with a part: with how it is written, or with the series its formulas name."""
    model = model_of(part)
    try:
        spec = None if model is None else validate(model, document, (part,))
    except SpecError as error:
        return [error]
    if part not in FREE and not there["nodes"]:
        return [SpecError("no_index_for", where=document.where((part,)), name=part)]
    series = [one["id"] for one in there["series"]]
    return list(_unknown(spec, part, document, series)) if series else []


def _unknown(spec: BaseModel | None, part: str, document: Document, series: list[str]) -> Iterator[NqpfError]:
    """Yield an error for every formula that is none, or that names a series which is not there."""
    formulas = getattr(spec, "formulas", {}) if part != "text" else {}
    for place, formula in formulas.items():
        where = document.where((part, *place))
        try:
            absent = [name for name in names_in(formula, where) if name not in series]
        except NqpfError as error:
            yield error
            continue
        if absent:
            words = {"series": absent[0], "formula": formula}
            near, options = hint(absent[0], series), listing(series, 40)
            yield SpecError("unknown_series_in_formula", where=where, options=options, hint=near, **words)


def _offers(content: Mapping[str, Any], there: Mapping[str, list[Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield by path the values that the study already names for the same quantity, each with where it does."""
    series = {one["id"]: one["title"] for one in there["series"]}
    for paths in known()["same"]:
        said = {path: _at(content, path) for path in paths}
        for path in paths:
            if said[path] is not None:
                continue
            stated = {v: say(f"studio.analyses.why.{p.split('.')[0]}") for p, v in said.items() if isinstance(v, str)}
            name = path.rsplit(".", 1)[-1]
            if name in series and name not in stated:
                stated[name] = say("studio.analyses.why.named", title=series[name])
            if stated:
                yield path, [{"value": value, "why": why} for value, why in stated.items()]


def _at(content: Any, path: str) -> Any:
    for step in path.split("."):
        content = content.get(step) if isinstance(content, Mapping) else None
    return content
