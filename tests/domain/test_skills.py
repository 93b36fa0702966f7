"""The catalogue of skills: ids that never change, labels in both languages."""

import re
import unicodedata

import pytest

from domain.model import Group
from domain.skills import BY_ID, CATALOGUE


def test_about_twenty_each_once():
    assert len(CATALOGUE) == len(BY_ID) == 20


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.id)
def test_each_has_an_id_and_two_labels(entry):
    assert re.fullmatch(r"[a-z][a-z-]+", entry.id)
    assert entry.vi
    assert entry.en
    assert entry.vi != entry.en
    assert unicodedata.is_normalized("NFC", entry.vi)
    assert entry.groups


@pytest.mark.parametrize("group", Group)
def test_every_group_has_skills(group):
    assert sum(group in entry.groups for entry in CATALOGUE) >= 15


def test_ids_on_the_ledger_are_never_dropped():
    """Facts name them for ever: this list only grows."""
    assert BY_ID.keys() >= {
        "vneid", "online-public-service", "cashless-payment", "smartphone-basics", "internet-search",
        "video-call", "online-safety", "personal-data", "health-record", "online-learning",
        "digital-signature", "e-commerce-buying", "e-commerce-selling", "digital-savings",
        "farm-traceability", "office-tools", "data-at-work", "e-document", "ai-assistants",
        "digital-content",
    }  # fmt: skip
