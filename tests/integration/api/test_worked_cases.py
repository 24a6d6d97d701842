"""What is counted, case by case: events go in over HTTP, numbers come out. The tables are for reading.

An event of ``VISITS`` is a line: time, visitor, page or name (with its page), and what else it says. ``e`` is an engagement event.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tests.integration.api.conftest import Api

DAY: Final = "2026-10-05"
CHROME: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
)
NUMBERS: Final = ("visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration")

# name of the case: lines of events, then visitors, visits, pageviews, events, bounce rate, visit duration in seconds
VISITS: Final[Mapping[str, tuple[Sequence[str], Sequence[float | None]]]] = {
    "one pageview is a visit that bounced": (["10:00 ada /"], [1, 1, 1, 1, 100, 0]),
    "two pageviews are one visit": (["10:00 ada /", "10:01 ada /b"], [1, 1, 2, 2, 0, 60]),
    "two visitors are two visits": (["10:00 ada /", "10:00 bob /"], [2, 2, 2, 2, 100, 0]),
    "a gap of thirty minutes stays in the visit": (["10:00 ada /", "10:30 ada /b"], [1, 1, 2, 2, 0, 1800]),
    "a gap of a second more begins another": (["10:00 ada /", "10:30:01 ada /b"], [1, 2, 2, 2, 100, 0]),
    "a late event joins two visits": (["10:00 ada /", "10:40 ada /b", "10:20 ada /c"], [1, 1, 3, 3, 0, 2400]),
    "the order of arrival decides nothing": (["10:20 ada /c", "10:40 ada /b", "10:00 ada /"], [1, 1, 3, 3, 0, 2400]),
    "a visit is not cut at midnight": (["23:50 ada /", "24:10 ada /b"], [1, 1, 2, 2, 0, 1200]),
    "an id counts once": (["10:00 ada / id=1", "10:00 ada / id=1"], [1, 1, 1, 1, 100, 0]),
    "an id counts once, the first content stays": (["10:00 ada / id=1", "10:05 ada /b id=1"], [1, 1, 1, 1, 100, 0]),
    "two ids are two events": (["10:00 ada / id=1", "10:00 ada / id=2"], [1, 1, 2, 2, 0, 0]),
    "an event is no pageview": (["10:00 ada /", "10:01 ada Signup"], [1, 1, 1, 2, 0, 60]),
    "an event alone is a visit that bounced": (["10:00 ada Signup"], [1, 1, 0, 1, 100, 0]),
    "an event that is not interactive ends no bounce": (["10:00 ada /", "10:01 ada Autoplay i=0"], [1, 1, 1, 2, 100, 60]),
    "two events that are not interactive bounce": (["10:00 ada A i=0", "10:01 ada B i=0"], [1, 1, 0, 2, 100, 60]),
    "a pageview that is not interactive bounces": (["10:00 ada / i=0", "10:01 ada /b"], [1, 1, 2, 2, 100, 60]),
    "engagement lengthens a visit": (["10:00 ada /", "10:00:20 ada e"], [1, 1, 1, 1, 100, 20]),
    "engagement ends no bounce": (["10:00 ada /", "10:01 ada e", "10:02 ada e"], [1, 1, 1, 1, 100, 120]),
    "engagement bridges a gap": (["10:00 ada /", "10:25 ada e", "10:50 ada /b"], [1, 1, 2, 2, 0, 3000]),
    "engagement alone is no visit and no visitor": (["10:00 ada e"], [0, 0, 0, 0, 0, 0]),
    "engagement hours later makes no visit": (["10:00 ada /", "10:00:20 ada e", "13:00 ada e"], [1, 1, 1, 1, 100, 20]),
    "engagement before the page belongs to the visit": (["09:50 ada e", "10:00 ada /"], [1, 1, 1, 1, 100, 600]),
    "engagement that comes first becomes a visit with its page": (["10:10 ada e", "10:00 ada /"], [1, 1, 1, 1, 100, 600]),
    "ten readers whose tabs are looked at again": (
        [line for n in range(10) for line in (f"10:0{n} r{n} /a", f"10:0{n}:20 r{n} e", f"13:0{n} r{n} e")],
        [10, 10, 10, 10, 100, 20],
    ),
    "a visitor who comes back is one visitor": (["10:00 ada /", "15:00 ada /"], [1, 2, 2, 2, 100, 0]),
    "visit durations are averaged over visits": (["10:00 ada /", "10:01 ada /", "12:00 bob /"], [2, 2, 3, 3, 50, 30]),
    "ids of visitors are texts": (["10:00 1 /", "10:01 01 /"], [2, 2, 2, 2, 100, 0]),
    "a bot is in no number": (["10:00 ada /", "10:00 bot / ua=Googlebot/2.1"], [1, 1, 1, 1, 100, 0]),
    "a bot's engagement is in no number": (["10:00 ada /", "10:01 bot e ua=curl/8.5.0"], [1, 1, 1, 1, 100, 0]),
    "a server that says no user agent is not judged": (["10:00 ada /"], [1, 1, 1, 1, 100, 0]),
    "an empty user agent of a visitor is a bot's": (["10:00 ada / ua="], [0, 0, 0, 0, 0, 0]),
}  # fmt: skip

# address as sent: the page that counts; None is refused
PAGES: Final[Mapping[str, str | None]] = {
    "https://{host}/": "/",
    "https://{host}": "/",
    "https://{host}/café": "/café",
    "https://{host}/caf%C3%A9": "/café",
    "https://{host}/caf%c3%a9": "/café",
    "https://{host}/a%2Fb": "/a%2Fb",
    "https://{host}/a%20b": "/a b",
    "https://{host}/latin-%E9": "/latin-%E9",
    "https://{host}/q?a=1#b": "/q",
    "https://{host}:8443/port": "/port",
    "HTTPS://WWW.{host}/caps": "/caps",
    "http://{host}/plain": "/plain",
    "https://{host}//double": "//double",
    "https://{host}/dir/": "/dir/",
    "app://{host}/screen": "/screen",
    "https://{host}/landing?gclid=" + "x" * 2100: "/landing",
    "https://{host}/" + "l" * 1999: "/" + "l" * 1999,
    "https://{host}/" + "l" * 2000: None,
    "/relative": None,
    "https://": None,
    "https://[bad": None,
    "mailto:ada@example.com": None,
}

# query of the address, referrer: source and channel
SOURCES: Final[Sequence[tuple[str, str, str, str]]] = (
    ("", "", "Direct / None", "Direct"),
    ("", "https://{host}/other", "Direct / None", "Direct"),
    ("", "https://www.google.com/", "Google", "Organic Search"),
    ("", "https://www.google.de/search?q=a", "Google", "Organic Search"),
    ("", "https://news.google.com/a", "Google News", ""),
    ("", "https://mail.google.com/", "Gmail", "Email"),
    ("", "https://www.bing.com/", "Bing", "Organic Search"),
    ("", "https://duckduckgo.com/", "DuckDuckGo", "Organic Search"),
    ("", "https://t.co/abc", "Twitter", "Organic Social"),
    ("utm_source=Twitter", "", "Twitter", "Organic Social"),
    ("utm_source=twitter", "", "Twitter", "Organic Social"),
    ("", "https://l.facebook.com/l.php", "Facebook", "Organic Social"),
    ("", "https://www.youtube.com/watch", "YouTube", "Organic Video"),
    ("", "https://chatgpt.com/", "ChatGPT", "AI Assistants"),
    ("", "https://blog.example/post", "blog.example", "Referral"),
    ("gclid=1", "https://www.google.com/", "Google", "Paid Search"),
    ("msclkid=1", "https://www.bing.com/", "Bing", "Paid Search"),
    ("utm_source=google&utm_medium=cpc", "", "Google", "Paid Search"),
    ("utm_source=facebook&utm_medium=paid", "", "Facebook", "Paid Social"),
    ("utm_source=letter&utm_medium=email", "", "letter", "Email"),
    ("utm_source=partner&utm_medium=affiliate", "", "partner", "Affiliates"),
    ("utm_source=ad&utm_medium=display", "", "ad", "Display"),
    ("ref=friend", "", "friend", "Referral"),
    ("source=letter&utm_medium=email", "", "letter", "Email"),
)

# time as sent: taken or refused
TIMES: Final[Mapping[str, bool]] = {
    "2026-10-05T10:00:00Z": True,
    "2026-10-05T10:00:00.123456Z": True,
    "2026-10-05T10:00:00+02:00": True,
    "2026-10-05T10:00:00": True,
    "2026-10-05 10:00:00": True,
    "2026-10-05T10:00Z": True,
    "20261005T100000Z": True,
    "2000-01-01T00:00:00Z": True,
    "1999-12-31T23:59:59Z": False,
    "20261005": False,
    "2026": False,
    "2026-10-05": False,
    "1791194400": False,
    "2026-02-30T10:00:00Z": False,
    "2026-10-05T25:00:00Z": False,
    "2999-01-01T00:00:00Z": False,
    "yesterday": False,
}

# user agent's header as `/api/event` gets it: whether it is a bot's
BOTS: Final[Mapping[str, bool]] = {
    CHROME: False,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 "
    "Mobile/15E148 Safari/604.1": False,
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": True,
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": True,
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)": True,
    "curl/8.5.0": True,
    "python-requests/2.32.3": True,
    CHROME.replace("Chrome/", "HeadlessChrome/"): True,
    "": True,
}


def test_visits_are_made_of_events(api: Api) -> None:
    sites = {name: api.add_site(f"case-{number}.example") for number, name in enumerate(VISITS)}
    for name, (lines, _) in VISITS.items():
        for line in lines:  # each is a request of its own: what is drained together must not matter
            sent = api.send(_event(line), key=sites[name]["write_key"])
            assert sent.status_code == 202, (name, line, sent.text)
    api.drain()
    found = {name: _numbers(api, site["site_id"]) for name, site in sites.items()}
    assert found == {name: list(numbers) for name, (_, numbers) in VISITS.items()}


def test_a_page_counts_under_one_name(api: Api) -> None:
    found: dict[str, str | None] = {}
    for number, url in enumerate(PAGES):
        site = _site(api, number)
        sent = api.call("POST", "/api/event", json=_browser_event(number, url), headers={"user-agent": CHROME})
        api.drain()
        pages = _groups(api, site, "event:page") if sent.status_code == 202 else None
        found[url] = pages[0] if pages else None
    assert found == PAGES


def test_a_visit_comes_from_a_source_by_a_channel(api: Api) -> None:
    found = []
    for number, (query, referrer, _, _) in enumerate(SOURCES):
        site = _site(api, number)
        event = _browser_event(number, f"https://{{host}}/?{query}", referrer)
        assert api.call("POST", "/api/event", json=event, headers={"user-agent": CHROME}).status_code == 202
        api.drain()
        [source], [channel] = _groups(api, site, "visit:source"), _groups(api, site, "visit:channel")
        found.append((query, referrer, source, channel))
    assert found == [
        (query, referrer, source, channel or found[number][3])
        for number, (query, referrer, source, channel) in enumerate(SOURCES)
    ]


def test_a_time_is_taken_or_refused(api: Api) -> None:
    found = {}
    for written in TIMES:
        event = {"name": "pageview", "url": "https://shop.example/", "visitor_id": "ada", "timestamp": written}
        answer = api.send(event)
        assert answer.status_code in {202, 422}
        if answer.status_code == 422:
            assert "timestamp" in json.dumps(answer.json()["errors"])
        found[written] = answer.status_code == 202
    assert found == TIMES


def test_a_bot_is_told_by_its_user_agent_and_is_in_no_number(api: Api) -> None:
    found = {}
    for number, agent in enumerate(BOTS):
        site = _site(api, number)
        event = _browser_event(number, "https://{host}/")
        assert api.call("POST", "/api/event", json=event, headers={"user-agent": agent}).status_code == 202
        api.drain()
        found[agent] = _numbers(api, site)[0] == 0
    assert found == BOTS


def test_there_are_enough_cases_to_read() -> None:
    assert len(VISITS) + len(PAGES) + len(SOURCES) + len(TIMES) + len(BOTS) >= 80


def _site(api: Api, number: int) -> str:
    found: str = api.add_site(f"case-{number}.example")["site_id"]
    return found


def _browser_event(number: int, url: str, referrer: str = "") -> dict[str, Any]:
    host = f"case-{number}.example"
    return {
        "name": "pageview", "domain": host, "url": url.replace("{host}", host), "referrer": referrer.replace("{host}", host),
    }  # fmt: skip


def _event(line: str) -> dict[str, Any]:
    time, visitor, what, *rest = line.split(" ")
    event: dict[str, Any] = {"visitor_id": visitor, "url": f"https://shop.example{what if what[0] == '/' else '/'}"}
    event["name"] = "pageview" if what[0] == "/" else {"e": "engagement"}.get(what, what)
    hour, minute, second = (*map(int, time.split(":")), 0)[:3]
    moment = datetime(2026, 10, 5 + hour // 24, hour % 24, minute, second, tzinfo=UTC)
    event["timestamp"] = moment.isoformat()
    for word in rest:
        name, _, value = word.partition("=")
        said: dict[str, dict[str, Any]] = {
            "i": {"interactive": False},
            "id": {"id": value},
            "ua": {"user_agent": value},
        }
        event |= said[name]
    return event


def _numbers(api: Api, site: str) -> list[float | None]:
    answer = api.query(metrics=list(NUMBERS), token=api.issuer.token("ada"), site_id=site, date_range="all")
    [row] = answer.json()["results"] or [{"metrics": [0, 0, 0, 0, 0, 0]}]
    found: list[float | None] = row["metrics"]
    return found


def _groups(api: Api, site: str, dimension: str) -> list[str]:
    answer = api.query(
        metrics=["visitors"], dimensions=[dimension], token=api.issuer.token("ada"), site_id=site, date_range="all"
    )
    assert answer.status_code == 200, answer.text
    return [row["dimensions"][0] for row in answer.json()["results"]]
