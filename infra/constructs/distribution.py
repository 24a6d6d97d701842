"""CloudFront: the console and the tracker from S3, the API from its gateway, under one domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from infra import assets
from infra.acknowledge import acknowledge
from infra.constructs.edge_domain import domain_reasons, edge_domain
from infra.constructs.security_headers import any_origin, security_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_secretsmanager as secretsmanager

    from infra.stages import Stage

API_PATHS = ("/v1/*", "/api/*", "/health*", "/metrics", "/openapi.json")
# What it sends the API, so that no other caller's word on the viewer is believed (shared/http/origin_proof.py).
ORIGIN_PROOF = "x-p09-origin-proof"
# CloudFormation reads the secret again only for a distribution that changed: another date here has it do so.
PROOF_RENEWED = "2026-11-24"
TRACKER_PATHS = "/js/*"
CLOUDFRONT_FUNCTIONS = assets.ROOT / "infra" / "cloudfront"
WAF = "The API limits and refuses by itself; docs/adr/0111 weighs what a WAF would add"
ADDRESSES = "These logs hold visitors' addresses, which P09 promises to store nowhere; the API logs the rest"
REASONS = {
    "AwsSolutions-CFR1": "Visitors of customers' sites come from every country",
    "AwsSolutions-CFR2": WAF,
    "AwsSolutions-CFR3": ADDRESSES,
    "CKV_AWS_68": WAF,
    "CKV_AWS_86": ADDRESSES,
}


class Distribution(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        content: s3.IBucket,
        api_domain: str,
        origin_secret: secretsmanager.ISecret,
        sign_in_endpoints: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        files = origins.S3BucketOrigin.with_origin_access_control(content)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{stage.physical_name('web')}, its proof as of {PROOF_RENEWED}",
            default_behavior=self._content_behavior(files, sign_in_endpoints),
            additional_behaviors={
                **dict.fromkeys(API_PATHS, self._api_behavior(api_domain, origin_secret)),
                TRACKER_PATHS: self._tracker_behavior(files),
            },
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            **edge_domain(self, stage=stage, name=stage.domain.console if stage.domain else ""),
        )
        acknowledge(self.distribution, REASONS | domain_reasons(stage))

    def _content_behavior(
        self, files: cloudfront.IOrigin, sign_in_endpoints: Sequence[str]
    ) -> cloudfront.BehaviorOptions:
        return self._files(files, "SpaFallback", "spa_fallback.js", self._security_headers(sign_in_endpoints))

    def _tracker_behavior(self, files: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        return self._files(files, "TrackerNames", "tracker_names.js", self._tracker_headers())

    def _files(
        self, files: cloudfront.IOrigin, function_id: str, code: str, headers: cloudfront.ResponseHeadersPolicy
    ) -> cloudfront.BehaviorOptions:
        """Files of the bucket; ``code`` of infra/cloudfront finds the file that a path stands for."""
        find_file = cloudfront.Function(
            self,
            function_id,
            code=cloudfront.FunctionCode.from_inline((CLOUDFRONT_FUNCTIONS / code).read_text()),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        at_request = cloudfront.FunctionEventType.VIEWER_REQUEST
        return cloudfront.BehaviorOptions(
            origin=files,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            compress=True,
            function_associations=[cloudfront.FunctionAssociation(function=find_file, event_type=at_request)],
            response_headers_policy=headers,
        )

    def _api_behavior(self, api_domain: str, origin_secret: secretsmanager.ISecret) -> cloudfront.BehaviorOptions:
        https = cloudfront.OriginProtocolPolicy.HTTPS_ONLY
        # A reference in the template: CloudFormation alone reads the value.
        proof = {ORIGIN_PROOF: origin_secret.secret_value_from_json("password").unsafe_unwrap()}
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(api_domain, protocol_policy=https, custom_headers=proof),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=self._viewer_policy(),
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        )

    def _viewer_policy(self) -> cloudfront.CachePolicy:
        """Caches nothing, and yet is a cache policy: docs/adr/0013 says why."""
        headers = (
            "Authorization",
            "CloudFront-Viewer-City",
            "CloudFront-Viewer-Country",
            "CloudFront-Viewer-Country-Region",
        )
        return cloudfront.CachePolicy(
            self,
            "ApiCache",
            cache_policy_name=self._stage.physical_name("api"),
            default_ttl=Duration.seconds(0),
            min_ttl=Duration.seconds(0),
            max_ttl=Duration.seconds(1),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(*headers),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
        )

    def _security_headers(self, sign_in_endpoints: Sequence[str]) -> cloudfront.ResponseHeadersPolicy:
        directives = (
            "default-src 'self'",
            "img-src 'self' data:",
            # Component and chart libraries set styles on elements.
            "style-src 'self' 'unsafe-inline'",
            f"connect-src 'self' {' '.join(sign_in_endpoints)}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
        name = self._stage.physical_name("web")
        return security_headers(self, "SecurityHeaders", name=name, content_security_policy=directives)

    def _tracker_headers(self) -> cloudfront.ResponseHeadersPolicy:
        """Pages of every site load the tracker, as a module, with an integrity hash or by fetch() as well."""
        return security_headers(
            self,
            "TrackerHeaders",
            name=self._stage.physical_name("tracker"),
            content_security_policy=("default-src 'none'", "frame-ancestors 'none'"),
            cors=any_origin(),
        )
