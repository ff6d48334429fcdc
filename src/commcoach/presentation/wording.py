"""User-facing text by key, from the message catalogues."""

from __future__ import annotations

import gettext
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
    """The catalogue of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = _catalogue(_CATALOGUE[language])

    def say(self, key: str, /, **details: object) -> str:
        """The text of a key with its details filled in; details are never format strings."""
        return self._catalogue.gettext(key).format_map(
            {name: str(value) for name, value in details.items()}
        )


@lru_cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, languages=[name])
