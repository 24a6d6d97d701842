"""Requests as customers' pages and servers send them, each with what has to become of it.

Browsers are those that npm's `user-agents` has counted, by their share; crawlers are the examples of `crawler-user-agents`;
addresses are of the ranges for documentation, written as proxies write them. Equal seeds give equal requests.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from tests.integration.api.conftest import THROUGH_CLOUDFRONT

HOST: Final = "shop.example"
BROWSERS: Final = Path(__file__).parents[3] / "node_modules/user-agents/dist/user-agents.json"
TYPES: Final = ("text/plain", "application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded")
PLACES: Final = ("DE", "US", "FR", "IN", "BR", "JP", "")
SCRIPTS: Final = ("curl/8.5.0", "python-requests/2.32.3", "Go-http-client/2.0", "okhttp/4.12.0", "node", "")
_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_PHONE: Final = f"Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A.250205.002; wv) {_WEBKIT} Version/4.0"
_IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WINDOWS: Final = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/142.0.0.0 Safari/537.36"
# What few people have, and no sample by share is sure to hold: apps that show pages, televisions, consoles; with the device.
UNCOMMON: Final = (
    (
        f"{_PHONE} Chrome/143.0.7499.34 Mobile Safari/537.36 Instagram 408.0.0.51.78 Android (35/15; 420dpi; 1080x2424)",
        "Mobile",
    ),
    (
        f"{_IPHONE} Mobile/15E148 Instagram 407.0.0.23.80 (iPhone16,1; iOS 18_6; de_DE; de; scale=3.00; 1179x2556)",
        "Mobile",
    ),
    (
        f"{_IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/535.0.0.40.73;FBDV/iPhone16,1;FBMD/iPhone;FBSN/iOS;FBSV/18.6]",
        "Mobile",
    ),
    (f"{_PHONE} Chrome/142.0.7444.102 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/535.0.0.49.72;]", "Mobile"),
    (f"{_PHONE} Chrome/142.0.7444.102 Safari/537.36 [FB_IAB/FB4A;FBAV/535.0.0.49.72;]", "Tablet"),
    (f"{_PHONE} Chrome/142.0.7444.102 Mobile Safari/537.36 [Pinterest/Android]", "Mobile"),
    (f"{_PHONE} Chrome/142.0.7444.102 Mobile Safari/537.36 Line/15.17.0/IAB", "Mobile"),
    (f"{_IPHONE} Mobile/15E148 MicroMessenger/8.0.61(0x18003d28) NetType/WIFI Language/zh_CN", "Mobile"),
    (f"{_IPHONE} Mobile/15E148", "Mobile"),
    (f"{_IPHONE} FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Mobile"),
    (f"{_WINDOWS} OPR/126.0.0.0", "Desktop"),
    (f"{_WINDOWS} Vivaldi/7.6.3797.63", "Desktop"),
    ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Desktop"),
    ("Mozilla/5.0 (Android 15; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0", "Tablet"),
    (
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.270 Safari/537.36",
        "TV",
    ),
    (
        "Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
        "Console",
    ),
    ("Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "Mobile"),
    ("Opera/9.80 (Android; Opera Mini/88.0.2254/191.361; U; en) Presto/2.12.423 Version/12.16", "Mobile"),
)

# address without its host, hash mode: the page that counts
PAGES: Final[Sequence[tuple[str, bool, str]]] = (
    ("/", False, "/"),
    ("", False, "/"),
    ("/pricing", False, "/pricing"),
    ("/pricing?a=1&b=%20#plans", False, "/pricing"),
    ("/caf%C3%A9", False, "/café"),
    ("/café", False, "/café"),
    ("/%E6%97%A5%E6%9C%AC/%E8%AA%9E", False, "/日本/語"),
    ("/latin-%E9", False, "/latin-%E9"),
    ("/a%2Fb", False, "/a%2Fb"),
    ("/100%", False, "/100%"),
    ("/100%25", False, "/100%"),
    ("/search?q=" + "long+" * 900, False, "/search"),
    ("/with%20space/", False, "/with space/"),
    ("/back\\slash", False, "/back\\slash"),
    ("/#/inbox/7", True, "/#/inbox/7"),
    ("/app#settings", True, "/app#settings"),
    ("/app#settings", False, "/app"),
    ("/deep/" + "x" * 1900, False, "/deep/" + "x" * 1900),
)

# query, referrer: source and channel
SOURCES: Final[Sequence[tuple[str, str, str, str]]] = (
    ("", "", "", "Direct"),
    ("", "https://shop.example/other", "", "Direct"),
    ("", "about:blank", "", "Direct"),
    ("", "https://www.google.com/", "Google", "Organic Search"),
    ("", "https://www.google.co.uk/", "Google", "Organic Search"),
    ("", "android-app://com.google.android.googlequicksearchbox/", "Google", "Organic Search"),
    ("", "https://www.bing.com/search?q=shop&form=QBLH", "Bing", "Organic Search"),
    ("", "https://duckduckgo.com/", "DuckDuckGo", "Organic Search"),
    ("", "https://search.brave.com/", "Brave", "Organic Search"),
    ("", "https://www.ecosia.org/", "Ecosia", "Organic Search"),
    ("", "https://yandex.ru/", "Yandex", "Organic Search"),
    ("", "https://www.baidu.com/link?url=" + "Z" * 2500, "Baidu", "Organic Search"),
    ("", "https://search.yahoo.co.jp/search", "Yahoo!", "Organic Search"),
    ("", "https://m.search.naver.com/search.naver", "Naver", "Organic Search"),
    ("", "https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.example%2F&h=AT0", "Facebook", "Organic Social"),
    ("fbclid=IwAR0", "http://m.facebook.com/", "Facebook", "Organic Social"),
    ("", "https://l.instagram.com/", "Instagram", "Organic Social"),
    ("", "https://l.threads.com/", "Threads", "Organic Social"),
    ("", "https://t.co/ABC123", "Twitter", "Organic Social"),
    ("", "https://www.linkedin.com/", "LinkedIn", "Organic Social"),
    ("", "android-app://com.linkedin.android/", "LinkedIn", "Organic Social"),
    ("", "https://out.reddit.com/", "Reddit", "Organic Social"),
    ("", "https://news.ycombinator.com/item?id=1", "Hacker News", "Organic Social"),
    ("", "https://go.bsky.app/", "Bluesky", "Organic Social"),
    ("", "https://web.telegram.org/", "Telegram", "Organic Social"),
    ("", "https://www.youtube.com/redirect?q=x", "YouTube", "Organic Video"),
    ("", "https://mail.google.com/mail/u/0/", "Gmail", "Email"),
    ("", "android-app://com.google.android.gm/", "Gmail", "Email"),
    ("", "https://outlook.live.com/", "Outlook.com", "Email"),
    ("", "https://deref-gmx.net/mail/client/dereferrer/", "GMX", "Email"),
    ("", "https://chatgpt.com/", "ChatGPT", "AI Assistants"),
    ("utm_source=chatgpt.com", "", "ChatGPT", "AI Assistants"),
    ("", "https://www.perplexity.ai/", "Perplexity", "AI Assistants"),
    ("", "https://claude.ai/", "Claude", "AI Assistants"),
    ("", "https://gemini.google.com/", "Gemini", "AI Assistants"),
    ("", "https://copilot.microsoft.com/", "Microsoft Copilot", "AI Assistants"),
    ("", "https://www.blog.example/post/1?x=y#z", "blog.example", "Referral"),
    ("", "https://b%C3%BCcher.example/", "xn--bcher-kva.example", "Referral"),
    ("", "https://bücher.example/", "xn--bcher-kva.example", "Referral"),
    ("gclid=Cj0KCQ&gad_source=1", "https://www.google.com/", "Google", "Paid Search"),
    ("msclkid=1", "https://www.bing.com/", "Bing", "Paid Search"),
    ("utm_source=google&utm_medium=cpc&utm_campaign=Herbst%202026", "https://www.google.de/", "Google", "Paid Search"),
    ("utm_source=facebook&utm_medium=paid_social", "https://m.facebook.com/", "Facebook", "Paid Social"),
    ("utm_source=newsletter&utm_medium=email", "", "Newsletter", "Email"),
    ("ref=producthunt", "https://www.producthunt.com/", "Product Hunt", "Organic Social"),
)
SPAM: Final = "https://semalt.com/"

# fields of the documentation: those that the official tracker sends
SHORT: Final = {
    "name": "n", "url": "u", "domain": "d", "referrer": "r", "props": "p", "revenue": "$", "interactive": "i", "hashMode": "h",
    "engagement_time": "e", "scroll_depth": "sd", "screen_width": "w",
}  # fmt: skip

# the event that is sent besides pageviews: what it says, and of it what counts: amount, currency, interactive, properties
EVENTS: Final[Sequence[tuple[dict[str, Any], tuple[float | None, str, bool, int]]]] = (
    ({"name": "Signup"}, (None, "", True, 0)),
    ({"name": "Signup", "props": {"plan": "team", "seats": 5, "trial": True, "coupon": None}}, (None, "", True, 4)),
    ({"name": "Outbound Link: Click", "props": {"url": "https://other.example/?a=b"}}, (None, "", True, 1)),
    ({"name": "File Download", "props": {"url": "https://shop.example/Preisliste März.pdf"}}, (None, "", True, 1)),
    ({"name": "Form: Submission", "props": {"path": "/contact"}}, (None, "", True, 1)),
    ({"name": "404", "props": {"path": "/gone"}}, (None, "", True, 1)),
    ({"name": "Autoplay", "interactive": False}, (None, "", False, 0)),
    ({"name": "Kauf 🛒", "revenue": {"amount": 9.99, "currency": "EUR"}}, (9.99, "EUR", True, 0)),
    ({"name": "Purchase", "revenue": {"amount": "1299.50", "currency": "usd"}}, (1299.5, "USD", True, 0)),
    ({"name": "Refund", "revenue": {"amount": -20, "currency": "JPY"}}, (-20, "JPY", True, 0)),
    # What is too much or wrong is left out, and the event counts.
    ({"name": "Purchase", "revenue": {"amount": "a lot", "currency": "EUR"}}, (None, "", True, 0)),
    ({"name": "Form", "props": {f"field {n}": n for n in range(45)}}, (None, "", True, 30)),
    ({"name": "Form", "props": {"nested": {"a": 1}, "list": [1], "kept": "yes"}}, (None, "", True, 1)),
    ({"name": "Form", "props": {"text": "line\nline\ttab \\ \u202e 😀"}}, (None, "", True, 1)),
    ({"name": "Search", "props": {"text": "cut in an emoji \ud83d", "next": "\ud83d\ude00"}}, (None, "", True, 2)),
    ({"name": "n" * 120}, (None, "", True, 0)),
)


class Counted(NamedTuple):
    """An event as it has to be stored; times are in milliseconds."""

    bot: bool
    name: str
    page: str
    source: str
    channel: str
    country: str
    interactive: bool = True
    amount: float | None = None
    currency: str = ""
    properties: int = 0
    engaged: int | None = None
    scroll: int | None = None


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser, or a bot; ``device`` is what the page of a browser measured, empty for a bot."""

    address: str
    user_agent: str
    language: str = ""
    width: int = 0
    device: str = ""
    country: str = ""

    @property
    def bot(self) -> bool:
        return not self.device


@dataclass(frozen=True)
class Request:
    """``visitors`` have a visit by it. A refusal has a status of its own and says ``reason``; ``told`` is how many parts of the
    event were left out.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 202
    reason: str = ""
    counted: Sequence[Counted] = ()
    visitors: Sequence[Visitor] = field(default=())


def shaped_requests(count: int, seed: int, write_key: str) -> Iterator[Request]:
    """As many requests, of which one in twenty is refused and one in ten is a bot's; ``write_key`` is of the site of ``HOST``."""
    random = Random(seed)
    people = _people(random, max(1, count // 4))
    for _ in range(count):
        chance = random.random()
        if chance < 0.05:
            yield random.choice(WRONG)(random, write_key)
        elif chance < 0.15:
            yield _browser_request(random, _bot(random))
        elif chance < 0.2:
            yield _batch(random, write_key, random.choice(people))
        else:
            yield _browser_request(random, random.choice(people))


@cache
def _browsers() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(BROWSERS.read_text())
    return found


def _people(random: Random, count: int) -> list[Visitor]:
    browsers = _browsers()
    chosen = random.choices(browsers, [one["weight"] for one in browsers], k=count)
    uncommon = [
        Visitor(_address(random), header, "de-DE", 400, device, random.choice(PLACES))
        for header, device in (random.choice(UNCOMMON) for _ in range(count // 30))
    ]
    return uncommon + [
        Visitor(
            address=_address(random),
            user_agent=one["userAgent"],
            language=one.get("language") or "",
            width=one["screenWidth"],
            device=one["deviceCategory"].capitalize(),
            country=random.choice(PLACES),
        )
        for one in chosen
    ]


def _bot(random: Random) -> Visitor:
    crawler = random.choice(random.choice([one for one in CRAWLER_USER_AGENTS_DATA if one["instances"]])["instances"])
    return Visitor(_address(random), random.choice([crawler, random.choice(SCRIPTS)]))


def _address(random: Random) -> str:
    """An address of TEST-NET-1, -2 and -3, or of IPv6's range for documentation."""
    network = random.choice(["192.0.2.0", "198.51.100.0", "203.0.113.0", ""])
    if network:
        return str(IPv4Address(network) + random.randrange(1, 255))
    return str(IPv6Address("2001:db8::") + random.getrandbits(96))


def _written(random: Random, address: str) -> tuple[str, bool]:
    """An ``X-Forwarded-For`` with an address as browsers' proxies and servers write it, and whether the edge saw that address."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        forms = [address, f"{address}:{random.randrange(1024, 65536)}", f"::ffff:{address}", f'"{address}"']
    else:
        forms = [address, address.upper(), parsed.exploded, f"[{address}]", f"[{address}]:443", f'"[{address}]:4711"']
    written = random.choice([address, *forms])
    return random.choice(
        [(written, True)] * 6
        + [(f"unknown, {written}", True), (f"{written}, 198.51.100.255", False), (f" {written} ,10.0.0.1", False)]
    )


def _headers(random: Random, visitor: Visitor) -> tuple[dict[str, str], str]:
    """Of a browser's request behind CloudFront, and the country that counts."""
    forwarded, seen = _written(random, visitor.address)
    headers: dict[str, str] = {
        **THROUGH_CLOUDFRONT,
        "x-forwarded-for": forwarded,
        "user-agent": visitor.user_agent,
        "content-type": random.choice(TYPES),
        "origin": f"https://{HOST}",
    }  # fmt: skip
    if visitor.language:
        headers["accept-language"] = f"{visitor.language},en;q=0.7"
    if visitor.country:
        headers |= {"cloudfront-viewer-country": visitor.country, "cloudfront-viewer-city": "M%C3%BCnster"}
    return headers, visitor.country if seen else ""


def _browser_request(random: Random, visitor: Visitor) -> Request:
    headers, country = _headers(random, visitor)
    event, counted = _event(random, visitor, country)
    event["domain"] = random.choice([HOST] * 4 + ["www.shop.example", "Shop.Example", f"{HOST},gone.example"])
    if visitor.width:
        event["screen_width"] = visitor.width
    if random.random() < 0.5:
        event = {SHORT.get(name, name): value for name, value in event.items()}
        if "p" in event and random.random() < 0.5:
            event["p"] = json.dumps(event["p"])
    body = _json(random, event)
    if random.random() < 0.1:
        body, headers["content-encoding"] = gzip.compress(body, 1), "gzip"
    return Request("/api/event", headers, body, counted=[counted], visitors=_visits(visitor, counted))


def _json(random: Random, event: dict[str, Any]) -> bytes:
    """With escapes or without; half a character can only be escaped."""
    try:
        return json.dumps(event, ensure_ascii=random.random() < 0.5).encode()
    except UnicodeEncodeError:
        return json.dumps(event).encode()


def _event(random: Random, visitor: Visitor, country: str) -> tuple[dict[str, Any], Counted]:
    path, hash_mode, page = random.choice(PAGES)
    query, referrer, source, channel = (
        random.choice(SOURCES) if random.random() < 0.97 else ("", SPAM, "semalt.com", "Referral")
    )
    address, sharp, fragment = path.partition("#")
    if query:
        address = (address or "/") + ("&" if "?" in address else "?") + query
    scheme = random.choice(["https://", "https://www.", "http://", "HTTPS://"])
    event: dict[str, Any] = {"url": f"{scheme}{HOST}{address}{sharp}{fragment}", "referrer": referrer or None}
    if hash_mode:
        event["hashMode"] = random.choice([True, 1])
    counted = Counted(visitor.bot or referrer == SPAM, "pageview", page, source, channel, country)
    chance = random.random()
    if chance < 0.6:
        return {"name": "pageview", **event}, counted
    if chance < 0.8:
        engaged, scroll = random.randrange(200_000), random.choice([*range(101), 255])
        told = {"name": "engagement", "engagement_time": engaged, "scroll_depth": scroll}
        return event | told, counted._replace(
            name="engagement", engaged=engaged, scroll=scroll if scroll <= 100 else None
        )
    told, (amount, currency, interactive, properties) = random.choice(EVENTS)
    return event | told, counted._replace(
        name=told["name"], amount=amount, currency=currency, interactive=interactive, properties=properties
    )


def _visits(visitor: Visitor, *counted: Counted) -> list[Visitor]:
    """Engagement by itself is no visit, and a bot's is none that counts."""
    return [visitor] if any(one.name != "engagement" and not one.bot for one in counted) else []


def _batch(random: Random, write_key: str, visitor: Visitor) -> Request:
    """What a customer's server sends of one of its visitors."""
    counted, events = [], []
    for _ in range(random.randrange(1, 4)):
        path, _, page = random.choice([one for one in PAGES if not one[1]])
        events.append(
            {
                "name": "pageview", "url": f"https://{HOST}{path}", "address": visitor.address,
                "user_agent": visitor.user_agent, "country": visitor.country or None, "screen_width": visitor.width,
            }
        )  # fmt: skip
        counted.append(Counted(False, "pageview", page, "", "Direct", visitor.country))
    return _sent_by_server(write_key, {"events": events}, counted=counted, visitors=[visitor])


def _sent_by_server(write_key: str, document: Any, **expected: Any) -> Request:
    headers = {
        "authorization": f"Bearer {write_key}",
        "user-agent": "python-requests/2.32.3",
        "content-type": "application/json",
    }
    return Request("/v1/events", headers, json.dumps(document).encode(), **expected)


Wrong = Callable[[Random, str], Request]


def _wrong_body(body: bytes, status: int, reason: str, **headers: str) -> Wrong:
    def made(random: Random, _: str) -> Request:
        found, _ = _headers(random, random.choice(_people(random, 1)))
        return Request(
            "/api/event",
            found | {name.replace("_", "-"): value for name, value in headers.items()},
            body,
            status,
            reason,
        )

    return made


def _wrong_event(status: int, reason: str, **fields: Any) -> Wrong:
    event = {"name": "pageview", "url": f"https://{HOST}/", "domain": HOST} | fields
    return _wrong_body(
        json.dumps({name: value for name, value in event.items() if value is not None}).encode(), status, reason
    )


def _wrong_batch(status: int, reason: str, *events: Any, key: str = "") -> Wrong:
    return lambda _, write_key: _sent_by_server(key or write_key, {"events": events}, status=status, reason=reason)


_PAGEVIEW: Final = {"name": "pageview", "url": f"https://{HOST}/", "visitor_id": "7"}
WRONG: Final[Sequence[Wrong]] = (
    _wrong_body(b"", 400, "not JSON"),
    _wrong_body(b"n=pageview&u=https%3A%2F%2Fshop.example%2F", 400, "not JSON"),
    _wrong_body(b'{"n":"pageview","u":"https://shop.example/caf\xe9","d":"shop.example"}', 400, "not UTF-8"),
    _wrong_body(b"[]", 422, "send an object"),
    _wrong_body(b"{}" + b" " * 70_000, 413, "larger than 65,536 bytes"),
    _wrong_body(b"{}", 415, "compress the body with gzip", content_encoding="br"),
    _wrong_body(b'{"n":"pageview"}', 400, "not gzip", content_encoding="gzip"),
    _wrong_event(404, "no site has the domain 'gone.example'", domain="gone.example"),
    _wrong_event(422, "name the site's domain", domain=None),
    _wrong_event(422, "is missing", name=None),
    _wrong_event(422, "at most 120", name="n" * 121),
    _wrong_event(422, "a pageview needs the address of its page", url=None),
    _wrong_event(422, "must be absolute", url="/pricing"),
    _wrong_event(422, "must be absolute", url="about:srcdoc"),
    _wrong_event(422, "must be absolute", url="file:///C:/Users/a/page.html"),
    _wrong_event(422, "is not an address", url="https://[bad/"),
    _wrong_event(422, "control characters", url=f"https://{HOST}/a\x00b"),
    _wrong_event(422, "at most 2,000", url=f"https://{HOST}/" + "l" * 2000),
    _wrong_batch(401, "key", _PAGEVIEW, key="p09_wrong"),
    _wrong_batch(422, "at least one event"),
    _wrong_batch(422, "at most 500", *[_PAGEVIEW] * 501),
    _wrong_batch(422, "is not a field of an event", _PAGEVIEW | {"colour": "red"}),
    _wrong_batch(422, "must be an ISO 8601 date and time", _PAGEVIEW | {"timestamp": "20261005"}),
    _wrong_batch(422, "lies more than 5 minutes in the future", _PAGEVIEW | {"timestamp": "2999-01-01T00:00:00Z"}),
    _wrong_batch(422, "must be an address of IPv4 or IPv6", _PAGEVIEW | {"address": "203.0.113.999"}),
    _wrong_batch(422, "the two letters of ISO 3166-1", _PAGEVIEW | {"country": "DEU"}),
)
