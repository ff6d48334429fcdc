"""What an embedding model says about a reply: where it points, and how near to what came before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commcoach.coaching.embedding import Embedder
from commcoach.embedded.ordinal import Meaning
from commcoach.embedded.trees import Array

CONTEXT = 600
"""Characters at the end of what was said before that are looked at: the words that call for it."""
NEARNESS = 2.0
"""How strongly the nearness of reply and context may speak beside all other directions."""


def meanings(
    texts: Sequence[tuple[str, str]], embedder: Embedder, keep: bool = False
) -> list[Meaning]:
    """The meaning of each reply and its context; those of content may be kept on disk.

    Raises `EmbeddingFailed` if there are no vectors.
    """
    asked = [part for reply, context in texts for part in (reply, context[-CONTEXT:])]
    vectors = np.array(embedder.embed(asked, keep=keep), dtype=np.float64)
    if not len(vectors):
        return []
    return [
        Meaning(reply, context if said.strip() else None)
        for (_, said), reply, context in zip(texts, vectors[::2], vectors[1::2], strict=True)
    ]


def centres_of(learned: Sequence[Meaning]) -> Array:
    """The mean of the replies, and that of their contexts: what all have in common.

    The cosines of an embedding model are all high; what is left without the mean tells replies
    apart.
    """
    replies = np.array([one.reply for one in learned])
    contexts = [one.context for one in learned if one.context is not None]
    before = np.array(contexts).mean(axis=0) if contexts else np.zeros(replies.shape[1])
    return np.stack([replies.mean(axis=0), before])


def directions(meaning: Meaning, centres: Array) -> Array:
    """The features of a meaning: its direction from the centre, and its nearness to the context."""
    reply = _unit(meaning.reply - centres[0])
    if meaning.context is None:
        return np.append(reply, 0.0)
    return np.append(reply, NEARNESS * float(reply @ _unit(meaning.context - centres[1])))


def _unit(vector: Array) -> Array:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
