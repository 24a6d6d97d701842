"""The pages for people, from templates that escape whatever is put into them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.status import words
from shared.status.feeds import Told, title
from shared.status.model import ComponentView, Day, IncidentView, MaintenanceView, Page
from shared.status.statuspage_v2 import timestamp

_TEMPLATES: Final = Path(__file__).parent / "templates"
RECENT: Final = timedelta(days=14)


def pages(page: Page, version: str) -> dict[str, str]:
    """By path: the overview, the history, one for each incident and maintenance, and the one for what is not there."""
    told: list[Told] = [*page.incidents, *page.maintenances]
    return {
        "index.html": _write("index.html.jinja", page, version=version, **_overview(page)),
        "history.html": _write("history.html.jinja", page, months=_by_month(told)),
        "404.html": _write("not_found.html.jinja", page),
        **{f"incidents/{one.public_id}.html": _write("told.html.jinja", page, told=one) for one in told},
    }


def _overview(page: Page) -> dict[str, Any]:
    recent = [one for one in page.incidents if not one.incident.is_open and _ended(one, page) > page.now - RECENT]
    return {
        "headline": words.headline(page.indicator, [one.status for one in page.components]),
        "has_open": any(one.incident.is_open for one in page.incidents),
        "current": [
            *(one for one in page.incidents if one.incident.is_open),
            *(one for one in page.maintenances if one.phase == "in_progress"),
        ],
        "planned": [one for one in page.maintenances if one.phase == "scheduled"],
        "recent": [(day, list(group)) for day, group in groupby(recent, lambda one: one.incident.opened_at.date())],
        "recent_days": RECENT.days,
    }


def _ended(view: IncidentView, page: Page) -> datetime:
    return view.incident.resolved_at or page.now


def _by_month(told: Iterable[Told]) -> list[tuple[str, list[Told]]]:
    ordered = sorted(told, key=_started, reverse=True)
    return [(month, list(group)) for month, group in groupby(ordered, lambda one: f"{_started(one)[0]:%B %Y}")]


def _started(told: Told) -> tuple[datetime, str]:
    return (told.incident.opened_at if isinstance(told, IncidentView) else told.maintenance.start), told.public_id


def _write(template: str, page: Page, **values: Any) -> str:
    return _environment().get_template(template).render(page=page, **values)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "clock": words.clock, "day": words.day, "lasting": words.lasting, "percent": words.percent, "iso": timestamp,
        "summary": words.summary, "title_of": title, "troubled": _troubled, "uptime_of": _uptime,
    }  # fmt: skip
    found.globals |= {
        "between": words.between, "span": words.span, "STATUS": words.STATUS, "UPDATE": words.UPDATE,
    }  # fmt: skip
    found.tests |= {"maintenance": lambda told: isinstance(told, MaintenanceView)}
    return found


def _uptime(component: ComponentView) -> str:
    return "not enough history yet" if component.uptime is None else f"{words.percent(component.uptime)} uptime"


def _troubled(component: ComponentView) -> Iterator[Day]:
    """Days that were not just well, newest first."""
    return (day for day in reversed(component.days) if day.status not in (None, "operational"))
