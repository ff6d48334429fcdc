"""Scoring many replies from a file into a file."""
