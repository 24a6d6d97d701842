"""What a month's events cost on top of the idle month, from the viewer to the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scripts.price.bill import GB, MILLION, Use
from scripts.price.catalogue import usage
from scripts.price.idle import SERVERS, acu_hours, is_traced, memory_gb, minimum_acu
from scripts.price.templates import Resource, Templates

EDGE: Final = "CloudFront"
GATEWAY: Final = "HTTP API"
COLLECT: Final = "collect"
ACCESS_LOG: Final = "access log"
FUNCTION_LOGS: Final = "log lines of functions"
TRACES: Final = "traces"
WORKER: Final = "ingest_worker and its wake-ups"
COPIES: Final = "copies of accepted events"
NETWORK: Final = "network"
# What stands for each field of the access log, at its usual length.
_SAMPLES: Final = {
    "requestId": "JKJaXmPLvHcESHA=", "httpMethod": "POST", "path": "/api/event",
    "routeKey": "ANY /api/event", "status": "202", "responseLatency": "12", "integrationLatency": "11",
    "integrationStatus": "200", "integrationErrorMessage": "-", "responseLength": "21",
}  # fmt: skip


@dataclass(frozen=True)
class Traffic:
    """Events in a month, and how many of them come in one request: the tracker sends one."""

    events: float
    per_request: float = 1

    @property
    def requests(self) -> float:
        return self.events / self.per_request

    @property
    def wake_ups(self) -> float:
        """Of the worker: by the first event after it has found the stream empty. Traffic is taken as even."""
        month = usage("month_hours") * 3600
        return month / (month / self.requests + usage("wake_seconds"))


def of_events(templates: Templates, traffic: Traffic) -> Iterator[Use]:
    """Raises ``NoPrice`` where a template has what the model doesn't know."""
    for part in (_edge, _gateway, _collect, _worker, _database, _copies, _network):
        yield from part(templates, traffic)


def keeping(templates: Templates, events: float) -> Iterator[Use]:
    """What it costs to have so many events for one more month: Aurora itself, and each night's whole copy far away."""
    stored = events * usage("event_stored_bytes") / GB
    yield Use(SERVERS, "aurora.stored", stored)
    for days in _days_of_copies(templates):
        yield Use("nightly copies in the second region", "backup.aurora", stored * days)
        yield Use("nightly copies in the second region", "backup.copied", stored * 365 / 12)


def access_log_line(templates: Templates) -> int:
    """Bytes of a line as the template words it, and what CloudWatch adds. Raises KeyError for a field without a sample."""
    # Staging's gateway, through which no event comes, writes the same line.
    [text] = {str(one.properties["AccessLogSettings"]["Format"]) for one in templates.of("AWS::ApiGatewayV2::Stage")}
    for name in sorted(_SAMPLES, key=len, reverse=True):
        text = text.replace(f"$context.{name}", _SAMPLES[name])
    if "$context." in text:
        raise KeyError(f"a field of the access log has no sample in {__name__}: {text}")
    return len(text) + round(usage("log_line_overhead_bytes"))


def _edge(_templates: Templates, traffic: Traffic) -> Iterator[Use]:
    yield Use(EDGE, "cloudfront.https_requests", traffic.requests / MILLION)
    yield Use(EDGE, "cloudfront.to_viewers", traffic.requests * usage("response_bytes") / GB)
    yield Use(EDGE, "cloudfront.to_origin", traffic.requests * usage("request_bytes") / GB)


def _gateway(templates: Templates, traffic: Traffic) -> Iterator[Use]:
    yield Use(GATEWAY, "apigateway.http_requests", traffic.requests / MILLION)
    yield from _log(ACCESS_LOG, traffic.requests * access_log_line(templates))


def _collect(templates: Templates, traffic: Traffic) -> Iterator[Use]:
    function = templates.function("collect")
    yield from _invocations(COLLECT, function, traffic.requests, usage("collect_seconds"))
    yield from _log(FUNCTION_LOGS, traffic.requests * _lines(function, debug=usage("request_line_bytes")))


def _worker(templates: Templates, traffic: Traffic) -> Iterator[Use]:
    function, wake_ups = templates.function("ingest_worker"), traffic.wake_ups
    yield Use(WORKER, "eventbridge.events", wake_ups / MILLION)
    yield from _invocations(WORKER, function, wake_ups, usage("drain_seconds"))
    yield from _log(FUNCTION_LOGS, traffic.requests * usage("stored_id_bytes"))
    yield from _log(FUNCTION_LOGS, wake_ups * _lines(function, info=usage("worker_lines_bytes")))


def _database(templates: Templates, traffic: Traffic) -> Iterator[Use]:
    busy = traffic.events * usage("drain_acu_seconds") + traffic.wake_ups * usage("transaction_acu_seconds")
    busy += traffic.events / usage("events_for_each_query") * usage("query_acu_seconds")
    needed = busy * usage("capacity_factor") / (usage("month_hours") * 3600)
    further = max(0.0, needed - minimum_acu(templates))
    yield Use(SERVERS, "aurora.acu_hours", acu_hours(templates, further))
    ios = traffic.events * usage("event_ios") + traffic.wake_ups * usage("transaction_ios")
    yield Use(SERVERS, "aurora.io", ios / MILLION)
    yield Use(SERVERS, "aurora.stored", traffic.events * usage("event_stored_bytes") / GB)


def _copies(_templates: Templates, traffic: Traffic) -> Iterator[Use]:
    minutes = usage("month_hours") * 60
    yield Use(COPIES, "s3.puts", min(minutes, traffic.wake_ups) / MILLION)
    months = usage("kept_days") / (365 / 12)
    yield Use(COPIES, "s3.stored", traffic.events * usage("event_kept_bytes") * months / GB)


def _network(_templates: Templates, traffic: Traffic) -> Iterator[Use]:
    yield Use(NETWORK, "vpc.endpoint_data", traffic.wake_ups * usage("wake_bytes") / GB)
    # Every second request finds the primary in the other zone.
    yield Use(NETWORK, "vpc.between_zones", traffic.requests * usage("valkey_bytes") / 2 / GB)


def _invocations(of: str, function: Resource, times: float, seconds: float) -> Iterator[Use]:
    yield Use(of, "lambda.requests", times / MILLION)
    yield Use(of, "lambda.gb_seconds_arm64", times * seconds * memory_gb(function) / MILLION)
    if is_traced(function):
        yield Use(TRACES, "xray.traces", _sampled(times) / MILLION)


def _sampled(times: float) -> float:
    """Traces that Lambda records of so many even invocations."""
    firsts = min(times, usage("month_hours") * 3600 * usage("xray_first_per_second"))
    return firsts + (times - firsts) * usage("xray_share")


def _lines(function: Resource, *, info: float = 0, debug: float = 0) -> float:
    """Bytes that an invocation leaves which goes well: the platform's lines and its own, as far as levels let them through."""
    logging = function.properties.get("LoggingConfig", {})
    if logging.get("LogFormat") != "JSON":
        return usage("platform_lines_bytes") + info + debug
    platform = 0 if logging["SystemLogLevel"] == "WARN" else usage("platform_lines_bytes")
    own = {"DEBUG": info + debug, "INFO": info}.get(logging["ApplicationLogLevel"], 0)
    return platform + own


def _log(of: str, size: float) -> Iterator[Use]:
    yield Use(of, "logs.ingested", size / GB)
    yield Use(of, "logs.stored", size * usage("log_compression") / GB)


def _days_of_copies(templates: Templates) -> list[int]:
    rules = templates.one("AWS::Backup::BackupPlan").properties["BackupPlan"]["BackupPlanRule"]
    return [copy["Lifecycle"]["DeleteAfterDays"] for rule in rules for copy in rule.get("CopyActions", ())]
