"""What DEMO=1 adds: an organisation, a site, thirty days of past visits, then gentle traffic.

Started and watched by the supervisor. The past is made of events with fixed ids: made twice, it counts once.
"""

import heapq
import random
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid4, uuid5

from local.api import Api, Refused
from local.customers import member_token, open_site, owner
from local.people import DEMO_ORGANISATION, ORGANISATION_ROLES
from local.progress import say
from local.state import LOOPBACK, State, read_json, write_json

T = TypeVar("T")

DOMAIN = LOOPBACK
DAYS = 30
BATCH = 500
VISITS_PER_SECOND = 0.15
_PAGES = {
    "/demo/": 40,
    "/demo/pricing": 18,
    "/demo/docs": 14,
    "/demo/blog/exactly-once": 10,
    "/demo/contact": 6,
}
_REFERRERS = {
    "": 45,
    "https://www.google.com/": 25,
    "https://news.ycombinator.com/": 12,
    "https://duckduckgo.com/": 8,
    "https://github.com/": 6,
    "https://www.linkedin.com/": 4,
}
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
# Browsers with the width of their screens, and visitors' countries with their languages: a visitor keeps theirs.
_BROWSERS = {
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/143.0.0.0 Safari/537.36", 1920): 38,
    (f"{_IPHONE} Version/26.0 Mobile/15E148 Safari/604.1", 393): 24,
    (f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/143.0.0.0 Mobile Safari/537.36", 412): 18,
    (f"{_MAC} Version/26.0 Safari/605.1.15", 1512): 12,
    ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", 1366): 8,
}
_COUNTRIES = {
    ("DE", "de"): 24, ("US", "en-US"): 22, ("GB", "en-GB"): 14, ("FR", "fr"): 12, ("NL", "nl"): 10, ("BR", "pt-BR"): 8,
    ("IN", "en"): 6, ("JP", "ja"): 4,
}  # fmt: skip
_CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_CRAWLERS = 40  # of the 4,000 visitors
# Visits by hour of the day (UTC): few at night, most in the afternoon.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 9, 11, 12, 12, 11, 12, 13, 13, 12, 10, 9, 8, 7, 6, 4, 3)
_WEEKEND = 0.55


def visit(dice: random.Random, start: datetime, url: str) -> Iterator[dict[str, Any]]:
    """The events of one visit: one to six pages, read for some seconds each."""
    number = dice.randrange(4_000)
    client = _client(number)
    referrer = _pick(dice, _REFERRERS)
    at = start
    for _ in range(min(6, 1 + int(dice.expovariate(0.7)))):
        yield {
            "name": "pageview",
            "timestamp": at.isoformat(),
            "visitor_id": f"visitor-{number}",
            "url": url + _pick(dice, _PAGES),
            "referrer": referrer,
            **client,
        }
        referrer = ""
        at += timedelta(seconds=5 + dice.expovariate(1 / 40))


def _client(number: int) -> dict[str, Any]:
    """What tells of one visitor, the same at each of their visits."""
    dice = random.Random(number)  # noqa: S311  # a simulation
    agent, width = _pick(dice, _BROWSERS)
    country, language = _pick(dice, _COUNTRIES)
    if number < _CRAWLERS:
        agent = _CRAWLER
    return {"user_agent": agent, "screen_width": width, "country": country, "language": language}


def past(now: datetime, url: str, days: int = DAYS) -> Iterator[dict[str, Any]]:
    """Events of the days before `now`, the same at every call on the same day."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for age in range(days, -1, -1):
        day = today - timedelta(days=age)
        dice = random.Random(f"p09 demo {day:%Y-%m-%d}")  # noqa: S311  # a simulation
        growth = 1.4 - age / days * 0.6
        visits = int(600 * growth * (_WEEKEND if day.weekday() >= 5 else 1) * dice.uniform(0.85, 1.15))  # noqa: PLR2004 -- Saturday and Sunday
        for number in range(visits):
            start = day + timedelta(hours=dice.choices(range(24), _HOURS)[0], seconds=dice.uniform(0, 3600))
            for step, event in enumerate(visit(dice, start, url)):
                identity = uuid5(NAMESPACE_URL, f"p09:demo:{day:%Y-%m-%d}:{number}:{step}")
                if event["timestamp"] < now.isoformat():
                    yield {"id": str(identity), **event}


def send_past(api: Api, url: str) -> None:
    events = list(past(datetime.now(UTC), url))
    for begin in range(0, len(events), BATCH):
        api.post("/v1/events", {"events": events[begin : begin + BATCH]})
    say(f"sent {len(events)} events of the last {DAYS} days")


def send_present(api: Api, url: str) -> None:
    """New visits now and then, for ever; each event is sent when its time has come."""
    dice = random.Random()  # noqa: S311  # a simulation
    due: list[tuple[str, str, dict[str, Any]]] = []
    while True:
        now = datetime.now(UTC)
        if dice.random() < VISITS_PER_SECOND:
            for event in visit(dice, now, url):
                heapq.heappush(due, (event["timestamp"], str(uuid4()), event))
        events = []
        while due and due[0][0] <= now.isoformat():
            _, identity, event = heapq.heappop(due)
            events.append({"id": identity, **event})
        if events:
            api.post("/v1/events", {"events": events})
        time.sleep(1)


def _pick(dice: random.Random, weighted: Mapping[T, int]) -> T:
    return dice.choices(list(weighted), list(weighted.values()))[0]


def write_key(state: State, system: Mapping[str, Any]) -> str:
    """The demo site's write key, made with its past at the first start and kept."""
    file = state.folder / "demo_site.json"
    kept = read_json(file)
    if kept:
        return str(kept["write_key"])
    api, organisation_id = owner(system, DEMO_ORGANISATION)
    for role in ORGANISATION_ROLES:
        if role != "owner":
            member_token(system, DEMO_ORGANISATION, role)
    site = open_site(api, organisation_id, name="Demo site", domain=DOMAIN)
    send_past(Api(system["url"], site.write_key), system["url"])
    write_json(file, site.as_dict())
    return site.write_key


def main() -> None:
    state = State(Path(sys.argv[1]))
    while True:
        try:
            system = state.system()
            if system:
                send_present(Api(system["url"], write_key(state, system)), system["url"])
        except Refused as refused:
            say(f"trying again: {refused}")
        time.sleep(2)


if __name__ == "__main__":
    main()
