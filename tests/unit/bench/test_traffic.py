from collections import Counter
from datetime import UTC, datetime, timedelta

from bench.traffic import PageView, page_views

END = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def views(count: int = 5_000) -> list[PageView]:
    return list(page_views(count, end=END, span=HOUR))


def test_the_same_seed_makes_the_same_traffic() -> None:
    assert views() == views()


def test_page_views_come_in_the_order_of_their_time_and_never_from_the_future() -> None:
    moments = [view.at for view in views()]
    assert moments == sorted(moments)
    assert moments[0] == END - HOUR
    assert moments[-1] < END


def test_few_pages_get_most_views() -> None:
    ranked = [count for _, count in Counter(view.path for view in views()).most_common()]
    assert len(ranked) > 500
    assert sum(ranked[:50]) > 2_000


def test_visitors_come_for_several_pages() -> None:
    visitors = Counter(view.visitor for view in views())
    assert 2 < 5_000 / len(visitors) < 8
