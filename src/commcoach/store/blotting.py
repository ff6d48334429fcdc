"""How ids are taken out of what stays on record."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from commcoach.coaching.records import Entry


def blotted_entry(entry: Entry, ids: Collection[str]) -> Entry:
    """The entry without these ids; of an entry about one of them the details go as well."""
    # Whole words only, so that a short id does not tear holes into others.
    named = "|".join(re.escape(id) for id in sorted(ids, key=len, reverse=True))
    about_one = entry.subject in ids
    return replace(
        entry,
        who="" if entry.who in ids else entry.who,
        subject="" if about_one else entry.subject,
        details="" if about_one else re.sub(rf"(?<![\w-])({named})(?![\w-])", "", entry.details),
    )
