"""User-facing text by key, from the message catalogues."""

from __future__ import annotations

import gettext
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from commcoach.domain.language import Language

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "commcoach"
_CATALOGUE = {Language.ZH: "zh_CN", Language.EN: "en"}


def N_(key: str) -> str:  # noqa: N802  # the name every gettext tool knows for a marked key
    """Mark a key that is looked up elsewhere."""
    return key


def parse_language(text: str | None) -> Language | None:
    """`zh`, `zh-CN`, `zh_CN.UTF-8`, `en`, `en-GB` … as a language; `None` for anything else."""
    short = (text or "").strip().lower()[:2]
    return Language(short) if short in ("zh", "en") else None


class Wording:
    """How somebody is addressed: in one language, and by the clock of one time zone."""

    def __init__(self, language: Language, zone: tzinfo = UTC) -> None:
        self.language = language
        self.zone = zone
        self._catalogue = _catalogue(_CATALOGUE[language])

    def say(self, key: str, /, **details: object) -> str:
        """The text of a key with its details filled in; details are never format strings."""
        return self._catalogue.gettext(key).format_map(
            {name: str(value) for name, value in details.items()}
        )

    def moment(self, at: datetime) -> str:
        """A time to the minute; the zone is named where it is not the reader's own."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}" + (" UTC" if self.zone is UTC else "")

    def day(self, at: datetime) -> str:
        """The date that it was where the reader is."""
        return f"{at.astimezone(self.zone):%Y-%m-%d}"


@lru_cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[name])
