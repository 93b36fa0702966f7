"""What connected forms of KoboToolbox and ODK Central send, and edits of it."""

from typing import Final

from application.surveys import coming, connecting, exported, following, keeping, payloads, taking
from domain import surveys
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Sentences

TABLE: Final[Sentences] = {
    payloads.NotASubmission: (
        422,
        mark("This is no submission of a form as KoboToolbox or ODK Central sends it."),
    ),
    payloads.TooManyInstances: (422, mark("At most %(limit)s rows at once. Please split the file.")),
    payloads.NoInstance: (422, mark("The submission does not say which instance of the form it is.")),
    keeping.TooManyVersions: (
        409,
        mark("More than %(limit)s versions of one submission came. No more of them are taken in."),
    ),
    following.EditDiffers: (409, mark("It was edited after it was recorded. Please look at both versions.")),
    exported.EditOfAForm: (
        409,
        mark("It is an edit of what a connected form sent. Please bring it in at the page of that form."),
    ),
    taking.SeveralInOne: (
        422,
        mark("It tells of several visits or several people in a repeat group. Such a form tells of one."),
    ),
    coming.BothStand: (
        409,
        mark("Two versions of it were recorded before they were known to be one. Please say which holds."),
    ),
    coming.DecidedMeanwhile: (
        409,
        mark("Somebody decided on it a moment before you, or a newer version of it came. Please look again."),
    ),
    connecting.NoSuchEdit: (404, mark("There is no such edit, or somebody decided on it already.")),
    coming.NotFollowedHere: (
        409,
        mark("Families and milestones are mended on their own page. Then say here that it was mended."),
    ),
    connecting.KeyNotKnown: (401, mark("The form is not connected, or its key is not right.")),
    surveys.NoSuchConnection: (404, mark("There is no such connection, or it is not one of yours.")),
    surveys.ConnectionTaken: (409, mark("Another form was connected under this id.")),
}
