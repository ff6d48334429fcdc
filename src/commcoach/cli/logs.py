"""The log: one line per event on standard error, never with a learner's words."""

from __future__ import annotations

import logging
import sys

import structlog


def log_to_stderr(level: int) -> None:
    """One line per event, without a learner's words; libraries only from warnings on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr)
    logging.getLogger().setLevel(max(level, logging.WARNING))
