"""Campaigns of a unit."""

from datetime import date

from application.forms.shape import Form, Id, Text, UnitRef


class CampaignForm(Form, frozen=True, kw_only=True):
    """A unit holds a campaign from one day to another, both included."""

    submission: Id
    unit: UnitRef
    name: Text
    begins: date
    ends: date


class CampaignWithdrawnForm(Form, frozen=True, kw_only=True):
    submission: Id
