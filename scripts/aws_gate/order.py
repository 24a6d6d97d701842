"""Order of creation: what talks to a database or cache comes after something that listens there.

A cluster is "created" before any of its instances is, and its address resolves only once there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.templates import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.aws_gate.templates import Key, Resource, Templates

CHECK = "order"
_ADDRESSES = ("Endpoint", "ReadEndpoint", "ConfigurationEndPoint", "PrimaryEndPoint", "MasterUserSecret")


def findings(templates: Templates) -> Iterator[Finding]:
    before = Order(templates)
    for one in templates.all():
        if not (is_custom(one) or one.type == "AWS::Lambda::Function"):
            continue
        named = _servers(templates, one)
        if one.type == "AWS::Lambda::Function" and (callers := _custom_callers(templates, one)):
            # Nobody else calls it: then it is their order that counts.
            if not _is_triggered(templates, one):
                continue
            named |= {server for caller in callers for server in _servers(templates, caller)}
        for server in sorted(named):
            missing = sorted(_instances(templates, server) - before.of(one.key))
            if missing:
                yield Finding(
                    *one.key, CHECK, server[1],
                    f"names {server[1]} but can be created before {', '.join(name for _, name in missing)}, "
                    "so its host does not resolve yet",
                    f"let it depend on the construct of {server[1]}, its instances included",
                )  # fmt: skip


class Order:
    """What certainly exists before a resource is created."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._known: dict[Key, set[Key]] = {}
        self._of_stacks: dict[str, set[Key]] = {}

    def of(self, key: Key) -> set[Key]:
        if key not in self._known:
            self._known[key] = set()  # a cycle is CloudFormation's to refuse
            stack = self._templates.stacks[key[0]]
            body = stack.resources[key[1]].body
            direct = self._templates.references(stack, body.get("Properties", {}))
            direct |= {(stack.name, name) for name in as_list(body.get("DependsOn")) if name in stack.resources}
            found = self._of_stack(stack.name) | direct
            for one in direct:
                found |= self.of(one)
            self._known[key] = found
        return self._known[key]

    def _of_stack(self, name: str) -> set[Key]:
        """Everything of the stacks that come before this one, and of those before them."""
        if name not in self._of_stacks:
            self._of_stacks[name] = set()
            for other in self._templates.stacks[name].depends_on:
                own = {one.key for one in self._templates.stacks[other].resources.values()}
                self._of_stacks[name] |= own | self._of_stack(other)
        return self._of_stacks[name]


def is_custom(one: Resource) -> bool:
    return one.type.startswith("Custom::") or one.type == "AWS::CloudFormation::CustomResource"


def _servers(templates: Templates, one: Resource) -> set[Key]:
    """Databases and caches that a resource, or the function of a custom resource, is told the address or the login of."""
    values = [one.properties.get("Environment", one.properties)]
    owners = [one.stack]
    function = templates.find(one.stack, one.properties.get("ServiceToken"))
    if function:
        values.append(function.properties.get("Environment", {}))
        owners.append(function.stack)
    return {
        server.key
        for stack, value in zip(owners, values, strict=True)
        for server, attribute in templates.attributes(stack, value)
        if attribute.split(".")[0] in _ADDRESSES
    }


def _custom_callers(templates: Templates, function: Resource) -> list[Resource]:
    return [
        one
        for one in templates.all()
        if is_custom(one) and templates.find(one.stack, one.properties.get("ServiceToken")) is function
    ]


def _is_triggered(templates: Templates, function: Resource) -> bool:
    """Whether a rule, schedule or stream calls it as well."""
    callers = (
        "AWS::Events::Rule",
        "AWS::Scheduler::Schedule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::SNS::Subscription",
    )
    return any(function.key in templates.references(one.stack, one.properties) for one in templates.all(*callers))


def _instances(templates: Templates, server: Key) -> set[Key]:
    resource = templates.stacks[server[0]].resources[server[1]]
    if resource.type != "AWS::RDS::DBCluster":
        return {server}  # a replication group is created when its nodes are
    return {
        one.key
        for one in templates.all("AWS::RDS::DBInstance")
        if templates.find(one.stack, one.properties.get("DBClusterIdentifier")) is resource
    } or {server}
