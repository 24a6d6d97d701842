"""Made-up but lifelike page views: few pages get most, visits have several, many run side by side."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

HOST: Final = "shop.example"
PAGES: Final = 2_000
NEW_VISIT: Final = 0.25  # four page views to a visit
RETURNING: Final = 0.3
AT_ONCE: Final = 500
REFERRERS: Final = (
    "",
    "",
    "",
    "https://www.google.com/",
    "https://news.ycombinator.com/",
    "https://t.co/x",
    "https://duckduckgo.com/",
)
CAMPAIGNS: Final = ("newsletter", "spring", "partner")
PLANS: Final = ("free", "pro", "team")


@dataclass(frozen=True, kw_only=True)
class PageView:
    visitor: str
    at: datetime
    path: str
    referrer: str
    plan: str

    @property
    def url(self) -> str:
        return f"https://{HOST}{self.path}"


@dataclass
class _Visit:
    visitor: str
    referrer: str
    plan: str


def page_views(count: int, *, end: datetime, span: timedelta, seed: int = 9) -> Iterator[PageView]:
    """Page views in order of time, evenly over ``span`` before ``end``; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 -- not a secret; must repeat
    popularity = list(accumulate(1 / rank for rank in range(1, PAGES + 1)))
    paths = [_path(rank, chance) for rank in range(PAGES)]
    visitors = 0
    active: list[_Visit] = []
    for number in range(count):
        if len(active) < AT_ONCE or chance.random() < NEW_VISIT:
            if visitors and chance.random() < RETURNING:
                who = chance.randint(1, visitors)
            else:
                who = visitors = visitors + 1
            visit = _Visit(f"visitor-{who}", chance.choice(REFERRERS), chance.choice(PLANS))
            if len(active) < AT_ONCE:
                active.append(visit)
            else:
                active[chance.randrange(AT_ONCE)] = visit
        else:
            visit = active[chance.randrange(AT_ONCE)]
        [path] = chance.choices(paths, cum_weights=popularity)
        yield PageView(
            visitor=visit.visitor,
            at=end - span + span * (number / count),
            path=path,
            referrer=visit.referrer,
            plan=visit.plan,
        )


def _path(rank: int, chance: random.Random) -> str:
    section = chance.choice(("blog", "products", "docs", "help"))
    campaign = f"?utm_source={chance.choice(CAMPAIGNS)}" if chance.random() < 0.1 else ""  # noqa: PLR2004 -- a share of the made-up traffic
    return "/" if rank == 0 else f"/{section}/article-{rank}{campaign}"
