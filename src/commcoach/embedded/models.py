"""The fitted models, kept on disk by the hash of everything they were learned from."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from commcoach.coaching.embedding import Embedder
from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.embedded import features
from commcoach.embedded.ordinal import OrdinalModel
from commcoach.embedded.training import Lesson, Looks, lessons, samples
from commcoach.embedded.trees import Trees
from commcoach.kept_files import keep


def model_for(
    criterion: Criterion,
    library: Library,
    cache: Path | None,
    embedder: Embedder | None = None,
    looks: Looks | None = None,
) -> OrdinalModel:
    """The criterion's model: from the cache if its content is unchanged, else fitted and kept.

    A cache that cannot be read or written is done without. With an embedder, `EmbeddingFailed` if
    there are no vectors to learn from. `looks` holds what was seen for other criteria.
    """
    place = _place(cache, criterion, library, embedder) if cache is not None else None
    if place is not None and (kept := _read(place)) is not None:
        return kept
    looks = looks or Looks(library.moves)
    model = fit_model(criterion, lessons(criterion, library), looks, embedder)
    if place is not None:
        _write(place, model)
    return model


def is_kept(criterion: Criterion, library: Library, cache: Path) -> bool:
    """Whether the cache has the criterion's model for this content, learned without embeddings."""
    return _place(cache, criterion, library, None).is_file()


def fit_model(
    criterion: Criterion,
    learned_from: Sequence[Lesson],
    looks: Looks,
    embedder: Embedder | None = None,
) -> OrdinalModel:
    """A model fitted on these lessons."""
    from commcoach.embedded.fitting import fit  # scikit-learn takes a second to import

    return fit(samples(criterion, learned_from, looks, embedder), criterion.numbers)


def _place(cache: Path, criterion: Criterion, library: Library, embedder: Embedder | None) -> Path:
    return cache / f"{_key(criterion, library, embedder)}.npz"


def _key(criterion: Criterion, library: Library, embedder: Embedder | None) -> str:
    """A hash over everything the model is learned from, and the version of the features."""
    sources = [f"criterion:{criterion.id}", f"cases:{criterion.id}", "moves"]
    sources += [f"scenario:{id}" for id in sorted(library.scenarios)]
    digest = hashlib.sha256(features.version(embedder).encode())
    for source in sources:
        digest.update(f"{source}={library.hashes.get(source)}".encode())
    return digest.hexdigest()


def _read(place: Path) -> OrdinalModel | None:
    try:
        with np.load(place, allow_pickle=False) as kept:
            return OrdinalModel(
                levels=tuple(int(level) for level in kept["levels"]),
                grams={gram: column for column, gram in enumerate(kept["grams"].tolist())},
                idf=kept["idf"],
                gram_weights=kept["gram_weights"],
                feature_weights=kept["feature_weights"],
                biases=kept["biases"],
                centres=kept["centres"],
                meaning_weights=kept["meaning_weights"],
                trees=Trees(*(kept[f"trees_{one.name}"] for one in fields(Trees))),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _write(place: Path, model: OrdinalModel) -> None:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        levels=np.array(model.levels),
        grams=np.array(list(model.grams)),
        idf=model.idf,
        gram_weights=model.gram_weights,
        feature_weights=model.feature_weights,
        biases=model.biases,
        centres=model.centres,
        meaning_weights=model.meaning_weights,
        **{f"trees_{one.name}": getattr(model.trees, one.name) for one in fields(Trees)},
    )
    keep(place, buffer.getvalue())
