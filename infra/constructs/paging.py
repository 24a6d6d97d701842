"""Alarms that go to people straight from their topic: heard even while our own functions and tables are down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable


def page(topic: sns.Topic, addresses: Iterable[str]) -> None:
    """Each is an e-mail address, whose owner has to confirm, or an https URL, such as a pager's for CloudWatch."""
    for address in addresses:
        if address.startswith("https://"):
            topic.add_subscription(subscriptions.UrlSubscription(address, protocol=sns.SubscriptionProtocol.HTTPS))
        else:
            topic.add_subscription(subscriptions.EmailSubscription(address))
