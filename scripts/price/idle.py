"""What a stage costs in a month in which nobody sends an event: what stands, and what wakes up by the clock."""

from collections.abc import Iterator
from typing import Any, Final

from scripts.price.bill import GB, MILLION, Use
from scripts.price.catalogue import NoPrice, usage
from scripts.price.cron import runs_in_a_month
from scripts.price.templates import Resource, Templates

SERVERS: Final = "Aurora PostgreSQL"
CACHE: Final = "Valkey"
ENDPOINTS: Final = "endpoints of the network"
ALARMS: Final = "alarms and dashboard"
METRICS: Final = "custom metrics"
KEYS: Final = "keys and secrets"
SCHEDULES: Final = "scheduled functions"
TRACES: Final = "traces"
LOGS: Final = "other logs"
PEOPLE: Final = "the pipeline's sign-in"
# Count, 4xx, 5xx, Latency, IntegrationLatency, DataProcessed.
_METRICS_OF_A_ROUTE: Final = 6
_MINUTES: Final = 60


def idle(templates: Templates) -> Iterator[Use]:
    """Raises ``NoPrice`` where a property has a value that nobody has put a price on."""
    for part in (_servers, _cache, _endpoints, _alarms, _metrics, _keys, _scheduled, _logs, _sign_in):
        yield from part(templates)


def acu_hours(templates: Templates, capacity: float) -> float:
    """Of all instances of the cluster, at so many ACU each: readers grow with the writer."""
    return capacity * len(_instances(templates)) * usage("month_hours")


def minimum_acu(templates: Templates) -> float:
    scaling = templates.one("AWS::RDS::DBCluster").properties["ServerlessV2ScalingConfiguration"]
    return float(scaling["MinCapacity"])


def memory_gb(function: Resource) -> float:
    """Raises ``NoPrice`` for what isn't ARM."""
    _expect(function, "Architectures", ["arm64"])
    return float(function.properties["MemorySize"]) / 1024


def is_traced(function: Resource) -> bool:
    return bool(function.properties["TracingConfig"]["Mode"] == "Active")


def _servers(templates: Templates) -> Iterator[Use]:
    for instance in _instances(templates):
        _expect(instance, "DBInstanceClass", "db.serverless")
        if instance.properties.get("EnablePerformanceInsights"):
            _expect(instance, "PerformanceInsightsRetentionPeriod", 7)
    yield Use(SERVERS, "aurora.acu_hours", acu_hours(templates, minimum_acu(templates)))


def _instances(templates: Templates) -> list[Resource]:
    return templates.of("AWS::RDS::DBInstance")


def _cache(templates: Templates) -> Iterator[Use]:
    for group in templates.of("AWS::ElastiCache::ReplicationGroup"):
        nodes = group.properties["NumNodeGroups"] * (1 + group.properties["ReplicasPerNodeGroup"])
        node = f"elasticache.{group.properties['Engine']}.{group.properties['CacheNodeType']}"
        yield Use(CACHE, node, nodes * usage("month_hours"))


def _endpoints(templates: Templates) -> Iterator[Use]:
    for endpoint in templates.of("AWS::EC2::VPCEndpoint"):
        if endpoint.properties["VpcEndpointType"] == "Interface":
            yield Use(ENDPOINTS, "vpc.endpoint_hours", len(endpoint.properties["SubnetIds"]) * usage("month_hours"))
        else:
            _expect(endpoint, "VpcEndpointType", "Gateway")


def _alarms(templates: Templates) -> Iterator[Use]:
    for alarm in templates.of("AWS::CloudWatch::Alarm"):
        asked = [one for one in alarm.properties.get("Metrics", ()) if "MetricStat" in one]
        if alarm.properties.get("Period", _MINUTES) < _MINUTES:
            raise NoPrice(f"{alarm.id} looks more often than once a minute, which costs more")
        yield Use(ALARMS, "cloudwatch.alarm", len(asked) or 1)
    yield Use(ALARMS, "cloudwatch.composite_alarm", len(templates.of("AWS::CloudWatch::CompositeAlarm")))
    yield Use(ALARMS, "cloudwatch.dashboard", len(templates.of("AWS::CloudWatch::Dashboard")))


def _metrics(templates: Templates) -> Iterator[Use]:
    """Several filters may count into one metric."""
    filters = [one.properties["MetricTransformations"] for one in templates.of("AWS::Logs::MetricFilter")]
    names = {_metric(transformation) for transformations in filters for transformation in transformations}
    yield Use(METRICS, "cloudwatch.metric", len(names) + usage("published_metrics"))
    for stage in templates.of("AWS::ApiGatewayV2::Stage"):
        if stage.properties["DefaultRouteSettings"].get("DetailedMetricsEnabled"):
            routes = len(templates.of("AWS::ApiGatewayV2::Route"))
            yield Use(METRICS, "cloudwatch.metric", routes * _METRICS_OF_A_ROUTE)


def _metric(transformation: dict[str, Any]) -> tuple[str, str]:
    if transformation.get("Dimensions"):
        raise NoPrice(f"{transformation['MetricName']} has dimensions: each of their values is a metric")
    return transformation["MetricNamespace"], transformation["MetricName"]


def _keys(templates: Templates) -> Iterator[Use]:
    managed = [one for one in templates.of("AWS::RDS::DBCluster") if one.properties.get("ManageMasterUserPassword")]
    yield Use(KEYS, "kms.key", len(templates.of("AWS::KMS::Key")))
    yield Use(KEYS, "kms.requests", usage("idle_kms_requests") / MILLION)
    yield Use(KEYS, "secretsmanager.secret", len(templates.of("AWS::SecretsManager::Secret")) + len(managed))


def _scheduled(templates: Templates) -> Iterator[Use]:
    functions = {one.id: one for one in templates.of("AWS::Lambda::Function")}
    for schedule in templates.of("AWS::Scheduler::Schedule"):
        runs = runs_in_a_month(schedule.properties["ScheduleExpression"])
        yield Use(SCHEDULES, "scheduler.invocations", runs / MILLION)
        function = functions.get(_target(schedule))
        if function is None:
            yield Use(SCHEDULES, "stepfunctions.transitions", runs * usage("workflow_transitions") / MILLION)
            continue
        yield from _runs(function, runs)


def _target(schedule: Resource) -> str:
    arn = schedule.properties["Target"]["Arn"]
    return str(arn["Fn::GetAtt"][0] if "Fn::GetAtt" in arn else arn.get("Ref", ""))


def _runs(function: Resource, runs: float) -> Iterator[Use]:
    seconds = usage("scheduled_seconds")
    yield Use(SCHEDULES, "lambda.requests", runs / MILLION)
    yield Use(SCHEDULES, "lambda.gb_seconds_arm64", runs * seconds * memory_gb(function) / MILLION)
    yield Use(SCHEDULES, "logs.ingested", runs * usage("scheduled_lines_bytes") / GB)
    yield Use(SCHEDULES, "dynamodb.reads", runs * usage("scheduled_reads") / MILLION)
    yield Use(SCHEDULES, "dynamodb.writes", runs * usage("scheduled_writes") / MILLION)
    if function.properties["FunctionName"].endswith("-kpi-evaluation"):
        yield Use(SCHEDULES, "cloudwatch.metrics_read", runs * usage("evaluated_metrics") / MILLION)
    if is_traced(function):
        # Never two in one second: Lambda records each first one.
        yield Use(TRACES, "xray.traces", runs / MILLION)


def _logs(templates: Templates) -> Iterator[Use]:
    for instance in _instances(templates):
        if seconds := instance.properties.get("MonitoringInterval"):
            lines = usage("month_hours") * 3600 / seconds
            yield Use(LOGS, "logs.ingested", lines * usage("monitoring_bytes") / GB)
    yield Use(LOGS, "logs.ingested", len(templates.of("AWS::EC2::FlowLog")) * usage("flow_log_bytes") / GB)


def _sign_in(templates: Templates) -> Iterator[Use]:
    for pool in templates.of("AWS::Cognito::UserPool"):
        _expect(pool, "UserPoolTier", "ESSENTIALS")  # 10,000 people a month are free
    machines = [
        one
        for one in templates.of("AWS::Cognito::UserPoolClient")
        if "client_credentials" in one.properties.get("AllowedOAuthFlows", ())
    ]
    yield Use(PEOPLE, "cognito.machine_client", len(machines))


def _expect(resource: Resource, name: str, value: Any) -> None:
    if (found := resource.properties.get(name)) != value:
        raise NoPrice(f"{resource.id} ({resource.type}) has {name} {found}: the model knows the price of {value}")
