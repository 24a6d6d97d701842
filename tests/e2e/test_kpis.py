"""Injected failures move the KPIs, breach them, raise the alarm and are told exactly once; so is the recovery."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.api import Api
from local.chaos import NONE, Chaos, set_chaos
from local.front_door.edge import published
from local.people import DEMO_PEOPLE, Directory
from local.stacks import outputs
from shared.kpi.edge import ERRORS, NAMESPACE, REQUESTS, latency_metric
from tests.e2e.local_system import LocalSystem, until

SLICE = timedelta(minutes=5)
ASKED = 300
QUEUE = "kpi-events-of-tests"


@pytest.fixture
def told(system: LocalSystem) -> Iterator[Callable[[], Counter[str]]]:
    """What the bus was told of KPIs so far: how often each change of each KPI."""
    sqs, events = system.aws("sqs"), system.aws("events")
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = outputs(system.configuration)["EventBusName"]
    events.put_rule(Name=QUEUE, EventBusName=bus, EventPattern=json.dumps({"source": ["p09.kpi"]}))
    events.put_targets(Rule=QUEUE, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    seen: Counter[str] = Counter()

    def told() -> Counter[str]:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(message["Body"])
            seen[f"{event['detail-type']} {event['detail'].get('kpi', '')}".strip()] += 1
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return seen

    yield told
    events.remove_targets(Rule=QUEUE, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=QUEUE, EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)


def test_injected_failures_breach_and_alarm_once_and_recovery_is_told_once(
    system: LocalSystem, told: Callable[[], Counter[str]]
) -> None:
    sre = Api(system.url, token(system))
    set_chaos(system.state, Chaos(errors=0.5))
    begun = datetime.now(UTC)
    failed = sum(not answers(sre) for _ in range(ASKED))
    set_chaos(system.state, NONE)
    assert 0 < failed < ASKED
    until(lambda: published(system.facts["aws_endpoint"], ERRORS, begun) >= failed, "errors measured at the edge")
    end = begun.replace(minute=begun.minute // 5 * 5, second=0, microsecond=0) + 2 * SLICE

    for _ in range(2):  # Scheduler delivers at least once
        evaluate(system, end)
    assert verdicts(sre)["error_rate"] == "breached"
    assert verdicts(sre)["availability"] == "breached"
    until(lambda: alarm(system, "p09-local-P09ErrorRateAboveTarget") == "ALARM", "alarm of the error rate", 60)
    until(lambda: told()["KpiBreached error_rate"] > 0 and told()["KpiBreached availability"] > 0, "breaches told")

    # Late data of the same slices: so many good requests that month and hour are within their targets again.
    good = 10_000_000
    system.aws("cloudwatch").put_metric_data(
        Namespace=f"{NAMESPACE}local",
        MetricData=[
            {"MetricName": name, "Timestamp": begun, "Value": good, "Unit": "Count"}
            for name in (REQUESTS, latency_metric(5))
        ],
    )
    for _ in range(2):
        evaluate(system, end + SLICE)
    assert verdicts(sre)["error_rate"] == "met"
    until(lambda: told()["KpiRecovered error_rate"] > 0 and told()["KpiRecovered availability"] > 0, "recoveries told")
    until(lambda: alarm(system, "p09-local-P09ErrorRateAboveTarget") == "OK", "the alarm's end", 60)
    assert {count for change, count in told().items() if change.startswith("Kpi")} == {1}

    for decision in sre.get("/v1/kpis/error_rate/decisions")["decisions"]:
        assert sre.get(f"/v1/decisions/{decision['id']}/replay")["same"] is True


def answers(api: Api) -> bool:
    return bool(api.raw("GET", "/health").is_success)


def token(system: LocalSystem) -> str:
    found = outputs(system.configuration)
    directory = Directory(system.facts["aws_endpoint"], found["UserPoolId"], found["UserPoolClientId"])
    return directory.token(next(person for person in DEMO_PEOPLE if person.role == "P09-SRE"))


def verdicts(api: Api) -> dict[str, str]:
    return {kpi["id"]: kpi["verdict"] for kpi in api.get("/v1/kpis")["kpis"]}


def evaluate(system: LocalSystem, at: datetime) -> None:
    """As the schedule does, a minute after the end of a slice."""
    event = {"task": "kpi_evaluation", "scheduled_time": (at + timedelta(minutes=1)).isoformat()}
    answer = system.aws("lambda").invoke(FunctionName="p09-local-kpi-evaluation", Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


def alarm(system: LocalSystem, name: str) -> str:
    [found] = system.aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])
