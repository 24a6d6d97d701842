"""Findings of cdk-nag, checkov and cfn-lint that stay, each with its reason, beside what it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Acknowledgment, CfnResource, Validations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import IConstruct

CHECKOV = "CKV"
NAG_PACKS = ("AwsSolutions-", "NIST.800.53.R5-", "Serverless-")


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept findings on a construct and what it contains.

    `reasons` maps a rule's id to why it does not apply here. Ids of cdk-nag name the pack, those of checkov
    start with CKV, those of cfn-lint are a letter and four digits; the last two are written on the resource.
    """
    nag = [Acknowledgment(id=rule, reason=why) for rule, why in reasons.items() if rule.startswith(NAG_PACKS)]
    if nag:
        Validations.of(construct).acknowledge(*nag)
    others = {rule: why for rule, why in reasons.items() if not rule.startswith(NAG_PACKS)}
    if others:
        _write_metadata(_resource(construct), others)


def _resource(construct: IConstruct) -> CfnResource:
    found = construct if CfnResource.is_cfn_resource(construct) else construct.node.default_child
    return cast("CfnResource", found)


def _write_metadata(resource: CfnResource, reasons: Mapping[str, str]) -> None:
    checkov = [{"id": rule, "comment": why} for rule, why in reasons.items() if rule.startswith(CHECKOV)]
    if checkov:
        known = resource.get_metadata("checkov") or {"skip": []}
        resource.add_metadata("checkov", {"skip": [*known["skip"], *checkov]})
    lint = {rule: why for rule, why in reasons.items() if not rule.startswith(CHECKOV)}
    if lint:
        known = resource.get_metadata("cfn-lint") or {"config": {"ignore_checks": []}, "reasons": {}}
        ignored = [*known["config"]["ignore_checks"], *lint]
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ignored}, "reasons": known["reasons"] | lint})
