"""The multiverse of a study as it is written in its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from nqpf.data.panel import Panel
from nqpf.errors import SpecError, Where
from nqpf.index.framework import Framework
from nqpf.index.multiverse.defaults import default_vary
from nqpf.index.multiverse.result import Multiverse
from nqpf.index.multiverse.run import multiverse
from nqpf.index.recipe import Recipe
from nqpf.parallel import Progress
from nqpf.yamlfile import Document, Path_, Strict


class MultiverseSpec(Strict):
    """Which choices of a study's recipe vary, and how: the words of `nqpf.index.multiverse`.

    Attributes
    ----------
    vary
        Alternatives by slot; default: those of `default_vary`. ``panel: draws`` stands for the draws of imputed cells;
        ``panel: {NAME: {rule: linear}, NAME: {rule: em}}`` for the study's data with missing values dealt with in each
        of these ways.
    design, n, invalid, places, level, workers
        As there.
    seed
        Default: the study's.
    period
        ``last``, ``all``, or years.
    """

    vary: Mapping[str, Any] | None = None
    design: Literal["factorial", "sobol", "montecarlo"] = "factorial"
    n: Annotated[int, Field(ge=2)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    period: Literal["last", "all"] | int | tuple[int, ...] = "last"
    invalid: Literal["count", "refuse"] = "count"
    places: Annotated[int, Field(ge=0)] = 2
    level: Annotated[float, Field(gt=0, lt=1)] = 0.9
    workers: int | None = None

    def run(
        self,
        panel: Panel,
        framework: Framework,
        recipe: Recipe,
        *,
        seed: int = 0,
        draws: Iterable[Panel] | None = None,
        progress: Progress | None = None,
    ) -> Multiverse:
        """Return the multiverse.

        Parameters
        ----------
        panel, framework, recipe
            Those of the study.
        seed
            Of the study.
        draws
            Completed panels, where imputed cells were drawn.
        progress
            As in `nqpf.index.multiverse`.

        Raises
        ------
        SpecError, MethodError
            As `nqpf.index.multiverse`; the key in `where` is relative to this part of the study, see `located`.
        """
        vary = dict(default_vary(recipe, framework) if self.vary is None else self.vary)
        if vary.get("panel") == "draws":
            if draws is None:
                raise SpecError("panel_without_draws", where=Where(key="vary.panel"))
            vary["panel"] = {str(i + 1): one for i, one in enumerate(draws)}
        return multiverse(
            panel,
            framework,
            recipe,
            vary=vary,
            design=self.design,
            n=self.n,
            seed=seed if self.seed is None else self.seed,
            period=None if self.period == "last" else self.period,
            invalid=self.invalid,
            places=self.places,
            level=self.level,
            workers=self.workers,
            progress=progress,
        )


def located(error: SpecError, document: Document, at: Path_ = ("multiverse",)) -> SpecError:
    """Return an error of `MultiverseSpec.run` with its file and line in the study.

    Parameters
    ----------
    error
        Its key is relative to the part of the study at path `at`.
    document
        The study's file.
    at
        Path of the multiverse in it.
    """
    path: Path_ = at
    rest = (error.where.key or "").split(".")
    while rest:
        # Slots are written with dots in their names: the longest run of steps that is a key of the file is one.
        taken = next((n for n in range(len(rest), 0, -1) if _step(document, path, rest[:n]) is not None), 0)
        if not taken:
            break
        step = _step(document, path, rest[:taken])
        path = (*path, step) if step is not None else path
        rest = rest[taken:]
    return error.at(document.where(path))


def _step(document: Document, path: Path_, words: list[str]) -> str | int | None:
    """Return the key or list position that some words are below a path, if they are one."""
    name = ".".join(words)
    if (*path, name) in document.lines:
        return name
    return int(name) if name.isdecimal() and (*path, int(name)) in document.lines else None
