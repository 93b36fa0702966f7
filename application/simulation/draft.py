"""A plan in the making: its days, its people, and the one source of chance."""

from datetime import date, timedelta
from random import Random

from application.simulation.deeds import Deed, Plan, Wave
from application.simulation.names import Crowd, Somebody
from domain.model import Group, UnitId


class Draft:
    """Days are numbered from 0. What would happen after the last day has not happened yet."""

    def __init__(self, first: date, days: int, chance: Random) -> None:
        self.chance = chance
        self.length = days
        self.plan = Plan(first=first, days=[[[] for _ in Wave] for _ in range(days)])
        self._crowd = Crowd(chance, first.year)
        self._lessons = 0
        self.homes: dict[int, UnitId] = {}
        """The hamlet in which a member of a team teaches."""

    def add(self, day: int, wave: Wave, deed: Deed) -> bool:
        """False where the day has not come yet."""
        if day >= self.length:
            return False
        self.plan.days[day][wave].append(deed)
        return True

    def date(self, day: int) -> date:
        return self.plan.first + timedelta(days=day)

    def somebody(self, commune: str, *, group: Group | None = None, phone: str | None = None) -> int:
        self.plan.people.append(self._crowd.somebody(commune, group=group, phone=phone))
        return len(self.plan.people) - 1

    def person(self, number: int) -> Somebody:
        return self.plan.people[number]

    def lesson(self) -> int:
        self._lessons += 1
        return self._lessons - 1

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def day_from(self, start: int) -> int:
        """A day between `start` and the last, the earlier ones a little likelier."""
        return start + int((self.length - start) * self.chance.random() ** 1.15)

    def delay(self) -> int:
        """How many days an answer takes: most the same day, few longer than a week."""
        return min(int(self.chance.expovariate(0.8)), 14)
