"""Names of a stage's own, which no stage of ours has yet."""

from dataclasses import replace

import pytest
from aws_cdk import App, SecretValue, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Match, Template

from infra.constructs.distribution import Distribution
from infra.constructs.status_distribution import StatusDistribution
from infra.stages import PROD, Domain, Stage

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d"
DOMAIN = Domain(console="app.example.com", status="status.example.com", certificate_arn=CERTIFICATE)


def distributions(stage: Stage) -> Template:
    stack = Stack(App(), "Web")
    secret = secretsmanager.Secret(stack, "Proof", secret_string_value=SecretValue.unsafe_plain_text("x"))
    Distribution(
        stack, "Console", stage=stage, content=s3.Bucket(stack, "Content"), origin_secret=secret, sign_in_endpoints=[],
        api_domain="a1b2.execute-api.eu-central-1.amazonaws.com",
    )  # fmt: skip
    StatusDistribution(stack, "Status", stage=stage, content=s3.Bucket(stack, "Pages"))
    return Template.from_stack(stack)


@pytest.mark.parametrize("name", ["app.example.com", "status.example.com"])
def test_a_stage_with_a_domain_answers_by_its_name_with_tls_1_2_or_newer(name: str) -> None:
    viewer = {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    distributions(replace(PROD, domain=DOMAIN)).has_resource_properties(
        "AWS::CloudFront::Distribution",
        {"DistributionConfig": Match.object_like({"Aliases": [name], "ViewerCertificate": viewer})},
    )


def test_a_linter_is_told_of_no_missing_certificate_where_there_is_one() -> None:
    assert "CKV_AWS_174" not in str(distributions(replace(PROD, domain=DOMAIN)).to_json())
    assert "docs/adr/0110" in str(distributions(PROD).to_json())


def test_a_stage_without_a_domain_answers_by_cloudfronts_own_name() -> None:
    found = distributions(PROD).find_resources("AWS::CloudFront::Distribution")
    assert len(found) == 2
    assert all("Aliases" not in one["Properties"]["DistributionConfig"] for one in found.values())


def test_a_certificate_elsewhere_than_cloudfront_looks_is_refused() -> None:
    with pytest.raises(ValueError, match="us-east-1, where CloudFront looks"):
        replace(DOMAIN, certificate_arn=CERTIFICATE.replace("us-east-1", "eu-central-1"))
