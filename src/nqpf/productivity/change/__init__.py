"""Productivity change between years: indices from distances to frontiers, and from prices and quantities."""
