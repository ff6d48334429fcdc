"""Wording, cards and remarks: used by every entrypoint."""
