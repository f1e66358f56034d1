"""The multiverse: an index under every combination of defensible choices, and which of them matter."""

from nqpf.index.multiverse.noise import Noise
from nqpf.index.multiverse.result import Multiverse
from nqpf.index.multiverse.run import multiverse
from nqpf.index.multiverse.sobol import SobolIndices, sobol_indices
from nqpf.index.multiverse.spec import MultiverseSpec, located

__all__ = ["Multiverse", "MultiverseSpec", "Noise", "SobolIndices", "located", "multiverse", "sobol_indices"]
