"""CloudFront in front of the status page: nothing behind it but a bucket, so that it stands when all else falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.edge_domain import domain_reasons, edge_domain
from infra.constructs.security_headers import any_origin, security_headers

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

    from infra.stages import Stage

NOT_FOUND = "/404.html"
# S3 tells who may not list a bucket nothing of what is missing: it answers 403.
MISSING = (403, 404)
WAF = "Static files from the edge's cache: there is nothing to attack, and the page has to open for everybody"
READERS = "Who looks at the status page is nobody's business: no log keeps readers' addresses"
REASONS = {
    "AwsSolutions-CFR1": "Customers read it from every country",
    "AwsSolutions-CFR2": WAF,
    "AwsSolutions-CFR3": READERS,
    "CKV_AWS_68": WAF,
    "CKV_AWS_86": READERS,
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
)


class StatusDistribution(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, content: s3.IBucket) -> None:
        super().__init__(scope, construct_id)
        name = stage.physical_name("status")
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=name,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(content),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                # How long each file may be kept is said by the file.
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                compress=True,
                response_headers_policy=self._headers(name),
            ),
            error_responses=[
                cloudfront.ErrorResponse(
                    http_status=status,
                    response_http_status=404,
                    response_page_path=NOT_FOUND,
                    ttl=Duration.seconds(10),
                )
                for status in MISSING
            ],
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            **edge_domain(self, stage=stage, name=stage.domain.status if stage.domain else ""),
        )
        acknowledge(self.distribution, REASONS | domain_reasons(stage))

    def _headers(self, name: str) -> cloudfront.ResponseHeadersPolicy:
        """Scripts of every site may read it: monitors and widgets of status pages do."""
        return security_headers(
            self, "SecurityHeaders", name=name, content_security_policy=CONTENT_SECURITY_POLICY, cors=any_origin()
        )
