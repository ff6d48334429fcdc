"""The subject matter: frozen dataclasses and pure functions, standard library only."""
