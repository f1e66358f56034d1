"""A corpus kept in a folder: its tables, the index it is searched by, citations and evidence."""
