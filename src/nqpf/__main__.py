"""``python -m nqpf`` is ``nqpf``."""

from nqpf.cli import main

main()
