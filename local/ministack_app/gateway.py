"""MiniStack as it is, plus thirteen things that it lacks. Runs in MiniStack's own virtual environment.

- Its state is written at an orderly stop only; after a kill, everything deployed since the last one would be
  gone. A POST to CHECKPOINT_PATH writes it now.
- It speaks plain HTTP, so bucket policies that refuse unencrypted transport, right in AWS, would refuse
  everybody. Loopback stands for the TLS of AWS's own endpoints: requests count as https.
- EventBridge Scheduler replaces a placeholder in a schedule's input by the time that was scheduled; it leaves it there.
- Its schedules rest until a POST to SCHEDULES_PATH: of a system that is half started, probes would report an outage.
- A policy may allow metrics in one namespace alone; it knows no such condition, and would refuse all of them.
- A policy may allow writes to some partitions of a table alone; it fills in no such key, and would allow writes to all of them.
- It keeps how far a function has read a table's stream, but not the stream: after a restart nothing would be read any more.
- A policy may allow mail of one sender alone, and of one identity; it knows neither whose a mail is.
- An alarm judges the metrics of its own dimensions, in each of its periods, and by TreatMissingData when there are none;
  it takes those of all together: one function's error would raise the alarms of every function, and none would end.
- An HTTP API without a CORS configuration passes preflights on to its routes; it refuses all of them itself.
- Each environment unpacks a function's code for itself: shared_code.py has all of them share it.
- Its state holds the code of each function and version anew: kept_code.py keeps it once.
- Its Cognito takes answers to challenges on trust: challenges.py does not.
"""

import json
import time
import zipfile
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, lambda_runtime, persistence
from ministack.core.persistence import save_all
from ministack.services import apigateway, cloudwatch, cognito, eventbridge, lambda_svc

from local.ministack_app.challenges import Challenges
from local.ministack_app.kept_code import KeptCode
from local.ministack_app.shared_code import SharedCode

CHECKPOINT_PATH = "/_p09/checkpoint"
SCHEDULES_PATH = "/_p09/schedules"
REGION, ACCOUNT = "us-east-1", "000000000000"  # local/state.py has the same
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
SCHEDULER = "aws.scheduler"
JUDGED_ELSEWHERE = "P09/judged-elsewhere"  # local/composite_alarms.py sets the states of these

_state = Path(persistence.STATE_DIR)
_code = KeptCode(_state.with_name("code"), persistence._json_default, persistence._json_object_hook)  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
_code.forget_unused(*_state.glob("*.json"))
persistence._json_default = _code.to_json  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
persistence._json_object_hook = _code.from_json  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned

lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedCode})

Challenges(cognito)

_schedules = {"rest": True}
_invoke_target = eventbridge._invoke_target  # noqa: SLF001  # what its scheduler calls when a schedule is due


def invoke_target(target: dict[str, Any], event: dict[str, Any], *rest: Any) -> Any:
    """With the scheduled time in the input. MiniStack's scheduler is late by seconds: schedules are due on a full minute."""
    if event.get("Source") == SCHEDULER and _schedules["rest"]:
        return None
    if event.get("Source") == SCHEDULER and SCHEDULED_TIME in target.get("Input", ""):
        due = datetime.fromtimestamp(event["Time"], UTC).replace(second=0, microsecond=0)
        target = {**target, "Input": target["Input"].replace(SCHEDULED_TIME, due.strftime("%Y-%m-%dT%H:%M:%SZ"))}
    return _invoke_target(target, event, *rest)


eventbridge._invoke_target = invoke_target  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned

_request_tag_context = iam_actions.request_tag_context  # what it asks for conditions on the request, of every service


def request_context(service: str, action: str, body: bytes, *rest: Any) -> dict[str, Any]:
    """With the namespace of metrics, where they are sent as JSON: so do our functions."""
    context: dict[str, Any] = _request_tag_context(service, action, body, *rest)
    if action != "cloudwatch:PutMetricData" or not body.startswith(b"{"):
        return context
    return {**context, "cloudwatch:namespace": json.loads(body).get("Namespace")}


iam_actions.request_tag_context = request_context

_dynamodb_context = iam_actions.dynamodb_service_context  # what it asks for conditions on requests to DynamoDB
_WRITES = ("Put", "Update", "Delete", "ConditionCheck")


def dynamodb_context(body: bytes) -> dict[str, Any]:
    """With the partition keys of what is written."""
    context: dict[str, Any] = _dynamodb_context(body)
    asked = json.loads(body or b"{}")
    writes = [asked, *(one[kind] for one in asked.get("TransactItems", ()) for kind in _WRITES if kind in one)]
    keys = [(one.get("Key") or one.get("Item") or {}).get("pk", {}).get("S") for one in writes]
    found = [key for key in keys if key is not None]
    return {**context, "dynamodb:LeadingKeys": found} if found else context


iam_actions.dynamodb_service_context = dynamodb_context

_enforce_ses_v2 = ministack._enforce_ses_v2  # noqa: SLF001  # what it asks whether somebody may call version 2 of SES


def enforce_ses_v2(
    method: str, path: str, headers: Any, body: bytes, query_params: Any, request_id: str
) -> tuple[int, Any, bytes] | None:
    """Mail is held against the identity of its sender and against their address."""
    if b"FromEmailAddress" not in body:
        return _enforce_ses_v2(method, path, headers, body, query_params, request_id)  # type: ignore[no-any-return]  # MiniStack has no types
    sender = parseaddr(json.loads(body)["FromEmailAddress"])[1]
    identity = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{sender.partition('@')[2]}"
    return ministack._enforce_data_plane(  # type: ignore[no-any-return]  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
        "sesv2", "ses:SendEmail", headers, query_params, request_id, resource_arn=identity,
        service_context={"ses:FromAddress": sender}, named_resource=identity,
    )  # fmt: skip


ministack._enforce_ses_v2 = enforce_ses_v2  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned

_evaluate_alarm = cloudwatch._evaluate_alarm  # noqa: SLF001  # what it calls for each alarm when metrics arrive


def evaluate_alarm(alarm: dict[str, Any]) -> None:
    """As it does, but on a table of metrics that holds those of this alarm alone, and in all of its periods."""
    if alarm.get("Namespace") == JUDGED_ELSEWHERE:
        return
    own = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    key = alarm.get("Namespace"), alarm.get("MetricName"), cloudwatch._dims_key(own)  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
    period, periods = alarm.get("Period", 60), alarm.get("EvaluationPeriods", 1)
    now = time.time()
    points = [one for one in cloudwatch._metrics.get(key) or [] if one["Timestamp"] >= now - period * periods]  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
    measured = {int((now - one["Timestamp"]) // period) for one in points}
    if len(measured) < periods and alarm.get("TreatMissingData") == "notBreaching":
        if alarm["StateValue"] != "ALARM":
            return
        points = [{"Timestamp": now, "Value": alarm.get("Threshold", 0)}]  # what is at it is not above it
    names = {**vars(cloudwatch), "_metrics": {key: points}}
    FunctionType(_evaluate_alarm.__code__, names)(alarm)


cloudwatch._evaluate_alarm = evaluate_alarm  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned


_execute_request = apigateway._handle_execute_in_scope.__code__  # noqa: SLF001  # what it calls for each request to an HTTP API
# None of ours has a CORS configuration: no request is one that it answers itself.
apigateway._handle_execute_in_scope = FunctionType(  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned
    _execute_request.replace(co_consts=tuple("" if value == "OPTIONS" else value for value in _execute_request.co_consts)),
    vars(apigateway), "_handle_execute_in_scope", (None,),
)  # fmt: skip


def begin_streams_anew(_positions: Any, _kept: Any) -> None:
    """What was unread at the stop is lost with the stream: the outbox's sweep sends it."""


lambda_svc._restore_esm_positions = begin_streams_anew  # noqa: SLF001 -- MiniStack offers no hook; its version is pinned


def checkpoint() -> None:
    save_all(ministack._build_persistence_save_dict())  # noqa: SLF001  # MiniStack has no public way to do it


def begin_schedules() -> None:
    _schedules["rest"] = False


COMMANDS = {CHECKPOINT_PATH: checkpoint, SCHEDULES_PATH: begin_schedules}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["method"] == "POST" and (command := COMMANDS.get(scope["path"])):
        command()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "http":
        await ministack.app({**scope, "scheme": "https"}, receive, send)
    else:
        await ministack.app(scope, receive, send)
