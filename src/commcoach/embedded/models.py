"""The fitted models, kept on disk by the hash of everything they were learned from."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from commcoach.domain.library import Library
from commcoach.domain.rubric import Criterion
from commcoach.domain.scenario import Move
from commcoach.embedded import features
from commcoach.embedded.ordinal import OrdinalModel
from commcoach.embedded.training import Lesson, lessons, sample
from commcoach.kept_files import keep


def model_for(criterion: Criterion, library: Library, cache: Path | None) -> OrdinalModel:
    """The criterion's model: from the cache if its content is unchanged, else fitted and kept.

    A cache that cannot be read or written is done without.
    """
    place = cache / f"{_key(criterion, library)}.npz" if cache is not None else None
    if place is not None and (kept := _read(place)) is not None:
        return kept
    model = fit_model(criterion, lessons(criterion, library), library.moves)
    if place is not None:
        _write(place, model)
    return model


def fit_model(
    criterion: Criterion, learned_from: Sequence[Lesson], moves: Sequence[Move]
) -> OrdinalModel:
    """A model fitted on these lessons."""
    from commcoach.embedded.fitting import fit  # scikit-learn takes a second to import

    return fit([sample(criterion, lesson, moves) for lesson in learned_from], criterion.numbers)


def _key(criterion: Criterion, library: Library) -> str:
    """A hash over everything the model is learned from, and the version of the features."""
    sources = [f"criterion:{criterion.id}", f"cases:{criterion.id}", "moves"]
    sources += [f"scenario:{id}" for id in sorted(library.scenarios)]
    digest = hashlib.sha256(str(features.VERSION).encode())
    for source in sources:
        digest.update(f"{source}={library.hashes.get(source)}".encode())
    return digest.hexdigest()


def _read(place: Path) -> OrdinalModel | None:
    try:
        with np.load(place, allow_pickle=False) as kept:
            return OrdinalModel(
                levels=tuple(int(level) for level in kept["levels"]),
                grams={str(gram): column for column, gram in enumerate(kept["grams"])},
                idf=kept["idf"],
                gram_weights=kept["gram_weights"],
                feature_weights=kept["feature_weights"],
                biases=kept["biases"],
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
    )
    keep(place, buffer.getvalue())
