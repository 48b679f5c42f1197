"""
What storage may answer instead of a result.

StorageError
+- Unavailable    the database is gone, full, read-only or locked too long: the same call later may succeed
+- Unreadable     ciphertext of an unknown key, or altered bytes, or bytes moved to another place
+- Held           another process uses the installation in a way that excludes this one
+- Incompatible   the schema is not the one this code works with, or a restore was left half done
"""


class StorageError(Exception):
    """Anything storage refuses. The driver's own error, where there is one, is the cause."""


class Unavailable(StorageError):
    """The database did not answer or could not write: nothing was committed as far as is known; worth repeating."""


class Unreadable(StorageError):
    """The bytes cannot be opened: sealed under a secret that is not given, altered, or sealed for another place."""


class Held(StorageError):
    """The lock is with somebody else. Told at once, never after waiting."""


class Incompatible(StorageError):
    """The stored schema and the code do not fit, or an interrupted restore left the database unfit for use."""
