"""Reader, voice, scorer and rewriter that ask a language model; the same ports as embedded."""
