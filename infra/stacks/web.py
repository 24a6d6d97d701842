"""The console and the tracker on S3, and CloudFront in front of them and of the API: one origin for browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, CustomResource, Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets

from infra import assets
from infra.acknowledge import acknowledge
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.identity import Identity
    from infra.constructs.platform import Platform

API_PATHS = ("/v1/*", "/api/*", "/health*", "/metrics", "/openapi.json")
SPA_FALLBACK = assets.ROOT / "infra" / "cloudfront" / "spa_fallback.js"
CONTENT_REASONS = {
    "NIST.800.53.R5-S3BucketReplicationEnabled": "Every deploy writes all of it again from the build",
    "NIST.800.53.R5-S3DefaultEncryptionKMS": "Files that anybody may download: S3's own key is enough, and CloudFront needs none",
}
WAF = "The API limits and refuses by itself; a WAF would cost $0.60 per million events, a third of what one may cost"
ADDRESSES = "CloudFront's logs hold every visitor's address, which P09 promises to store nowhere; the API's log has the rest"
CERTIFICATE = (
    "TLS 1.2 is set with a certificate for the customer's own domain, which comes with the delivery stack"
)
DISTRIBUTION_REASONS = {
    "AwsSolutions-CFR1": "Visitors of customers' sites come from every country",
    "AwsSolutions-CFR2": WAF,
    "AwsSolutions-CFR3": ADDRESSES,
    "AwsSolutions-CFR4": CERTIFICATE,
    "CKV_AWS_68": WAF,
    "CKV_AWS_86": ADDRESSES,
    "CKV_AWS_174": CERTIFICATE,
}
PUBLISH_TIMEOUT = Duration.minutes(5)


class WebStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        access_logs: s3.IBucket,
        api_domain: str,
        identity: Identity,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self.bucket = self._bucket(access_logs)
        self.distribution = self._distribution(api_domain, identity)
        self._publish(identity)
        CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "DistributionDomainName", value=self.distribution.distribution_domain_name)
        CfnOutput(self, "WebBucketName", value=self.bucket.bucket_name)

    def _bucket(self, access_logs: s3.IBucket) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "Content",
            encryption=s3.BucketEncryption.S3_MANAGED,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="web/",
        )
        acknowledge(bucket, CONTENT_REASONS)
        return bucket

    def _distribution(self, api_domain: str, identity: Identity) -> cloudfront.Distribution:
        api = self._api_behavior(api_domain)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=self._platform.stage.physical_name("web"),
            default_behavior=self._content_behavior(identity),
            additional_behaviors=dict.fromkeys(API_PATHS, api),
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        )
        acknowledge(distribution, DISTRIBUTION_REASONS)
        return distribution

    def _content_behavior(self, identity: Identity) -> cloudfront.BehaviorOptions:
        fallback = cloudfront.Function(
            self,
            "SpaFallback",
            code=cloudfront.FunctionCode.from_inline(SPA_FALLBACK.read_text()),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        association = cloudfront.FunctionAssociation(
            function=fallback, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            compress=True,
            function_associations=[association],
            response_headers_policy=self._security_headers(identity),
        )

    def _api_behavior(self, api_domain: str) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(api_domain, protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=self._forward_country(),
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        )

    def _forward_country(self) -> cloudfront.CachePolicy:
        """No caching, yet a cache policy: only one that may cache can ask CloudFront for the viewer's country, and the
        request policy that leaves out `Host` (which API Gateway needs to be its own) can't name it."""
        return cloudfront.CachePolicy(
            self,
            "ApiCache",
            cache_policy_name=self._platform.stage.physical_name("api"),
            default_ttl=Duration.seconds(0),
            min_ttl=Duration.seconds(0),
            max_ttl=Duration.seconds(1),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(
                "Authorization", "CloudFront-Viewer-Country"
            ),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
        )

    def _security_headers(self, identity: Identity) -> cloudfront.ResponseHeadersPolicy:
        policy = (
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            f"connect-src 'self' {identity.endpoint}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        )
        return cloudfront.ResponseHeadersPolicy(
            self,
            "SecurityHeaders",
            response_headers_policy_name=self._platform.stage.physical_name("web"),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
                    override=True,
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=True, override=True
                ),
            ),
        )

    def _publish(self, identity: Identity) -> None:
        content = s3_assets.Asset(self, "Console", path=str(assets.console()))
        distribution_id = self.distribution.distribution_id
        publisher = ServiceFunction(
            self,
            "web_publisher",
            platform=self._platform,
            environment={"WEB_BUCKET_NAME": self.bucket.bucket_name},
            reserved_concurrency=self._platform.stage.sizes.concurrency.web_publisher,
            timeout=PUBLISH_TIMEOUT,
            memory_mb=512,
            in_network=False,
        )
        publisher.allow("s3:GetObject", resources=[content.bucket.arn_for_objects(content.s3_object_key)])
        publisher.allow("s3:ListBucket", resources=[self.bucket.bucket_arn])
        why = "It writes and removes whatever files a build of the console brings, in this one bucket"
        content_arn = f"{self.get_logical_id(self.bucket.node.default_child)}.Arn"
        acknowledge(publisher.policy, {f"AwsSolutions-IAM5[Resource::<{content_arn}>/*]": why})
        publisher.allow("s3:PutObject", "s3:DeleteObject", resources=[self.bucket.arn_for_objects("*")])
        arn = self.format_arn(
            service="cloudfront", region="", resource="distribution", resource_name=distribution_id
        )
        publisher.allow("cloudfront:CreateInvalidation", resources=[arn])
        CustomResource(
            self,
            "Publication",
            resource_type="Custom::WebContent",
            service_token=publisher.function.function_arn,
            service_timeout=PUBLISH_TIMEOUT,
            properties={
                "AssetBucket": content.s3_bucket_name,
                "AssetKey": content.s3_object_key,
                "DistributionId": distribution_id,
                # As text: CloudFormation would make a string of every value in it.
                "Config": self.to_json_string(
                    {
                        "stage": self._platform.stage.name,
                        "cognito_endpoint": identity.endpoint,
                        "client_id": identity.client_id,
                        "demo_people": self._platform.stage.local is not None,
                    }
                ),
            },
        )
