"""Step 3, the recipe: how the session's stands, and the ranking under another while sliders are being moved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nqpf.errors import NqpfError, SpecError
from nqpf.index import Framework, Index, Recipe, Weight, Workbench, build_on, live_ranks
from nqpf.index.live import NEARBY
from nqpf.index.multiverse.noise import Noise
from nqpf.studio.desk import READ, Desk
from nqpf.studio.views.data_draft import document_of
from nqpf.studio.views.drafts import study_of
from nqpf.studio.views.recipe_rows import said, titled, told, tree_of, weights_told, words_of
from nqpf.studio.wire import near
from nqpf.study.spec import Study
from nqpf.yamlfile import Document, validate

Json = dict[str, Any]
AT = ("recipe",)


def state(desk: Desk, folder: Path) -> Json:
    """Return what the step needs of a session besides its document.

    Parameters
    ----------
    desk
        The worker's desk.
    folder
        The session's folder; its study may be incomplete.

    Returns
    -------
    dict
        ``problem``: why nothing can be ranked yet, else null, with ``tree`` (nodes from the index down: ``id, title,
        parent, level, leaf``, and the ``weight`` that the framework states), ``periods``, ``names`` (``indicators``,
        ``children``, ``inner`` and ``units``: ``id, title``) and ``ranks`` (``interval``, ``groups`` or ``none``).
    """
    try:
        study = _study(desk, folder, document_of(desk, folder))
        framework, panel = study.framework, desk.bench(study).panel
    except NqpfError as error:
        return {"problem": near(error, folder)}
    nodes = [titled(node.id, node.title) for node in framework.nodes]
    count = len(framework.indicators)
    names = {
        "indicators": nodes[:count],
        "children": nodes[:-1],
        "inner": nodes[count:],
        "units": [titled(unit, panel.labels[unit]) for unit in panel.units],
    }
    return {
        "problem": None,
        "tree": tree_of(framework),
        "periods": panel.periods,
        "names": names,
        "ranks": study.spec.report.ranks,
    }


def rerank(
    desk: Desk,
    folder: Path,
    *,
    recipe: Mapping[str, Any] | None = None,
    weights: Mapping[str, float] | None = None,
    period: int | None = None,
    base: Mapping[str, Any] | None = None,
    noise: Mapping[str, Any] | None = None,
) -> Json:
    """Return the ranking of a year under a recipe, with intervals, and beside the ranking under a base.

    Parameters
    ----------
    desk, folder
        The worker's desk, and the session's folder.
    recipe
        As it would be written; default: the session's.
    weights
        Weights that take the place of the recipe's, by node: all children of every node that any of them is a child
        of. They may be any numbers from 0, which are divided by the sum of the siblings'.
    period
        Year; default: the last.
    base
        Recipe that ranks are compared with; default: the session's.
    noise
        What weights are near; default: as the study's multiverse has it, else ± 25 %.

    Returns
    -------
    dict
        ``ranks, period, draws, level, noise`` (what was drawn, in words), ``weights`` (by node ``id``: ``local``,
        ``whole``, ``counted``), ``groups`` (by node ``id`` above some: ``method``, the title of the weighting below
        it, ``own``, whether that is its own, and ``below``, the title of what would be without), ``yearly`` (each year
        has weights of its own), ``notes`` (``severity, text``), ``moved`` (units whose
        rank or grade differs from the base's) and ``most`` (places, at most), and ``rows``, the first first: ``unit,
        title`` and, as the study shows them, ``score, score_low, score_high, rank, low, high, base``, or ``grade,
        grade_low, grade_high, base`` by number from the best, with ``grades``, their titles.

    Raises
    ------
    SpecError, MethodError
        The recipe cannot be built, or a name is unknown.
    """
    document = document_of(desk, folder)
    study = _study(desk, folder, document)
    bench, own = desk.bench(study), document.get(AT[0]) or {}
    asked = with_weights(bench.framework, read(own if recipe is None else recipe), weights or {})
    nearby = noise_of(study, noise)
    try:
        index = build_on(bench, asked)
        live = live_ranks(index, period=period, noise=nearby, seed=study.spec.seed)
    except NqpfError as error:
        raise study.located(error) from None
    before = _base(desk, study, bench, own if base is None else base)
    found = told(study, live, index, before)
    return {
        "ranks": study.spec.report.ranks,
        "period": live.period,
        "draws": len(live.run_ranks),
        "level": 100 * live.level,
        "noise": words_of(nearby),
        **weights_told(bench.framework, asked, live),
        "yearly": asked.yearly_weights,
        "notes": [said(note) for note in (*live.notes, *index.notes)],
        **found,
    }


def read(recipe: Mapping[str, Any]) -> Recipe:
    """Return a recipe that the page wrote; a SpecError names the key where it is wrong."""
    lines = dict.fromkeys(_paths(recipe, AT), 0) | {AT: 0}
    try:
        return validate(Recipe, Document("", {"recipe": recipe}, lines), AT)
    except SpecError as error:
        raise type(error)(error.code, where=replace(error.where, file=None, line=None), **error.values) from None


def with_weights(framework: Framework, recipe: Recipe, weights: Mapping[str, float]) -> Recipe:
    """Return a recipe in which the children of some nodes have stated weights.

    Raises
    ------
    SpecError
        A node there is not, or the index itself.
    """
    groups: dict[str, dict[str, float]] = {}
    for id, weight in weights.items():
        node = framework.node(id)
        if node.parent < 0:
            raise SpecError("values_unused", node=id)
        groups.setdefault(framework.nodes[node.parent].id, {})[id] = weight
    stated = {parent: Weight(method="given", rescale=True, values=values) for parent, values in groups.items()}
    return recipe.model_copy(update={"weights": {**recipe.weights, **stated}}) if stated else recipe


def noise_of(study: Study, asked: Mapping[str, Any] | None) -> Noise:
    """Return how weights near the recipe's are drawn: as asked, else as the study's multiverse says, else ± 25 %."""
    multiverse = study.spec.multiverse
    written = (multiverse.vary or {}).get("weights_noise") if multiverse is not None else None
    said = asked or written
    if said is None:
        return NEARBY
    document = Document("", {"noise": said}, dict.fromkeys(_paths(said, ("noise",)), 0) | {("noise",): 0})
    return validate(Noise, document, ("noise",))


def _study(desk: Desk, folder: Path, document: Mapping[str, Any]) -> Study:
    """Return the session's study without its recipe, which the page may be in the middle of changing."""
    content = {key: part for key, part in document.items() if key != AT[0]}
    key = f"recipe study {folder} {json.dumps(content, sort_keys=True)}"
    study = desk.once(key, lambda: study_of(content, folder))
    if study.framework_file is None:
        return study
    return desk.once(f"{key} {desk.key(study, *READ)}", lambda: study_of(content, folder))


def _base(desk: Desk, study: Study, bench: Workbench, written: Mapping[str, Any]) -> Index | None:
    """Return the index of the base; None where it cannot be built: then there is nothing to compare with."""

    def make() -> Index | None:
        try:
            return build_on(bench, read(written))
        except NqpfError:
            return None

    key = json.dumps(written, sort_keys=True, default=str)
    return desk.once(f"recipe base {desk.key(study, *READ)} {key}", make)


def _paths(content: Any, at: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """Return the path of every key in what was written, so that messages can name it."""
    if not isinstance(content, Mapping):
        return []
    return [path for key, value in content.items() for path in ((*at, key), *_paths(value, (*at, key)))]
