"""The grid of cells and how files become grids; the readers of the single kinds of file are in ``files``."""

from nqpf.data.files import Grid, expand, grids, letters_of

__all__ = ["Grid", "expand", "grids", "letters_of"]
