from datetime import date

import pytest

from scripts.price.bill import Bill, Use
from scripts.price.catalogue import NoPrice, Price, assumptions, price, prices


def test_what_is_free_costs_nothing_and_tiers_begin_where_they_say() -> None:
    found = Price(
        name="x.y", usd=2, unit="thing", source="a page", date=date(2026, 1, 1), free=10, tiers=((100, 1.0), (200, 0.5))
    )
    assert [found.of(quantity) for quantity in (0, 10, 11, 100, 150, 300)] == [0, 0, 2, 180, 230, 330]


def test_a_free_allowance_is_shared_by_all_that_use_it() -> None:
    bill = Bill([Use("first", "cloudfront.https_requests", 10), Use("second", "cloudfront.https_requests", 30)])
    assert bill.total == pytest.approx(30)
    assert bill.by_resource() == pytest.approx({"second": 22.5, "first": 7.5})


def test_what_has_no_price_is_refused_by_name() -> None:
    with pytest.raises(
        NoPrice, match=r"no price of elasticache\.valkey\.cache\.x9\.huge: put it into scripts/price/prices\.toml"
    ):
        Bill([Use("cache", "elasticache.valkey.cache.x9.huge", 1)])


def test_every_price_and_every_number_of_the_model_says_where_it_comes_from() -> None:
    assert all(one.usd > 0 and one.unit and one.source.strip() and one.date for one in prices().values())
    assert all(one.why.strip() for one in assumptions().values())
    assert price("aurora.acu_hours").date >= date(2025, 1, 1)
