"""Checks: numbers that look wrong, made up, in another unit or not comparable are told; nothing is changed."""

from nqpf.data.checks.found import Checks, Found
from nqpf.data.checks.parts import Identity
from nqpf.data.checks.run import check, check_tables

__all__ = ["Checks", "Found", "Identity", "check", "check_tables"]
