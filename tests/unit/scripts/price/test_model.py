from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scripts.price import events
from scripts.price.bill import MILLION, Bill
from scripts.price.catalogue import NoPrice
from scripts.price.cron import runs_in_a_month
from scripts.price.events import Traffic, access_log_line, of_events
from scripts.price.idle import ENDPOINTS, SCHEDULES, SERVERS, TRACES, idle
from scripts.price.known import unknown
from scripts.price.templates import Resource, Templates

QUIET = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}


def _function(name: str, **properties: Any) -> Resource:
    usual = {"FunctionName": f"p09-prod-{name}", "Architectures": ["arm64"], "MemorySize": 1024}
    return Resource(name, "AWS::Lambda::Function", usual | {"TracingConfig": {"Mode": "Active"}} | properties)


COLLECT = _function("collect")
WORKER = _function("ingest-worker")
OTHERS = (
    Resource("cluster", "AWS::RDS::DBCluster", {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5}}),
    Resource("writer", "AWS::RDS::DBInstance", {"DBInstanceClass": "db.serverless"}),
    Resource(
        "stage", "AWS::ApiGatewayV2::Stage",
        {"AccessLogSettings": {"Format": '{"status": $context.status}'}, "DefaultRouteSettings": {}},
    ),
)  # fmt: skip


def _stage(*resources: Resource) -> Templates:
    return Templates("prod", (*OTHERS, *resources))


def _cost(templates: Templates, millions: float = 100) -> dict[str, float]:
    return Bill(of_events(templates, Traffic(millions * MILLION))).by_resource()


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(1 minute)", 43_800), ("cron(0/5 * * * ? *)", 8_760), ("cron(1/5 * * * ? *)", 8_760), ("cron(7 * * * ? *)", 730),
        ("cron(0 8 * * ? *)", 365 / 12), ("cron(0 4 ? * WED#1 *)", 1), ("cron(0 4 ? * MON-FRI *)", 365 / 12 * 5 / 7),
    ],
)  # fmt: skip
def test_schedules_run_so_often_in_a_month(expression: str, runs: float) -> None:
    assert runs_in_a_month(expression) == pytest.approx(runs)


def test_a_schedule_that_the_model_can_not_read_is_refused() -> None:
    with pytest.raises(ValueError, match="neither rate"):
        runs_in_a_month("at(2026-11-30T00:00:00)")


def test_an_endpoint_is_paid_for_in_each_zone() -> None:
    def endpoints(*zones: str) -> float:
        properties = {"VpcEndpointType": "Interface", "SubnetIds": zones}
        return Bill(idle(_stage(Resource("one", "AWS::EC2::VPCEndpoint", properties)))).by_resource()[ENDPOINTS]

    assert endpoints("a", "b") == pytest.approx(2 * endpoints("a"))
    assert endpoints("a") == pytest.approx(7.30)


def test_an_instance_of_a_class_that_nobody_priced_is_refused() -> None:
    with pytest.raises(NoPrice, match=r"reader \(AWS::RDS::DBInstance\) has DBInstanceClass db\.r8g\.large"):
        Bill(idle(_stage(Resource("reader", "AWS::RDS::DBInstance", {"DBInstanceClass": "db.r8g.large"}))))


def test_each_reader_of_the_cluster_costs_as_much_as_its_writer() -> None:
    alone = Bill(idle(_stage())).by_resource()[SERVERS]
    reader = Resource("reader", "AWS::RDS::DBInstance", {"DBInstanceClass": "db.serverless"})
    assert Bill(idle(_stage(reader))).by_resource()[SERVERS] == pytest.approx(2 * alone)


def test_traces_are_recorded_of_the_first_of_a_second_and_one_in_twenty() -> None:
    traces = _cost(
        _stage(COLLECT, replace(WORKER, properties={**WORKER.properties, "TracingConfig": {"Mode": "PassThrough"}}))
    )
    month = 730 * 3600
    assert traces[events.TRACES] == pytest.approx(5 * ((month + (100 * MILLION - month) * 0.05) / MILLION - 0.1))


def test_a_function_that_passes_traces_through_records_none() -> None:
    untraced = {"TracingConfig": {"Mode": "PassThrough"}}
    assert events.TRACES not in _cost(_stage(_function("collect", **untraced), _function("ingest-worker", **untraced)))


def test_a_quiet_function_pays_for_no_line_of_a_request_that_went_well() -> None:
    loud = _cost(_stage(COLLECT, WORKER))[events.FUNCTION_LOGS]
    quiet = _cost(_stage(_function("collect", LoggingConfig=QUIET), WORKER))[events.FUNCTION_LOGS]
    assert loud - quiet == pytest.approx(100 * (480 + 250) / 1000 * (0.5 + 0.15 * 0.03), rel=0.02)


def test_the_line_of_the_access_log_is_as_long_as_the_template_words_it() -> None:
    assert access_log_line(_stage()) == len('{"status": 202}') + 26


def test_a_field_of_the_access_log_without_a_sample_is_refused() -> None:
    stage = Resource("stage", "AWS::ApiGatewayV2::Stage", {"AccessLogSettings": {"Format": "$context.newField"}})
    with pytest.raises(KeyError, match="no sample"):
        access_log_line(Templates("prod", (stage,)))


def test_a_million_events_in_batches_cost_less_and_the_more_there_are_the_less_each_costs_with_what_is_idle() -> None:
    stage = _stage(COLLECT, WORKER)
    single, batched = (Bill(of_events(stage, Traffic(100 * MILLION, each))).total for each in (1, 10))
    assert batched < single / 2
    all_in = [(Bill([*idle(stage), *of_events(stage, Traffic(n * MILLION))]).total) / n for n in (1, 100, 1000)]
    assert all_in == sorted(all_in, reverse=True)


def test_the_worker_is_woken_once_for_each_event_while_they_are_rare_and_no_more_than_it_can_run_when_they_are_many() -> (
    None
):
    assert Traffic(1000).wake_ups == pytest.approx(1000, rel=0.01)
    assert Traffic(10_000 * MILLION).wake_ups == pytest.approx(730 * 3600 / 0.3, rel=0.01)


def test_scheduled_runs_are_paid_for_with_their_memory_their_lines_and_their_traces() -> None:
    properties = {"ScheduleExpression": "rate(1 minute)", "Target": {"Arn": {"Fn::GetAtt": ["collect", "Arn"]}}}
    bill = Bill(idle(_stage(COLLECT, Resource("minute", "AWS::Scheduler::Schedule", properties))))
    used = {use.price: use.quantity for use in bill.uses if use.of in {SCHEDULES, TRACES}}
    assert used["lambda.requests"] == used["xray.traces"] == pytest.approx(0.0438)
    assert used["lambda.gb_seconds_arm64"] == pytest.approx(0.0438 * 0.2)


def test_a_type_that_nobody_has_judged_is_named() -> None:
    gateway = Resource("nat", "AWS::EC2::NatGateway", {"SubnetId": "s"})
    assert unknown(Templates("prod", (gateway,))) == ["AWS::EC2::NatGateway"]


@pytest.mark.parametrize(
    ("kind", "properties", "named"),
    [
        ("AWS::Lambda::Alias", {"Name": "live", "ProvisionedConcurrencyConfig": {}}, "ProvisionedConcurrencyConfig"),
        ("AWS::CloudFront::Distribution", {"DistributionConfig": {"WebACLId": "w"}}, "DistributionConfig.WebACLId"),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql", "StorageType": "aurora-iopt1"}, "StorageType"),
    ],
)  # fmt: skip
def test_a_property_that_bills_and_that_nobody_has_judged_is_named(
    kind: str, properties: dict[str, Any], named: str
) -> None:
    assert unknown(Templates("prod", (Resource("one", kind, properties),))) == [f"{kind} {named}"]
