"""The tables: what a row of each kind holds."""

from __future__ import annotations

from commcoach.store.tables import mail, people, practice, records
from commcoach.store.tables.base import Base

__all__ = ["Base", "mail", "people", "practice", "records"]
