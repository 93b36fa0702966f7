"""How a command says that it cannot go on; what else goes wrong, `explaining` tells.

Exit codes: 0 done · 1 a fault of ours (with its trace) · 2 the command line was not understood ·
3 a rule refused · 4 not set up (settings, key file, home, version) · 5 not just now: try again ·
6 a check found something · 130 interrupted.
"""

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    FAULT = 1
    USAGE = 2
    REFUSED = 3
    NOT_SET_UP = 4
    NOT_NOW = 5
    FOUND = 6
    INTERRUPTED = 130


class CannotDo(Exception):
    """A command's own word about why it cannot go on, with the exit code that says so."""

    def __init__(self, sentence: str, code: Exit = Exit.REFUSED) -> None:
        super().__init__(sentence)
        self.code = code
