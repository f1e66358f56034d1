"""The multiverse of a study: its recipe in every way it asks for, its missing values filled in several ways as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nqpf.data.panel import Panel
from nqpf.errors import NqpfError, SpecError
from nqpf.index.multiverse import Multiverse, located
from nqpf.messages import Text, say
from nqpf.study.prepare import Prepared, prepare
from nqpf.study.spec import MissingSpec, Study
from nqpf.yamlfile import validate


def in_every_way(study: Study, prepared: Prepared, tell: Callable[[Text], None]) -> Multiverse | None:
    """Return the index built in every way the study asks for; None where it does not, or shows no ranks at all.

    Raises
    ------
    NqpfError
        As `nqpf.index.multiverse` and `prepare`, with the place in the study.
    """
    spec = study.spec.multiverse
    if spec is None or study.spec.report.ranks == "none":
        return None
    tell(say("progress.multiverse"))
    written = (spec.vary or {}).get("panel")
    if isinstance(written, Mapping):
        spec = spec.model_copy(update={"vary": {**(spec.vary or {}), "panel": _filled(study, written)}})
    try:
        return spec.run(
            prepared.panel, study.framework, study.spec.recipe, seed=study.spec.seed, draws=prepared.filled.draws
        )
    except SpecError as error:
        raise located(error, study.document) from None
    except NqpfError as error:
        raise study.located(error) from None


def _filled(study: Study, written: Mapping[str, Any]) -> dict[str, Panel]:
    """Return the study's panel with missing values dealt with in each of several ways, by the name each is given."""
    panels = {}
    for name in written:
        rule = validate(MissingSpec, study.document, ("multiverse", "vary", "panel", name))
        data = study.data.model_copy(update={"missing": rule})
        other = replace(study, spec=study.spec.model_copy(update={"data": data}))
        panels[str(name)] = prepare(other).panel
    return panels
