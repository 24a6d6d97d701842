"""Console and tracker on S3 behind CloudFront, which is the API's door as well: one origin for browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, CustomResource, Duration, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets

from infra import assets
from infra.acknowledge import acknowledge
from infra.constructs.distribution import Distribution
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager
    from constructs import Construct

    from infra.constructs.identity import Identity
    from infra.constructs.platform import Platform

PUBLISH_TIMEOUT = Duration.minutes(5)
# What the publisher reads again of what it wrote: since when files are of no current release.
OUTDATED = "outdated.json"
BUCKET_REASONS = {
    "NIST.800.53.R5-S3BucketReplicationEnabled": "Every deploy writes all of it again from the build",
    "NIST.800.53.R5-S3DefaultEncryptionKMS": "Files that anybody may download: S3's own key is enough",
}


class WebStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        access_logs: s3.IBucket,
        api_domain: str,
        origin_secret: secretsmanager.ISecret,
        identity: Identity,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self.bucket = self._bucket(access_logs)
        self.distribution = Distribution(
            self,
            "Web",
            stage=platform.stage,
            content=self.bucket,
            api_domain=api_domain,
            origin_secret=origin_secret,
            sign_in_endpoints=identity.sign_in_endpoints,
        ).distribution
        content = s3_assets.Asset(self, "Console", path=str(assets.console()))
        self._publish(self._publisher(content), content, identity)
        CfnOutput(self, "DistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "DistributionDomainName", value=self.distribution.distribution_domain_name)
        CfnOutput(self, "WebBucketName", value=self.bucket.bucket_name)

    @property
    def url(self) -> str:
        domain = self._platform.stage.domain
        return f"https://{domain.console if domain else self.distribution.distribution_domain_name}"

    def _bucket(self, access_logs: s3.IBucket) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "Content",
            encryption=s3.BucketEncryption.S3_MANAGED,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="web/",
        )
        acknowledge(bucket, BUCKET_REASONS)
        return bucket

    def _publisher(self, content: s3_assets.Asset) -> ServiceFunction:
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
        release = content.bucket.arn_for_objects(content.s3_object_key)
        publisher.allow("s3:GetObject", resources=[release, self.bucket.arn_for_objects(OUTDATED)])
        why = "It writes and removes whatever files a build of the console brings, in this one bucket"
        publisher.allow_files(self.bucket, "s3:PutObject", "s3:DeleteObject", why=why)
        publisher.allow("cloudfront:CreateInvalidation", resources=[self.distribution.distribution_arn])
        return publisher

    def _publish(self, publisher: ServiceFunction, content: s3_assets.Asset, identity: Identity) -> None:
        config = {
            "stage": self._platform.stage.name,
            "cognito_endpoint": identity.endpoint,
            "client_id": identity.client_id,
            "redirect": identity.redirect.config(identity.issuer) if identity.redirect else None,
            "demo_people": self._platform.stage.local is not None,
        }
        CustomResource(
            self,
            "Publication",
            resource_type="Custom::WebContent",
            service_token=publisher.function.function_arn,
            service_timeout=PUBLISH_TIMEOUT,
            properties={
                "AssetBucket": content.s3_bucket_name,
                "AssetKey": content.s3_object_key,
                "DistributionId": self.distribution.distribution_id,
                # As text: CloudFormation would make a string of every value in it.
                "Config": self.to_json_string(config),
            },
        )
