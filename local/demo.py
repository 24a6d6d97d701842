"""`make demo`: a finite scenario, from a browser to numbers. Exits 0 only if they agree with plain SQL."""

import re
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from rich.console import Console
from rich.table import Table

from local import scenario
from local.api import Api, Refused
from local.browser import chromium
from local.cold_starts import cold_starts
from local.customers import SiteAccess, open_site, owner
from local.postgres import connect
from local.progress import say, step
from local.run import Stop, command_line, stop_signals
from local.state import LocalError, State
from local.system import started

ORGANISATION = "Demo runs"
DEADLINE_SECONDS = 60
PROBES = 8
BROWSER_PAGES = 2
PLAIN_SQL = "(plain SQL)"


@dataclass
class Findings:
    """What was counted where: (what, found, expected); `mismatches` says what doesn't agree."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)

    def note(self, what: str, value: str) -> None:
        self.rows.append((what, value, ""))

    def agree(self, what: str, found: float, expected: float, source: str) -> None:
        agrees = found == expected
        mark = "=" if agrees else "\N{NOT EQUAL TO}"
        self.rows.append((what, f"{found:,.10g}", f"{mark} {expected:,.10g} {source}"))
        if not agrees:
            self.mismatches.append(f"{what}: {found:,.10g}, but {expected:,.10g} {source}")


class Scenario:
    def __init__(self, state: State) -> None:
        config, system = state.kept_configuration(), state.system()
        if config is None or system is None:
            raise LocalError("the local system stopped: `make demo` again starts it")
        self._config = config
        self._url = str(system["url"])
        self._state = state
        host = f"demo-{secrets.token_hex(4)}.localhost"
        api, self._organisation = owner(system, ORGANISATION)
        self.site: SiteAccess = open_site(api, self._organisation, name="Demo run", domain=host)
        self._writer = Api(self._url, self.site.write_key)
        self._reader = Api(self._url, self.site.read_key)
        self._repeated_before = self._repeated()

    def play(self) -> Findings:
        found = Findings()
        with step("a headless Chromium visits two pages with the tracker"):
            found.note("browser to number", f"{self._browse():.2f} s")
        sent = scenario.batches(scenario.events(self.site.domain, scenario.utc_now()))
        with step(f"sending {scenario.EVENTS:,} events in {len(sent)} batches, {scenario.RESENT:,} of them twice"):
            accepted = sum(self._writer.post("/v1/events", {"events": batch})["accepted"] for batch in sent)
        stored = scenario.EVENTS + BROWSER_PAGES
        with step("waiting until a query counts them"):
            self._wait_for(lambda: self._query("events") == [stored], "all events in a query")
        with step(f"sending {PROBES} single events to measure freshness"):
            fresh = [self._probe(stored + number) for number in range(1, PROBES + 1)]
        found.agree("accepted (202)", accepted, scenario.EVENTS + scenario.RESENT, "sent")
        found.agree("duplicates refused", self._repeated() - self._repeated_before, scenario.RESENT, "sent twice")
        found.note(
            "accepted to number",
            f"{statistics.median(fresh):.2f} s (longest {max(fresh):.2f} s)",
        )
        self._compare(found, stored + PROBES)
        for function, seconds in cold_starts(self._state, self._config).items():
            found.note(f"cold start: {function}", f"{seconds:.2f} s")
        return found

    def _browse(self) -> float:
        """Seconds from the second page view to its number."""
        port = urlsplit(self._url).port
        with chromium() as browser:
            page = browser.new_page()
            page.goto(f"http://{self.site.domain}:{port}/demo/")
            page.wait_for_load_state("networkidle")
            with page.expect_response("**/api/event") as sent:
                page.get_by_role("link", name="Pricing").click()
            if not sent.value.ok:
                raise LocalError(f"the tracker's event was refused: {sent.value.status} {sent.value.text()}")
            begun = time.monotonic()
            self._wait_for(lambda: self._query("pageviews") == [BROWSER_PAGES], "the browser's page views in a query")
            return time.monotonic() - begun

    def _probe(self, expected: int) -> float:
        event = {
            "id": secrets.token_hex(16),
            "name": "probe",
            "visitor_id": "probe",
            "url": f"https://{self.site.domain}/",
        }
        self._writer.post("/v1/events", {"events": [event]})
        begun = time.monotonic()
        self._wait_for(lambda: self._query("events") == [expected], "a single event in a query")
        return time.monotonic() - begun

    def _compare(self, found: Findings, stored: int) -> None:
        connection = connect(self._config)
        try:
            # Row-level security holds for the tables' owner too: say on whose behalf we look.
            connection.run("select set_config('p09.organisations', :id, false)", id=self._organisation)
            totals = scenario.totals(connection, int(self.site.site_id))
            pages = scenario.pages(connection, int(self.site.site_id))
        finally:
            connection.close()
        found.agree("stored", totals["events"], stored, "distinct ones sent")
        for metric, answered in zip(scenario.METRICS, self._query(*scenario.METRICS), strict=True):
            found.agree(f"queried: {metric}", answered, totals[metric], PLAIN_SQL)
        by_page = self._answer("pageviews", dimensions=["event:page"])
        answered_pages = {row["dimensions"][0]: row["metrics"][0] for row in by_page if row["metrics"][0]}
        for page, views in sorted(pages.items()):
            found.agree(f"page views of {page}", answered_pages.pop(page, 0), views, PLAIN_SQL)
        found.agree("pages unknown to SQL", len(answered_pages), 0, "expected")

    def _query(self, *metrics: str) -> list[float]:
        rows = self._answer(*metrics, dimensions=[])
        return list(rows[0]["metrics"]) if rows else [0.0]

    def _answer(self, *metrics: str, dimensions: list[str]) -> list[dict[str, Any]]:
        asked = {
            "site_id": self.site.site_id,
            "metrics": metrics,
            "date_range": "all",
            "dimensions": dimensions,
        }
        return list(self._reader.post("/v1/query", asked)["results"])

    def _repeated(self) -> int:
        """The worker's own count of events that came again, for all sites."""
        text = self._reader.raw("GET", "/metrics").text
        found = re.search(r"^p09_events_repeated_total (\S+)$", text, re.MULTILINE)
        return int(float(found[1])) if found else 0

    def _wait_for(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise LocalError(f"{what}: not within {DEADLINE_SECONDS} s. `p09 logs ingest_worker` may say why.")
            time.sleep(0.05)


@contextmanager
def running_system(state: State, port: int) -> Iterator[None]:
    """The system that runs already, else one that is stopped at the end."""
    state.prepare()
    with state.lock() as is_ours:
        if not is_ours:
            yield
            return
        with started(state, state.configuration(port), demo=False):
            yield


def report(found: Findings) -> None:
    table = Table("what", "found", "must be", title="make demo: plain SQL is over the raw events")
    for row in found.rows:
        table.add_row(*row)
    Console().print(table)


def main() -> None:
    arguments = command_line("local.demo", __doc__).parse_args()
    state: State = arguments.state
    try:
        with stop_signals(), running_system(state, arguments.port):
            found = Scenario(state).play()
            report(found)
    except Stop:
        sys.exit("stopped")
    except (LocalError, Refused, PlaywrightError) as error:
        sys.exit(f"\nFAILED: {error}")
    if found.mismatches:
        sys.exit("\nFAILED: these numbers do not agree:\n  " + "\n  ".join(found.mismatches))
    say("all numbers agree")


if __name__ == "__main__":
    main()
