"""A distribution under a name of the stage's own, and with it TLS 1.2; without one CloudFront says what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stages import Stage

OLDEST_TLS = cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021
NO_DOMAIN = "The stage has no domain of its own: CloudFront's certificate takes what CloudFront takes (docs/adr/0110)"
NO_DOMAIN_RULES = ("AwsSolutions-CFR4", "CKV_AWS_174")


def edge_domain(scope: Construct, *, stage: Stage, name: str) -> dict[str, Any]:
    """What a distribution is given to answer by `name`; nothing where the stage has no domain."""
    if stage.domain is None:
        return {}
    return {
        "domain_names": [name],
        "certificate": acm.Certificate.from_certificate_arn(scope, "Certificate", stage.domain.certificate_arn),
        "minimum_protocol_version": OLDEST_TLS,
        "ssl_support_method": cloudfront.SSLMethod.SNI,
    }


def domain_reasons(stage: Stage) -> dict[str, str]:
    """Findings of linters that only a domain of its own mends."""
    return {} if stage.domain else dict.fromkeys(NO_DOMAIN_RULES, NO_DOMAIN)
