"""Who may: signing in, sessions, roles, and what two have to agree on."""

from typing import Final

from application import access, actors, approvals, ports, signing_in
from domain import access as domain_access
from infrastructure.accounts import challenges, passkeys
from interfaces.web import session
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    session.SignInFirst: (401, mark("Please sign in first.")),
    session.TokenNotKnown: (401, mark("This access token is not known, or was taken back.")),
    session.StepUpNeeded: (403, mark("Please confirm first that it is you.")),
    session.ProveFirst: (403, mark("Please sign in with a passkey or a code of your authenticator app.")),
    ports.SessionEnded: (401, mark("You were signed out on this device. Please sign in again.")),
    challenges.NotProven: (422, mark("That is not right, or no longer. Please try again.")),
    passkeys.UserNotVerified: (
        422,
        mark(
            "This passkey does not ask for a finger, face or PIN, and your role needs one that does. "
            "Use another device, or an authenticator app."
        ),
    ),
    passkeys.TooManyPasskeys: (422, mark("You have %(most)s passkeys. Please remove one first.")),
    signing_in.LastFactor: (422, mark("This is the only thing you sign in with. Add another one first.")),
    signing_in.StrongEnoughWithout: (
        422,
        mark("For your role, recovery codes do not replace a passkey or an authenticator app."),
    ),
    access.LinkNotValid: (410, mark("The link was used already, or it is too old.")),
    actors.NotAllowed: (403, mark("Your account may not do this.")),
    actors.OutOfScope: (404, mark("There is no such unit, or it is not one of yours.")),
    domain_access.NoAccount: (404, mark("This person has no open account.")),
    domain_access.RoleNotHeld: (409, mark("The account does not hold this role.")),
    domain_access.NotTheirsToGive: (403, mark("You can give and take only what your own role gives.")),
    domain_access.NotToThemselves: (403, mark("Somebody else has to do this.")),
    domain_access.TakesTwo: (409, mark("This takes a second administrator: one asks, another agrees.")),
    domain_access.HeldElsewhere: (
        409,
        mark(
            "They hold another role, over a unit that is not yours. An administrator over both units has to "
            "appoint them."
        ),
    ),
    domain_access.LastAdministrator: (
        409,
        mark("This is the last administrator. Please name another one first."),
    ),
    domain_access.WholeRole: (422, mark("An administrator is one for all models.")),
    approvals.NothingToApprove: (404, mark("Nothing waits here for an approval any more.")),
}
