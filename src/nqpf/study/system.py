"""Put a study's system together: indicators beside the index, and what the rooms found."""

from __future__ import annotations

from collections.abc import Mapping

from nqpf.data import Panel
from nqpf.errors import NqpfError
from nqpf.index import Index
from nqpf.productivity.survey import Survey
from nqpf.study.spec import Study
from nqpf.synthesis.survey import System, survey_system


def system_of(
    study: Study, panel: Panel, index: Index, productivity: Survey | None, group: Mapping[str, str]
) -> System | None:
    """Return what the study asks about the system as a whole; None where it does not.

    Raises
    ------
    NqpfError
        With the place in the study.
    """
    spec = study.spec.system
    if spec is None:
        return None
    try:
        return survey_system(spec, index, panel, study.beside, productivity, group, study.spec.seed)
    except NqpfError as error:
        if error.where.file is not None:
            raise
        key = error.where.key or ""
        raise error.at(study.where(*(key.split(".") if key.startswith("system") else ["system"]))) from None
