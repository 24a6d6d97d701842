"""Announces what events of the bus tell, and each minute sends what could not be sent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.notifier.settings import Settings
from shared.communication.record import record
from shared.communication.send_waiting import Post, send_waiting
from shared.communication.senders.email import EmailSender
from shared.communication.senders.port import Sender, poster
from shared.communication.senders.slack import SlackSender
from shared.communication.senders.webhook import WebhookSender
from shared.communication.store import AnnouncementStore
from shared.events.catalogue import read
from shared.events.communication import MessageQueued
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.secrets import read_secret
from shared.platform.outgoing.send import Policy, origins
from shared.platform.settings import aws_settings, load
from shared.runbook.communication import Via
from shared.runbook.load import the_runbook

ENOUGH: Final = timedelta(seconds=20)  # for one message more

logger = Logger()
settings = load(Settings)
store = AnnouncementStore(Table(signed_call(aws_settings), settings.operations_table_name))


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    post = Post(store=store, communication=the_runbook().communication, senders=_senders(), clock=_now)
    if "detail-type" not in event:
        report = send_waiting(post, has_time=lambda: remaining(context) > ENOUGH).counts
        report |= {"waiting": store.count_waiting(), "dead_messages": len(store.dead())}
    else:
        report = send_waiting(post, thread=_record(event), has_time=lambda: remaining(context) > ENOUGH).counts
    logger.info("done", extra=report)
    return report


def _record(event: dict[str, Any]) -> str | None:
    told = read(event["detail-type"], event["detail"])
    if isinstance(told, MessageQueued):
        return told.thread
    return record(store, the_runbook().communication, told, _now(), console_url=settings.console_url)


def _senders() -> dict[Via, Sender]:
    """Secrets are read once a run: who fills one in need not wait for a new environment."""
    post = poster(Policy(allowed=origins(settings.outgoing_allowed), max_redirects=0))
    return {
        "slack": SlackSender(_secret(settings.slack_secret_arn), post),
        "email": EmailSender(settings.email_topic_arn),
        "webhook": WebhookSender(_secret(settings.webhooks_secret_arn), post),
    }


def _secret(arn: str) -> Callable[[], dict[str, Any]]:
    return cache(lambda: dict(json.loads(read_secret(aws_settings(), arn) or "{}")))


def _now() -> datetime:
    return datetime.now(UTC)
