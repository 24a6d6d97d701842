"""In a real browser, our script and the official product's packages, unchanged, send all their numbers, and all are stored."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import pytest
from plausible_events import PlausibleEvents
from playwright.sync_api import Browser, Page

from local.customers import SiteAccess
from local.state import ROOT
from tests.e2e.local_system import LocalSystem, superuser, until

PACKAGES: Final = ROOT / "node_modules"
OFFICIAL: Final = "@plausible-analytics/tracker/plausible.js"
OLDER: Final = "plausible-tracker/build/module/index.js"
BODY: Final = """<!doctype html><title>Shop</title><body style="height: 3000px">
<a id="out" href="https://other.example/">Partner</a> <a id="file" href="/shop/prices.pdf">Prices</a>
<form id="form"><input name="mail" value="x"><button id="send">Send</button></form>
<script>
  // Nobody leaves this page.
  addEventListener("submit", (event) => event.preventDefault());
  for (const link of document.links) link.addEventListener("click", (event) => event.preventDefault());
</script>
"""


STORED: Final = """
select page, properties, amount::float as amount, currency, interactive, engaged, scroll
from events where name = :name and site_id = (select id from sites where domain = :domain) order by timestamp
"""
SOMEBODY: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@dataclass(frozen=True)
class Client:
    """A tracker on a page: its tag, with the site's domain and our address, for pages told apart by path or by fragment."""

    tag: str
    hash_tag: str

    def page(self, system: LocalSystem, site: SiteAccess, *, hash_mode: bool) -> str:
        tag = self.hash_tag if hash_mode else self.tag
        return BODY + tag.replace("DOMAIN", site.domain).replace("P09", system.url)


def script(name: str) -> str:
    return f'<script defer data-domain="DOMAIN" data-capture-on-localhost src="P09/js/{name}"></script>'


def official(options: str) -> str:
    return f"""<script type="module">
      import {{ init }} from "/packages/{OFFICIAL}";
      init({{ domain: "DOMAIN", endpoint: "P09/api/event", captureOnLocalhost: true, {options} }});
    </script>"""


def older(options: str) -> str:
    return f"""<script type="module">
      import Plausible from "/packages/{OLDER}";
      const tracker = Plausible({{ domain: "DOMAIN", apiHost: "P09", trackLocalhost: true, {options} }});
      window.plausible = tracker.trackEvent;
      tracker.enableAutoPageviews();
      tracker.enableAutoOutboundTracking();
    </script>"""


OPTIONS: Final = "outboundLinks: true, fileDownloads: true, formSubmissions: true"
OURS: Final = Client(script("script.outbound-links.file-downloads.form-submissions.js"), script("script.hash.js"))
THEIRS: Final = Client(official(OPTIONS), official("hashBasedRouting: true"))
CLIENTS: Final = {"our script": OURS, "@plausible-analytics/tracker": THEIRS}
ALL_CLIENTS: Final = CLIENTS | {"plausible-tracker": Client(older(""), older("hashMode: true"))}
every_client = pytest.mark.parametrize("client", ALL_CLIENTS.values(), ids=ALL_CLIENTS)
full_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)


class Site(ThreadingHTTPServer):
    """A customer's web server: /packages/ are files of npm packages, every other path is the page."""

    daemon_threads = True
    page = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visited)


class Visited(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        is_page = not path.startswith("/packages/")
        content = self.server.page if is_page else _module(path.removeprefix("/packages/"))
        self.send_response(200)
        self.send_header("content-type", "text/html" if is_page else "text/javascript")
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's own name
        """Nothing: the test says what went wrong."""


def _module(name: str) -> str:
    """A file of a package as npm brings it; modules name each other without the suffix."""
    file = PACKAGES / name
    return (file if file.suffix else Path(f"{file}.js")).read_text()


class Shop:
    """A customer's page in a browser; what it sends goes to the running system."""

    def __init__(self, page: Page, server: Site, system: LocalSystem, site: SiteAccess) -> None:
        self._page, self._server, self._system, self._site = page, server, system, site
        self.origin = f"http://{site.domain}:{server.server_port}"

    def open(self, client: Client, path: str, *, hash_mode: bool = False) -> dict[str, Any]:
        self._server.page = client.page(self._system, self._site, hash_mode=hash_mode)
        self._page.route("https://other.example/**", lambda route: route.fulfill(body="", content_type="text/html"))
        (event,) = self.sends(lambda: self._page.goto(self.origin + path), "pageview")
        return event

    def does(self, javascript: str, *names: str) -> list[dict[str, Any]]:
        return self.sends(lambda: self._page.evaluate(f"() => {{ {javascript} }}"), *names)

    def clicks(self, selector: str, *names: str) -> list[dict[str, Any]]:
        return self.sends(lambda: self._page.click(selector, no_wait_after=True), *names)

    def sends(self, act: Callable[[], object], *names: str) -> list[dict[str, Any]]:
        """The events of these names that an act makes the page send; the system takes every one."""
        if not names:
            act()
            return []
        name, *others = names
        with self._page.expect_response(lambda answer: _event(answer.request.post_data).get("n") == name) as answer:
            events = self.sends(act, *others)
        assert answer.value.status == 202, answer.value.text()
        return [_event(answer.value.request.post_data), *events]

    def stored(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        return stored(self._system, self._site, name, count)


def stored(system: LocalSystem, site: SiteAccess, name: str, count: int = 1) -> list[dict[str, Any]]:
    """The events of a name, once there are as many: pages' own columns, less what has its default."""
    default = {"properties": None, "amount": None, "currency": "", "interactive": True, "engaged": None, "scroll": None}
    found: list[dict[str, Any]] = []

    def are_there() -> bool:
        rows = connection.run(STORED, name=name, domain=site.domain)
        names = [column["name"] for column in connection.columns or ()]
        found[:] = [dict(zip(names, row, strict=True)) for row in rows]
        return len(found) >= count

    with superuser(system) as connection:
        until(are_there, f"{count} stored events called {name}")
    assert len(found) == count
    return [{key: value for key, value in row.items() if key not in default or value != default[key]} for row in found]


def _event(body: str | None) -> dict[str, Any]:
    return json.loads(body) if body and body.startswith("{") else {}


@pytest.fixture
def shop(system: LocalSystem, browser: Browser, fresh_site: SiteAccess) -> Iterator[Shop]:
    with Site() as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        page = browser.new_page()
        try:
            yield Shop(page, server, system, fresh_site)
        finally:
            page.close()
            server.shutdown()
            serving.join()


@every_client
def test_pages_and_the_navigation_of_an_app_arrive(shop: Shop, client: Client) -> None:
    assert shop.open(client, "/shop/start")["u"] == f"{shop.origin}/shop/start"
    (event,) = shop.does("history.pushState(null, '', '/shop/cart')", "pageview")
    assert event["u"] == f"{shop.origin}/shop/cart"
    (event,) = shop.does("history.back()", "pageview")
    assert event["u"] == f"{shop.origin}/shop/start"
    assert shop.stored("pageview", 3) == [{"page": "/shop/start"}, {"page": "/shop/cart"}, {"page": "/shop/start"}]


@every_client
def test_pages_behind_the_hash_arrive(shop: Shop, client: Client) -> None:
    events = [shop.open(client, "/shop/#/a", hash_mode=True), *shop.does("location.hash = '#/b'", "pageview")]
    assert [(event["u"], event["h"]) for event in events] == [
        (f"{shop.origin}/shop/#/a", 1),
        (f"{shop.origin}/shop/#/b", 1),
    ]
    pages = ["/shop/#/a", "/shop/#/b"]
    if client is ALL_CLIENTS["plausible-tracker"]:
        pages.append(
            "/shop/#/b"
        )  # it listens to both events that a changed fragment fires, and sends a pageview for each
    assert shop.stored("pageview", len(pages)) == [{"page": page} for page in pages]


@every_client
def test_events_with_properties_arrive(shop: Shop, client: Client) -> None:
    shop.open(client, "/shop/start")
    (event,) = shop.does("plausible('Signup', { props: { plan: 'team' } })", "Signup")
    properties = event["p"]
    assert (json.loads(properties) if isinstance(properties, str) else properties) == {"plan": "team"}
    assert shop.stored("Signup") == [{"page": "/shop/start", "properties": {"plan": "team"}}]


@every_client
def test_links_to_other_sites_arrive(shop: Shop, client: Client) -> None:
    shop.open(client, "/shop/start")
    (event,) = shop.clicks("#out", "Outbound Link: Click")
    assert "https://other.example/" in json.dumps(event["p"])
    [link] = shop.stored("Outbound Link: Click")
    assert link == {"page": "/shop/start", "properties": {"url": "https://other.example/"}}


@full_client
def test_revenue_and_passive_events_arrive(shop: Shop, client: Client) -> None:
    shop.open(client, "/shop/start")
    buy = "plausible('Purchase', { revenue: { amount: 9.99, currency: 'EUR' }, interactive: false })"
    (event,) = shop.does(buy, "Purchase")
    assert event["$"] == {"amount": 9.99, "currency": "EUR"}
    assert event["i"] is False
    [bought] = shop.stored("Purchase")
    assert bought == {"page": "/shop/start", "amount": 9.99, "currency": "EUR", "interactive": False}


@full_client
def test_engagement_with_a_page_arrives_when_it_is_left(shop: Shop, client: Client) -> None:
    shop.open(client, "/shop/start")
    shop.does("scrollTo(0, document.body.scrollHeight); dispatchEvent(new Event('scroll'))")
    shop.does("document.dispatchEvent(new Event('scroll'))")
    engagement, pageview = shop.does("history.pushState(null, '', '/shop/cart')", "engagement", "pageview")
    assert engagement["u"] == f"{shop.origin}/shop/start"
    assert engagement["sd"] == 100
    assert engagement["e"] >= 0
    assert pageview["u"] == f"{shop.origin}/shop/cart"
    [stayed] = shop.stored("engagement")
    assert stayed == {"page": "/shop/start", "engaged": engagement["e"], "scroll": 100}


@full_client
def test_downloads_and_forms_arrive(shop: Shop, client: Client) -> None:
    shop.open(client, "/shop/start")
    (download,) = shop.clicks("#file", "File Download")
    assert download["p"] == {"url": f"{shop.origin}/shop/prices.pdf"}
    assert shop.stored("File Download") == [{"page": "/shop/start", "properties": download["p"]}]
    (form,) = shop.clicks("#send", "Form: Submission")
    [sent] = shop.stored("Form: Submission")
    assert sent == {"page": "/shop/start"} | ({"properties": form["p"]} if form.get("p") else {})


class Application(PlausibleEvents):  # type: ignore[misc]  # it has no types
    """PyPI's package for applications, which would ask a service on the internet for its own address."""

    def _get_ip(self) -> str:
        return "203.0.113.9"


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)  # the only end of the package's thread
def test_what_an_application_sends_with_plausible_events_is_stored(system: LocalSystem, fresh_site: SiteAccess) -> None:
    application = Application(fresh_site.domain, {"User-Agent": SOMEBODY}, api=f"{system.url}/api/event")
    application.worker.daemon = True
    application.pageview("/settings", utm={"source": "newsletter"})
    application.event("Export", {"format": "csv", "rows": 7}, path="/reports")
    application._enqueue_task(sys.exit)
    application.worker.join(30)

    assert not application.worker.is_alive()
    assert stored(system, fresh_site, "pageview") == [{"page": "/settings"}]
    assert stored(system, fresh_site, "Export") == [{"page": "/reports", "properties": {"format": "csv", "rows": "7"}}]


@pytest.mark.parametrize(
    "name",
    [
        "script.js",
        "script.hash.js",
        "script.outbound-links.file-downloads.js",
        "script.file-downloads.hash.outbound-links.js",
        "plausible.js",
        "plausible.hash.js",
        "pa-Xy12-_z.js",
    ],
)
def test_the_tracker_is_there_under_every_official_name_for_pages_of_every_origin(
    system: LocalSystem, name: str
) -> None:
    answer = httpx2.get(f"{system.url}/js/{name}", headers={"origin": "https://shop.example"}, trust_env=False)
    assert answer.status_code == 200
    assert "plausible_ignore" in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=86400, must-revalidate"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/js/other.js", "/js/script.css", "/js/deep/script.js"])
def test_other_names_are_no_tracker(system: LocalSystem, path: str) -> None:
    answer = httpx2.get(system.url + path, trust_env=False)
    assert answer.status_code in {403, 404}
