"""Authored files to domain objects; every problem with its place, what is wrong and the cure."""
