"""Which texts are the same, nearly the same or inside each other, which passages they share, and how they differ."""
