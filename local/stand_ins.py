"""What MiniStack's CloudFormation passes over, although its API has it: done by a call after each deployment."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local.aws import aws_client


def stand_in(endpoint: str) -> None:
    """Give every function the reserved concurrency that its template asks for."""
    functions = aws_client("lambda", endpoint)
    for template in _templates(endpoint):
        for name, reserved in reserved_concurrency(template):
            functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)


def reserved_concurrency(template: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function" and "ReservedConcurrentExecutions" in properties:
            yield properties["FunctionName"], properties["ReservedConcurrentExecutions"]


def _templates(endpoint: str) -> Iterator[Mapping[str, Any]]:
    client = aws_client("cloudformation", endpoint)
    for stack in client.describe_stacks()["Stacks"]:
        if stack["StackName"].startswith("P09-local-"):
            body = client.get_template(StackName=stack["StackName"])["TemplateBody"]
            yield json.loads(body) if isinstance(body, str) else body
