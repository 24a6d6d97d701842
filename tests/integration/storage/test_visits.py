"""Whatever the order, the batches and the repeats: what is stored of visits is what counting the raw events by hand gives."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.collection.entry import Entry
from shared.collection.rows import MORE_COLUMNS, Arrival, client_visitor_id, copy_rows
from shared.collection.stream import append
from tests.examples import examples
from tests.integration.storage.test_drain import START
from tests.pipeline import RECEIVED, Pipeline, Site, add_site

GAP = timedelta(minutes=30)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1"
)
NOT_JUDGED = "\\N"
BROWSERS = {NOT_JUDGED: "", CHROME: "Chrome", SAFARI: "Safari"}
BOTS = {"", "curl/8.5.0", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}
SOURCES = {
    "": "",
    "t.co": "Twitter",
    "Twitter": "Twitter",
    "news.google.co.uk": "Google News",
    "semalt.com": "semalt.com",
}
VISITS = """
    select v.visitor_id, started_at, ended_at, entry_page, exit_page, events, pageviews, interactive, v.source, a.source,
        utm_campaign, city, browser
    from {visits} v
    left join acquisitions a on a.site_id = v.site_id and a.id = acquisition
    left join places p on p.site_id = v.site_id and p.id = place
    left join devices d on d.site_id = v.site_id and d.id = v.device
    where v.site_id = {site} and events > 0 order by 1, 2
"""


@dataclass(frozen=True)
class Told:
    """An event as a client tells it."""

    visitor: str = "ada"
    minutes: float = 0
    name: str = "pageview"
    page: str = "/"
    source: str = ""
    campaign: str = ""
    city: str = ""
    agent: str = NOT_JUDGED
    interactive: bool = True
    excluded: str = ""
    id: UUID = field(default_factory=uuid4)

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=self.minutes)

    @property
    def bot(self) -> bool:
        return self.agent in BOTS or self.source == "semalt.com"

    @property
    def is_pageview(self) -> bool:
        return self.name == "pageview"

    def more(self) -> str:
        told = {
            "user_agent": self.agent, "city": self.city, "utm_campaign": self.campaign, "interactive": "ft"[self.interactive],
            "engaged": "\\N", "scroll": "\\N", "amount": "\\N", "excluded": self.excluded,
        }  # fmt: skip
        return "\t".join(told.get(name, "") for name in MORE_COLUMNS) + "\n"


def send(pipeline: Pipeline, events: Sequence[Told], site: Site | None = None) -> None:
    site = site or pipeline.site
    arrival = Arrival(site_id=site.id, received_at=RECEIVED, visitor_id=7)
    rows = b"".join(
        copy_rows(
            [
                {
                    "id": str(one.id),
                    "name": one.name,
                    "timestamp": one.at,
                    "visitor_id": one.visitor,
                    "url": f"https://shop.example{one.page}" + (f"?source={one.source}" if one.source else ""),
                }
            ],
            arrival,
        )
        for one in events
    )
    more = "".join(one.more() for one in events).encode()
    append(
        pipeline.valkey,
        Entry(site_id=site.id, organisation=site.organisation, events=len(events), rows=rows, more=more),
    )


def runs_of(events: Iterable[Told]) -> list[list[Told]]:
    by_visitor: dict[str, list[Told]] = defaultdict(list)
    for one in sorted(events, key=lambda one: (one.at, one.id)):
        by_visitor[one.visitor].append(one)
    runs = []
    for seen in by_visitor.values():
        run = [seen[0]]
        for previous, one in pairwise(seen):
            if one.at - previous.at > GAP:
                runs.append(run)
                run = []
            run.append(one)
        runs.append(run)
    return runs


def visits_of(events: Iterable[Told]) -> list[list[Told]]:
    """A run of engagement alone is no visit."""
    return [run for run in runs_of(events) if any(one.name != "engagement" for one in run)]


def described(visit: list[Told]) -> list[object]:
    pageviews = [one for one in visit if one.is_pageview]
    entry, last = (pageviews or visit)[0], (pageviews or visit)[-1]
    return [
        client_visitor_id(entry.visitor), visit[0].at, visit[-1].at, entry.page, last.page,
        sum(one.name != "engagement" for one in visit), len(pageviews), interactive(visit),
        SOURCES[entry.source], SOURCES[entry.source], entry.campaign, entry.city, BROWSERS.get(entry.agent, ""),
    ]  # fmt: skip


def interactive(visit: list[Told]) -> int:
    return sum(one.interactive and one.name != "engagement" for one in visit)


def rolled_up(events: list[Told]) -> dict[datetime, list[int]]:
    sums: dict[datetime, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in events:
        sums[quarter(one.at)][0] += one.name != "engagement"
        sums[quarter(one.at)][1] += one.is_pageview
    for visit in visits_of(events):
        bucket = sums[quarter(visit[0].at)]
        bucket[2] += 1
        bucket[3] += interactive(visit) < 2
        bucket[4] += (visit[-1].at - visit[0].at) // timedelta(microseconds=1)
    return {at: values for at, values in sums.items() if any(values)}


def quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


Days = Mapping[tuple[int, date], frozenset[object]]


def days_of(events: Collection[Told]) -> Days:
    """What is told of each visitor's UTC day: each of its events, with all that its visit is."""
    days: dict[tuple[int, date], set[object]] = defaultdict(set)
    for bot in (False, True):
        for run in runs_of(one for one in events if one.bot is bot):
            for one in run:
                days[client_visitor_id(one.visitor), one.at.date()].add((one.id, bot, *described(run)))
    return {day: frozenset(told) for day, told in days.items()}


moments = st.integers(0, 40).map(lambda step: step * 7.5)  # often exactly 30 minutes apart, often equal, on two days
told = st.builds(
    Told,
    visitor=st.sampled_from("abc"),
    minutes=moments,
    name=st.sampled_from(["pageview", "pageview", "signup", "engagement"]),
    page=st.sampled_from(["/", "/a", "/b"]),
    source=st.sampled_from(["", "", *SOURCES]),
    campaign=st.sampled_from(["", "autumn"]),
    city=st.sampled_from(["", "Bern"]),
    agent=st.sampled_from([*BROWSERS, *BROWSERS, *sorted(BOTS)]),
    interactive=st.sampled_from([True, True, False]),
    excluded=st.sampled_from([*[""] * 9, "page"]),
    id=st.uuids(),
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(told, max_size=25, unique_by=lambda one: one.id), seed=st.integers())
@example(history=[Told(name="engagement"), Told(minutes=20), Told(minutes=45, name="engagement")], seed=1)
def test_any_order_batching_and_duplication_gives_what_the_definition_says(
    pipeline: Pipeline, history: list[Told], seed: int
) -> None:
    chance = random.Random(seed)
    site = add_site(pipeline.api, f"{uuid4()}.example")
    sent = history + [again for again in history if chance.random() < 0.2]
    chance.shuffle(sent)
    stored: dict[UUID, Told] = {}
    while sent:
        before, mark = days_of(stored.values()), newest_batch(pipeline, site)
        for _ in range(chance.randint(1, 3)):
            size = chance.randint(1, 8)
            send(pipeline, sent[:size], site)
            stored |= {one.id: one for one in sent[:size] if not one.excluded}
            del sent[:size]
        pipeline.drain()
        assert changed(before, days_of(stored.values())) <= unbuilt_after(pipeline, site, mark)
    of_people = [one for one in history if not one.bot and not one.excluded]
    of_bots = [one for one in history if one.bot and not one.excluded]
    for visits, events in (("visits", of_people), ("bot_visits", of_bots)):
        expected = sorted((described(visit) for visit in visits_of(events)), key=lambda row: (row[0], row[1]))
        assert pipeline.rows(VISITS.format(visits=visits, site=site.id)) == expected
    traffic = pipeline.rows(
        f"select bucket, events, pageviews, visits, bounces, visit_microseconds from traffic where site_id = {site.id}"
    )
    assert {bucket: sums for bucket, *sums in traffic if any(sums)} == rolled_up(of_people)
    kept_out = pipeline.rows(f"select bucket, events from exclusions where site_id = {site.id}")
    assert {bucket: events for bucket, events, *_ in kept_out} == Counter(
        quarter(one.at) for one in history if one.excluded
    )
    ordinals = pipeline.rows(f"select visitor_id, ordinal from visitors where site_id = {site.id} order by ordinal")
    assert [ordinal for _, ordinal in ordinals] == list(range(1, len(ordinals) + 1))
    assert {visitor for visitor, _ in ordinals} == {client_visitor_id(one.visitor) for one in of_people + of_bots}


def newest_batch(pipeline: Pipeline, site: Site) -> object:
    return pipeline.rows(f"select coalesce(max(batch), 0) from unbuilt where site_id = {site.id}")[0][0]


def unbuilt_after(pipeline: Pipeline, site: Site, mark: object) -> set[tuple[object, ...]]:
    rows = pipeline.rows(f"select visitor_id, day from unbuilt where site_id = {site.id} and batch > {mark}")
    return {tuple(row) for row in rows}


def changed(before: Days, after: Days) -> set[tuple[int, date]]:
    return {day for day in before.keys() | after.keys() if before.get(day) != after.get(day)}


def test_a_visit_is_made_of_its_first_pageview_and_not_of_what_came_before_it(pipeline: Pipeline) -> None:
    send(pipeline, [Told(minutes=0, name="click", page="/x", source="t.co", agent=SAFARI)])
    pipeline.drain()
    send(pipeline, [Told(minutes=1, page="/p", source="news.google.co.uk", agent=CHROME), Told(minutes=2, page="/q")])
    pipeline.drain()
    assert pipeline.rows("select entry_page, exit_page, source, events from visits") == [["/p", "/q", "Google News", 3]]


def test_engagement_alone_is_no_visit_and_becomes_part_of_one_that_it_touches(pipeline: Pipeline) -> None:
    send(pipeline, [Told(minutes=0, name="engagement"), Told(minutes=20, name="engagement")])
    pipeline.drain()
    assert pipeline.rows("select sum(visits), sum(bounces), sum(visit_microseconds) from traffic") == [[0, 0, 0]]
    send(pipeline, [Told(minutes=45)])
    pipeline.drain()
    assert pipeline.rows("select sum(visits), sum(bounces), sum(visit_microseconds) from traffic") == [
        [1, 1, 45 * 60 * 1_000_000]
    ]


def test_bots_and_spam_are_stored_apart_and_count_for_nothing(pipeline: Pipeline) -> None:
    send(
        pipeline, [Told(agent=agent) for agent in sorted(BOTS)] + [Told(source="semalt.com"), Told("bob", agent=CHROME)]
    )
    drained = pipeline.drain()
    assert (drained.new, drained.repeated) == (5, 0)
    assert pipeline.rows("select count(*) from events") == [[1]]
    assert pipeline.rows("select count(*) from bot_events") == [[4]]
    assert pipeline.rows("select sum(events), sum(visits) from traffic") == [[1, 1]]


@pytest.mark.parametrize("batches", [1, 2])
def test_an_excluded_event_is_counted_once_with_its_reason_and_stored_nowhere(pipeline: Pipeline, batches: int) -> None:
    sent = [Told(excluded="page"), Told(excluded="country"), Told(minutes=1, excluded="page")]
    for _ in range(batches):
        send(pipeline, sent)
        pipeline.drain()
    assert pipeline.rows("select reason, sum(events) from exclusions group by reason order by reason") == [
        ["country", 1], ["page", 2],
    ]  # fmt: skip
    assert pipeline.rows("select count(*) from events union all select count(*) from visitors") == [[0], [0]]


def test_of_two_contents_under_one_id_the_first_in_the_batch_stays(pipeline: Pipeline) -> None:
    one = uuid4()
    send(pipeline, [Told(minutes=5, page="/first", id=one), Told(minutes=1, page="/second", id=one)])
    assert pipeline.drain().repeated == 1
    assert pipeline.rows("select page from events") == [["/first"]]


def test_an_entry_of_the_release_before_is_stored_with_defaults(pipeline: Pipeline) -> None:
    pipeline.send({"name": "pageview", "url": "https://shop.example/?utm_source=Twitter", "visitor_id": "ada"})
    pipeline.drain()
    assert pipeline.rows("select interactive, engaged, currency, title from events") == [[True, None, "", ""]]
    assert pipeline.rows("select source, channel, click_id from acquisitions") == [["Twitter", "Organic Social", ""]]


@pytest.mark.parametrize("damage", [b"", b"\\N\n", b"one\ttoo\tfew\n"])
def test_an_entry_whose_further_columns_do_not_fit_its_rows_is_poison(pipeline: Pipeline, damage: bytes) -> None:
    rows = copy_rows(
        [{"name": "pageview", "url": "https://shop.example/"}] * 2,
        Arrival(site_id=pipeline.site.id, received_at=RECEIVED, visitor_id=7),
    )
    append(
        pipeline.valkey,
        Entry(
            site_id=pipeline.site.id,
            organisation=pipeline.site.organisation,
            events=2,
            rows=rows,
            more=Told().more().encode() + damage,
        ),
    )
    send(pipeline, [Told()])
    drained = pipeline.drain()
    assert (drained.new, drained.failed) == (1, 1)


def test_a_visit_that_the_release_before_stored_keeps_its_numbers_and_grows(pipeline: Pipeline) -> None:
    send(pipeline, [Told(minutes=0, name="click", page="/x"), Told(minutes=1, page="/p")])
    pipeline.drain()
    pipeline.rows(
        "update visits set interactive = null, entry_at = null, entry_event = null, exit_at = null, exit_event = null, "
        "acquisition = null, place = null, device = null, entry_page = '/x'"
    )
    send(pipeline, [Told(minutes=3, page="/q")])
    pipeline.drain()
    assert pipeline.rows("select entry_page, exit_page, events, interactive from visits") == [["/x", "/q", 3, 3]]
    assert pipeline.rows("select sum(visits), sum(bounces) from traffic") == [[1, 0]]
