"""Ports: where servers listen, what security groups let through, what functions are told, what restored copies listen on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripts.aws_gate import calls
from scripts.aws_gate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.aws_gate.permissions import Function
    from scripts.aws_gate.templates import Resource, Templates

PORT, DEFAULT_PORT = "port", "default-port"
_SERVERS = {
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds", "POSTGRES_PORT"),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds", "VALKEY_PORT"),
}
# Calls that make something that listens: by default at the engine's own port, wherever the original listens.
_LISTENERS = {"RestoreDBClusterToPointInTime": "rds", "RestoreDBClusterFromSnapshot": "rds", "CreateDBCluster": "rds",
              "RestoreDBInstanceToPointInTime": "rds", "CreateReplicationGroup": "elasticache"}  # fmt: skip


def findings(templates: Templates, functions: list[Function]) -> Iterator[Finding]:
    for server in templates.all(*_SERVERS):
        groups, variable = _SERVERS[server.type]
        port = server.properties.get("Port")
        if port is None:
            yield Finding(*server.key, PORT, "Port", "it listens at its engine's default port", "say its Port")
            continue
        yield from _rules(templates, server, int(port), groups)
        for function in functions:
            variables = function.resource.properties.get("Environment", {}).get("Variables", {})
            if variable in variables and templates.text(function.resource.stack, variables[variable]) not in {
                str(port), f"<{server.id}.Endpoint.Port>", f"<{server.id}.ConfigurationEndPoint.Port>",
            }:  # fmt: skip
                yield Finding(
                    *function.resource.key, PORT, variable,
                    f"{variable} is {templates.text(function.resource.stack, variables[variable])}, {server.id} listens at {port}",
                    "one constant for both",
                )  # fmt: skip
    yield from _copies(templates, functions)


def _rules(templates: Templates, server: Resource, port: int, groups: str) -> Iterator[Finding]:
    """A security group of a server lets its port in, and whoever is let in is let out to it."""
    own = {found.key for value in server.properties.get(groups, []) if (found := templates.find(server.stack, value))}
    opened = _opened(templates, "GroupId", "AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress")
    leaving = _opened(templates, "DestinationSecurityGroupId", "AWS::EC2::SecurityGroupEgress", "SecurityGroupEgress")
    for rules, what in ((opened, "let in"), (leaving, "let out")):
        mine = [(rule, first, last) for group, rule, first, last in rules if group in own]
        if not mine:
            yield Finding(
                *server.key, PORT, what, f"nobody is {what} to port {port} of {server.id}", "a rule for that port"
            )
        for rule, first, last in mine:
            if (first, last) != (port, port):
                yield Finding(
                    *rule.key,
                    PORT,
                    what,
                    f"ports {first} to {last} are {what}, {server.id} listens at {port}",
                    "one constant for both",
                )


def _opened(
    templates: Templates, side: str, kind: str, inline: str
) -> list[tuple[tuple[str, str] | None, Resource, int, int]]:
    found = []
    for rule in templates.all(kind):
        group = templates.find(rule.stack, rule.properties.get(side))
        found.append(
            (
                group.key if group else None,
                rule,
                rule.properties.get("FromPort", 0),
                rule.properties.get("ToPort", 65535),
            )
        )
    for one in templates.all("AWS::EC2::SecurityGroup"):
        for rule in one.properties.get(inline, []):
            group = one if side == "GroupId" else templates.find(one.stack, rule.get(side))
            found.append((group.key if group else None, one, rule.get("FromPort", 0), rule.get("ToPort", 65535)))
    return found


def _copies(templates: Templates, functions: list[Function]) -> Iterator[Finding]:
    ports = {str(one.properties.get("Port")) for one in templates.all("AWS::RDS::DBCluster")}
    for function in functions:
        for one in sorted(function.made):
            service = _LISTENERS.get(one.operation)
            if not service or "Port" in one.given or "Port" not in calls.parameters(service, one.operation):
                continue
            if calls.MORE in one.given and ports & _ports_told(templates, function):
                continue
            yield Finding(
                *function.resource.key, DEFAULT_PORT, one.operation,
                f"{one.where} makes a copy by {one.operation} without the original's Port: it listens elsewhere",
                "give Port, as the original has it",
            )  # fmt: skip


def _ports_told(templates: Templates, function: Function) -> set[str]:
    """Values of ``Port`` in what a function's environment says as JSON."""
    variables = function.resource.properties.get("Environment", {}).get("Variables", {})
    texts = (templates.text(function.resource.stack, value) for value in variables.values())
    return {port for text in texts for port in re.findall(r'"Port": ?"?(\d+)', text)}
