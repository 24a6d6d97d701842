"""What the internet sends, at length: all of it is counted as it was sent, or refused with a reason."""

from collections import Counter
from typing import Any, Final

from tests.examples import examples
from tests.integration.api.conftest import Api
from tests.integration.api.shaped_requests import Counted, Request, Visitor, shaped_requests

SEED: Final = 20261130
AT_ONCE: Final = 5_000
UNKNOWN_BROWSERS: Final = 0.01
EVENTS: Final = """
select
    bot, name, page, coalesce(a.source, ''), coalesce(a.channel, ''), country, interactive, amount::float, currency,
    (select count(*)::int from jsonb_object_keys(coalesce(properties, '{}'))), engaged, scroll
from (select false as bot, * from events union all select true, * from bot_events) e
left join acquisitions a on a.site_id = e.site_id and a.id = e.acquisition
"""
VISITS: Final = """
select d.browser, d.device, count(distinct visitor_id)
from visits v join devices d on d.site_id = v.site_id and d.id = v.device
where v.events > 0 group by 1, 2
"""


def test_what_browsers_bots_and_servers_send_is_counted_as_sent_or_refused_with_a_reason(api: Api) -> None:
    """Nothing is lost, nothing counts twice, and browsers are known."""
    counted: Counter[Counted] = Counter()
    visitors: dict[tuple[str, str], Visitor] = {}
    surprises: list[tuple[Request, int, str]] = []
    for number, request in enumerate(shaped_requests(examples(1_500, campaign=100_000), SEED, api.write_key), 1):
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        answer = api.client.post(request.path, content=request.body, headers=headers)
        if answer.status_code != request.status or request.reason not in answer.text:
            surprises.append((request, answer.status_code, answer.text))
        counted.update(request.counted)
        visitors.update({(one.address, one.user_agent): one for one in request.visitors})
        if number % AT_ONCE == 0:
            api.drain()
    assert surprises[:20] == []
    assert api.drain().failed == 0

    assert differences(Counter(Counted(*row) for row in rows(api, EVENTS)), counted) == []
    found = rows(api, VISITS)
    devices = Counter[str]()
    for _, device, people in found:
        devices[device] += people
    assert devices == Counter(visitor.device for visitor in visitors.values())
    unknown = sum(people for browser, _, people in found if not browser)
    assert unknown <= UNKNOWN_BROWSERS * len(visitors)
    assert {"Chrome", "Safari", "Microsoft Edge", "Firefox"} <= {browser for browser, _, _ in found}


def differences(stored: Counter[Counted], sent: Counter[Counted]) -> list[tuple[str, Counted, int]]:
    """The first of what was stored and not sent, and of what was sent and not stored."""
    found = [("stored", *one) for one in (stored - sent).most_common(20)]
    return found + [("sent", *one) for one in (sent - stored).most_common(20)]


def rows(api: Api, statement: str) -> list[list[Any]]:
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        found: list[list[Any]] = superuser.run(statement)
        return found
