"""How often a schedule of EventBridge fires."""

import re
from typing import Final

_DAYS_OF_MONTH: Final = 365 / 12
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1440}


def runs_in_a_month(expression: str) -> float:
    """Of ``rate(…)`` and of the forms of ``cron(…)`` that the stacks have. Raises ValueError for others."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return _DAYS_OF_MONTH * 1440 / (int(rate[1]) * _MINUTES[rate[2]])
    if not (cron := re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \S+\)", expression)):
        raise ValueError(f"{expression}: neither rate() nor cron()")
    minute, hour, day, month, weekday = cron.groups()
    if month != "*":
        raise ValueError(f"{expression}: how often a schedule of some months fires, nobody has said yet")
    return _times(minute, 60) * _times(hour, 24) * _days(day, weekday)


def _times(field: str, of: int) -> float:
    if field == "*":
        return of
    if "/" in field:
        first, every = field.split("/")
        return len(range(0 if first == "*" else int(first), of, int(every)))
    return len(field.split(","))


def _days(day: str, weekday: str) -> float:
    if day in {"*", "?"} and weekday in {"*", "?"}:
        return _DAYS_OF_MONTH
    if "#" in weekday or "L" in weekday:
        return 1
    if weekday not in {"*", "?"}:
        first, _, last = weekday.partition("-")
        order = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
        days = order.index(last) - order.index(first) + 1 if last else len(weekday.split(","))
        return days * _DAYS_OF_MONTH / 7
    return len(day.split(","))
