"""Firms: production functions, markups, misallocation, decompositions of aggregate productivity."""
