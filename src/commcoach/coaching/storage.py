"""What can go wrong with the database, said without knowing the database."""

from __future__ import annotations


class DatabaseUnusable(Exception):
    """The database cannot be used.

    `place` is the path of an SQLite file, else the URL without its password.
    """

    def __init__(self, place: str) -> None:
        super().__init__((self.__doc__ or "").partition("\n")[0])
        self.place = place


class DatabaseUnknown(DatabaseUnusable):
    """The database URL names no database that the program can speak to."""


class DatabaseDriverMissing(DatabaseUnusable):
    """The driver for this kind of database is not installed."""


class DatabaseUnreachable(DatabaseUnusable):
    """The database server does not answer."""


class DatabaseAccessDenied(DatabaseUnusable):
    """The database server does not accept the user or the password."""


class DatabaseLocked(DatabaseUnusable):
    """Another program is holding the database."""


class AnotherBotRuns(DatabaseUnusable):
    """Another bot is working with the database."""


class DatabaseCorrupt(DatabaseUnusable):
    """The file is damaged or is not a database."""


class RowUnreadable(DatabaseCorrupt):
    """The database holds a row that this program could not have written."""


class DatabaseNotWritable(DatabaseUnusable):
    """The database or its folder cannot be written to."""


class DatabaseFull(DatabaseUnusable):
    """The disk that holds the database is full."""


class DatabaseTooNew(DatabaseUnusable):
    """The database was written by a newer version of the program."""


class UnknownLearner(Exception):
    """There is no learner with this id."""

    def __init__(self, learner: str) -> None:
        super().__init__(self.__doc__)
        self.learner = learner


class UnknownSession(Exception):
    """There is no session with this id."""

    def __init__(self, session: str) -> None:
        super().__init__(self.__doc__)
        self.session = session


class ReplyAlreadyStands(Exception):
    """Another reply is already kept as this attempt at this turn."""

    def __init__(self, session: str, number: int, attempt: int) -> None:
        super().__init__(self.__doc__)
        self.session = session
        self.number = number
        self.attempt = attempt
