"""What the routes ask of the worker: plain functions on a `nqpf.studio.desk.Desk` and a session's folder."""
