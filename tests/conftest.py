"""What tests share: where the reference material lies, and how its absence is told."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A machine under load is slow; that is no fault of the code under test. A change passes or fails by itself, not by the
# examples of the day. A test's own number of examples is what HYPOTHESIS_PROFILE=thorough (as .ci/run asks) takes at
# most; by default it is a few; search takes new ones.
settings.register_profile("nqpf", deadline=None, derandomize=True, max_examples=6)
settings.register_profile("thorough", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "nqpf"))

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are asserted in one language; tests of the other ask for it."""
    monkeypatch.setenv("NQPF_LANG", "en")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference material beside the project, or skip."""
    if not SHARED.is_dir():
        pytest.skip(f"no reference material at {SHARED}")
    return SHARED
