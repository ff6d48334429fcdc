"""Criteria as people read, print and sort them."""
