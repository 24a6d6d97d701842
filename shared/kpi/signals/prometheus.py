"""The same counts from a Prometheus that scrapes ``/metrics``: the increase of each counter over each slice.

Two scrapes a minute say nothing exact of a minute: slices have no sums of theirs, and one that is only partly inside a
maintenance counts as usual.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from shared.kpi.counts import Counts, Slice
from shared.kpi.measure import as_slice
from shared.kpi.signals.port import Shape, SignalsUnavailable

Fetch = Callable[[str], bytes]
Sums = Mapping[datetime, Mapping[str, float]]

TIMEOUT_SECONDS: Final = 10
_REQUESTS: Final = "sum(increase(p09_http_requests_total[{over}]))"
_ERRORS: Final = 'sum(increase(p09_http_requests_total{{status=~"5.."}}[{over}]))'
_LATENCY: Final = 'sum by (le) (increase(p09_http_request_duration_seconds_bucket{{route!~"{long}"}}[{over}]))'
_LONG: Final = 'sum by (le) (increase(p09_http_request_duration_seconds_bucket{{route=~"{long}"}}[{over}]))'


def fetch(url: str) -> bytes:
    """GET. Raises SignalsUnavailable."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SignalsUnavailable(f"{url} is no address of a Prometheus")
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- the scheme was checked
            return bytes(answer.read())
    except (URLError, OSError) as error:
        raise SignalsUnavailable(f"{url}: {error}") from error


class PrometheusSignals:
    """``increase`` extrapolates to a slice's ends, so counts are rounded to whole requests."""

    def __init__(self, url: str, shape: Shape, get: Fetch = fetch) -> None:
        self._url = url.rstrip("/")
        self._shape = shape
        self._get = get
        # A string in PromQL takes a backslash for its own.
        self._long = "|".join(
            re.escape(route).replace("\\*", ".*").replace("\\", "\\\\") for route in shape.long_routes
        )

    def slices(self, starts: Sequence[datetime]) -> Mapping[datetime, Slice]:
        if not starts:
            return {}
        asked = (_REQUESTS, _ERRORS, _LATENCY, _LONG)
        requests, errors, latency, long = (self._sums(query, starts) for query in asked)
        return {
            start: self._slice(
                requests[start][""], errors.get(start, {}).get("", 0.0), latency.get(start, {}), long.get(start, {})
            )
            for start in starts
            if start in requests
        }

    def _sums(self, query: str, starts: Sequence[datetime]) -> Sums:
        """By the slice's start, then by the bound of the bucket."""
        seconds = int(self._shape.length.total_seconds())
        ends = [int((start + self._shape.length).timestamp()) for start in (starts[0], starts[-1])]
        asked = {
            "query": query.format(over=f"{seconds}s", long=self._long),
            "start": ends[0],
            "end": ends[1],
            "step": seconds,
        }
        sums: dict[datetime, dict[str, float]] = {}
        for series in self._ask(asked):
            for at, text in series["values"]:
                if math.isfinite(value := float(text)):
                    start = datetime.fromtimestamp(at, UTC) - self._shape.length
                    sums.setdefault(start, {})[series["metric"].get("le", "")] = value
        return sums

    def _ask(self, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        url = f"{self._url}/api/v1/query_range?{urlencode(parameters)}"
        try:
            answer = json.loads(self._get(url))
            if answer["status"] != "success":
                raise SignalsUnavailable(f"{url}: {answer.get('error')}")
            found: list[dict[str, Any]] = answer["data"]["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise SignalsUnavailable(f"{url}: no answer of Prometheus ({error!r})") from error
        return found

    def _slice(
        self, requests: float, errors: float, buckets: Mapping[str, float], of_long: Mapping[str, float]
    ) -> Slice:
        """Buckets nest in Prometheus and do not here: what lies up to one bound is taken from what lies up to the next."""
        upto = {_milliseconds(bound): round(count) for bound, count in buckets.items()}
        latencies, below = {}, 0
        for bound in self._shape.bounds_ms:
            within = max(upto.get(bound, below), below)
            if within > below:
                latencies[bound] = within - below
            below = within
        whole = round(requests)
        nested = {_milliseconds(bound): round(count) for bound, count in of_long.items()}
        long = nested.get(math.inf, 0)
        counts = Counts(
            requests=whole,
            errors=min(round(errors), whole),
            latencies=latencies,
            beyond=max(upto.get(math.inf, below) - below, 0),
            long=long,
            long_slow=max(long - nested.get(self._shape.long_within_ms, 0), 0),
        )
        return as_slice(counts, self._shape.bad_above)


def _milliseconds(bound: str) -> float:
    seconds = float(bound)
    return seconds if math.isinf(seconds) else round(seconds * 1000)
