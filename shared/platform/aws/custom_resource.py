"""CloudFormation custom resources: whatever happens, CloudFormation gets an answer, or a deploy would hang for an hour."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any, Final

ANSWER_SECONDS: Final = 10


def answer(event: dict[str, Any], *, physical_id: str, act: Callable[[], object]) -> None:
    """Carry out a request and answer it: a failure fails the deploy, with its reason.

    Raises ``OSError`` when the answer can't be delivered.
    """
    outcome = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    outcome |= {"PhysicalResourceId": physical_id, "Status": "SUCCESS"}
    try:
        act()
    except Exception as error:  # noqa: BLE001 -- the deploy has to hear of every failure, and fails with it
        outcome |= {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"[:2000]}
    # S3 signed the address without a content type: sending one would break its signature.
    request = urllib.request.Request(  # noqa: S310 -- CloudFormation's own address
        event["ResponseURL"], json.dumps(outcome).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310 -- an address that CloudFormation signed
        pass
