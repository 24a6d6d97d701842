"""Our signed calls through boto3 instead, so that moto answers them and botocore checks them against the services' models."""

from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from shared.platform.aws.signed import AwsRefused

Call = Callable[[str, dict[str, Any]], dict[str, Any]]


def boto_call(client: Any) -> Call:
    def act(operation: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**body)
        except ClientError as error:
            raise AwsRefused(str(error.response), error.response["Error"]["Code"]) from error
        return answer

    return act


def boto_operation(client: Any, operation: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: boto_call(client)(operation, body)
