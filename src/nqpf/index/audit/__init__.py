"""The audit: which recipe gives somebody's published weights, scores and ranks, or which known fault does."""

from nqpf.index.audit.match import Audit, audit
from nqpf.index.audit.published import Published, published

__all__ = ["Audit", "Published", "audit", "published"]
