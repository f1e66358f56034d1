"""Routes of the studio, one module a step: thin, each a single call."""
