"""What goes wrong, as one sentence for people and an exit code for scripts."""

from sqlalchemy.exc import OperationalError

from application.ports import OutcomeUnknown, Unavailable
from domain.model import Refused, Stale
from infrastructure.database import NewerLedger, OwnedElsewhere, ReadOnlyHome, UnsupportedDatabase
from infrastructure.ledger.backup import DumpFailed, NoPgDump, NotACopy, NotEmpty
from infrastructure.official_units import BadList
from infrastructure.settings import BadSetting
from infrastructure.vault.key_backup import (
    BackupOfAnotherLedger,
    BackupTooOld,
    NotAKeyBackup,
    WrongPassphrase,
)
from infrastructure.vault.keys import (
    AlreadyRotating,
    KeyFileDamaged,
    KeyFileExposed,
    KeyFileMissing,
    KeyFileOfAnotherLedger,
)
from interfaces.cli.problems import CannotDo, Exit
from interfaces.house import NotBegun


def explain(error: Exception) -> tuple[str, Exit] | None:
    """The sentence and the exit code for an error that people can do something about, else None."""
    match error:
        case CannotDo():
            return str(error), error.code
        case BadSetting():
            return f"The setting {error}.", Exit.NOT_SET_UP
        case ReadOnlyHome():
            return f"The home {error} cannot be written to: check its owner and its rights.", Exit.NOT_SET_UP
        case NewerLedger():
            return (
                f"A newer version of Lan Tỏa wrote this ledger ({error}): install that version.",
                Exit.NOT_SET_UP,
            )
        case UnsupportedDatabase():
            return f"{error} is neither PostgreSQL nor the SQLite file of the home.", Exit.NOT_SET_UP
        case KeyFileMissing() | KeyFileDamaged() | KeyFileExposed() | KeyFileOfAnotherLedger():
            return f"{_meaning(error)} ({error})", Exit.NOT_SET_UP
        case NotAKeyBackup() | WrongPassphrase() | BackupOfAnotherLedger() | BackupTooOld():
            return f"{_meaning(error)} {f'({error})' if str(error) else ''}".rstrip(), Exit.REFUSED
        case AlreadyRotating():
            return "Keys are being renewed by another process just now: wait until it is done.", Exit.NOT_NOW
        case NotBegun():
            return "There is no ledger here yet: begin one with `lantoa init`.", Exit.NOT_SET_UP
        case OwnedElsewhere():
            return (
                f"Another process works on {error} and takes no commands now: try again in a moment.",
                Exit.NOT_NOW,
            )
        case BadList():
            return f"That is not such a list: {error}.", Exit.REFUSED
        case NotEmpty():
            return "The ledger holds facts already; a copy is restored into an empty home only.", Exit.REFUSED
        case NotACopy():
            return f"{error} is not a sound copy of a ledger.", Exit.REFUSED
        case NoPgDump():
            return f"{error} was not found: install PostgreSQL's client programs.", Exit.NOT_SET_UP
        case DumpFailed():
            return f"PostgreSQL could not do it: {error}", Exit.NOT_SET_UP
        case OperationalError():
            why = str(error.orig).strip().partition("\n")[0]
            return f"The database cannot be worked with just now: {why}", Exit.NOT_NOW
        case Refused():
            return _refusal(error), Exit.REFUSED
        case OutcomeUnknown():
            return "The connection was lost while saving: send the same again.", Exit.NOT_NOW
        case Stale() | Unavailable():
            return f"Nothing can be saved just now ({error}): try again in a moment.", Exit.NOT_NOW
        case ConnectionAbortedError() | ConnectionRefusedError():
            return f"The connection was lost: {error}.", Exit.NOT_NOW
        case PermissionError() | FileNotFoundError() | IsADirectoryError() | NotADirectoryError():
            return f"{error.filename}: {error.strerror}.", Exit.NOT_SET_UP
        case FileExistsError():
            return f"{error.filename} is there already; nothing was overwritten.", Exit.REFUSED
        case _:
            return None


def _meaning(error: Exception) -> str:
    """The first words about a kind of error are its sentence."""
    return " ".join((type(error).__doc__ or "").split())


def _refusal(error: Refused) -> str:
    """The sentence that pages show, too; it stands in one table only."""
    from interfaces.web import language
    from interfaces.web.problems import problem_of

    with language.spoken("en"):
        return problem_of(error).detail
