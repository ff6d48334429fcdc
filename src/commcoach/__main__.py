"""`python -m commcoach`."""

from commcoach.cli.main import run

run()
