"""The studio: a local web page on the library. A session is a study folder, and every choice an edit of its study.

The server process imports nothing that computes: views run in a worker (`nqpf.studio.engine`), so that the page opens
at once and a calculation that hangs or dies takes nothing with it.
"""
