"""Vectors of unit length, those of content kept on disk by the hash of model and text."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from commcoach.coaching.embedding import Embedder, EmbeddingFailed

LONGEST = 600
"""Characters of a text that are looked at: about what small models can read."""
_BLANK = "…"
"""Stands for a text without a character: services refuse to embed nothing."""
_WAIT = 5.0  # seconds for another process that writes
_ASKED_AT_ONCE = 500  # variables of a statement

Vector = NDArray[np.float32]


class KeptVectors:
    """The vectors of another embedder, checked, of unit length, and asked for once.

    Vectors of content (`keep`) are kept in the file `place`, which may be deleted at any time;
    without it, or where it cannot be used, every text is embedded anew. No text is kept, and of
    what is not content nothing at all.
    """

    def __init__(self, embedder: Embedder, place: Path | None = None) -> None:
        self._embedder = embedder
        self._place = place

    @property
    def name(self) -> str:
        """The name of the embedder."""
        return self._embedder.name

    def embed(self, texts: Sequence[str], *, keep: bool = False) -> list[list[float]]:
        """A vector of length 1 for each text, by its first `LONGEST` characters."""
        shown = [text[:LONGEST] if text.strip() else _BLANK for text in texts]
        known = self._read(set(shown))
        lacking = [text for text in dict.fromkeys(shown) if text not in known]
        fresh = self._fresh(lacking, keep)
        if known and fresh and _size(known) != _size(fresh):
            # Another model goes by the same name now.
            return self._all_anew(shown, keep)
        if keep and fresh:
            self._write(fresh)
        vectors = known | fresh
        return [vectors[text].tolist() for text in shown]

    def _all_anew(self, shown: Sequence[str], keep: bool) -> list[list[float]]:
        vectors = self._fresh(list(dict.fromkeys(shown)), keep)
        self._write(vectors if keep else {}, forget=True)
        return [vectors[text].tolist() for text in shown]

    def _fresh(self, texts: Sequence[str], keep: bool) -> dict[str, Vector]:
        if not texts:
            return {}
        try:
            rows = np.array(self._embedder.embed(texts, keep=keep), dtype=np.float64)
        except ValueError as error:
            raise EmbeddingFailed("vectors of several dimensions") from error
        if rows.ndim != 2 or len(rows) != len(texts):
            raise EmbeddingFailed("not a vector for each text")
        lengths = np.linalg.norm(rows, axis=1)
        if not np.isfinite(lengths).all() or not (lengths > 0).all():
            raise EmbeddingFailed("a vector without a direction")
        unit = (rows / lengths[:, None]).astype(np.float32)
        return dict(zip(texts, unit, strict=True))

    # -- on disk ----------------------------------------------------------------------------

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.name}\n{text}".encode("utf-8", "surrogatepass")).digest()

    def _read(self, texts: set[str]) -> dict[str, Vector]:
        if self._place is None or not self._place.is_file():
            return {}
        keys = {self._key(text): text for text in texts}
        found: dict[str, Vector] = {}
        try:
            with self._opened() as db:
                for some in _parts(list(keys)):
                    marks = ",".join("?" * len(some))
                    query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608  # marks alone
                    for key, vector in db.execute(query, some):
                        found[keys[key]] = np.frombuffer(vector, dtype=np.float32)
        except (sqlite3.Error, ValueError):
            return {}
        return found if len({len(one) for one in found.values()}) <= 1 else {}

    def _write(self, vectors: dict[str, Vector], forget: bool = False) -> None:
        if self._place is None:
            return
        rows = [(self._key(text), self.name, one.tobytes()) for text, one in vectors.items()]
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as db:
                if forget:
                    db.execute("DELETE FROM vectors WHERE model = ?", (self.name,))
                db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
        except (sqlite3.OperationalError, OSError):
            return  # locked or full: next time
        except sqlite3.DatabaseError:
            self._place.unlink(missing_ok=True)  # no database any more: begun anew next time

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file, with what is written in one piece."""
        with closing(sqlite3.connect(str(self._place), timeout=_WAIT)) as db, db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS vectors "
                "(key BLOB PRIMARY KEY, model TEXT NOT NULL, vector BLOB NOT NULL) WITHOUT ROWID"
            )
            yield db


def _size(vectors: dict[str, Vector]) -> int:
    return len(next(iter(vectors.values())))


def _parts(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        yield keys[start : start + _ASKED_AT_ONCE]
