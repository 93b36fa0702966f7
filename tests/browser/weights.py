"""What each page may weigh over the wire on a first visit, headers, stylesheet and scripts included.

A little above what it weighs: whoever makes a page heavier sees it here. Bytes are the same on every
machine; times are in `benchmarks/pages.py`.
"""

from typing import Final

from tests.browser.scenery import Scene

KB: Final = 1024
ORGANIZER: Final = 80 * KB
"""The most that any page of an organizer may weigh, however much is on it."""
DEFAULT: Final = 10.0
"""KB of a page that is not below."""

MOST: Final[dict[str, float]] = {
    "lesson": 16,
    "lesson_first": 15,
    "lesson_sent": 14.5,
    "family_form": 15,
    "family_form_first": 14,
    "family": 12.5,
    "vendor_form": 14.5,
    "markets": 11,
    "mine": 12,
    "team": 12.5,
    "team_new": 14.5,
    "visit": 14,
    "remind": 12.5,
    "class_new": 12,
    "class_roll": 14.5,
    "class_over": 10.5,
    "check_in": 11.5,
    "witness": 11.5,
    "sign_out": 11,
    "invitation": 11.5,
    "invite": 15,
    "invite_administrator": 14.5,
    "placing_one": 11,
    "placing_accounts": 11.5,
    "territory_change": 11.5,
    "territory_changes": 10.5,
    "ranking_public": 11.5,
    "ranking": 11,
    "ranking_vendors": 11,
    "ranking_month": 11,
    "ranking_campaign": 11,
    "ranking_communes": 11,
    "ranking_similar": 11,
    "ranking_days": 11,
    "ranking_empty": 10.5,
    "workplace": 12,
    "unit": 17.5,
    "units": 17.5,
    "unit_administrator": 14,
    "map": 12.5,
    "map_public": 12.5,
    "map_adults": 16,
    "nominees": 12,
    "report": 11,
    "report_closed": 11.5,
    "api": 21.5,
    "milestones": 10.5,
}
"""KB by scene."""


def most(scene: Scene) -> float:
    """In bytes."""
    return min(MOST.get(scene.name, DEFAULT) * KB, ORGANIZER)
