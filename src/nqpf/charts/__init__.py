"""One picture a file: each returns a `Figure` that is drawn in either language when asked."""
