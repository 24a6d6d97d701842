"""What the description of the API shows as examples. A test reads each of them as the API does."""

from http import HTTPStatus
from typing import Any, Final

from shared.http.problem_types import type_of

EVENT: Final[dict[str, Any]] = {
    "id": "order-4711",
    "name": "purchase",
    "timestamp": "2026-11-23T12:00:00Z",
    "visitor_id": "ada",
    "url": "https://example.com/pricing",
    "referrer": "https://news.example.org/",
    "properties": {"plan": "team", "seats": 12},
    "title": "Pricing",
    "hash_mode": False,
    "revenue": {"amount": 49.9, "currency": "EUR"},
    "interactive": True,
    "engagement_time": 12000,
    "scroll_depth": 80,
    "user_agent": "Mozilla/5.0 (Macintosh) Firefox/145.0",
    "address": "203.0.113.9",
    "country": "DE",
    "language": "de",
    "screen_width": 1920,
}
QUERY: Final[dict[str, Any]] = {
    "site_id": "example.com",
    "metrics": ["visitors", "pageviews"],
    "date_range": "7d",
    "dimensions": ["event:page"],
    "filters": [["is", "visit:country", ["DE"]]],
}
_REFUSED: Final = type_of(HTTPStatus.UNPROCESSABLE_ENTITY)
_MEND: Final = (
    'must be one of visitors, visits, pageviews, events, bounce_rate, visit_duration, views_per_visit, not "visitor"'
)
PROBLEM: Final[dict[str, Any]] = {
    "type": _REFUSED.address,
    "title": _REFUSED.title,
    "status": _REFUSED.status,
    "detail": f"#/metrics/0: {_MEND}",
    "errors": [{"pointer": "#/metrics/0", "detail": _MEND}],
}
"""What the API answers to `QUERY` where its metrics are `["visitor"]`."""
