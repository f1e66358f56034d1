"""Advantage, complexity, relatedness and what a region could grow into."""
