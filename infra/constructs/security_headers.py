"""What our CloudFront distributions tell browsers about the pages that they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

# None of our pages asks for any of it.
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def any_origin() -> cloudfront.ResponseHeadersCorsBehavior:
    """Scripts of every site may read what anybody may fetch."""
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_origins=["*"],
        access_control_allow_methods=["GET", "HEAD"],
        access_control_allow_headers=["*"],
        access_control_allow_credentials=False,
        origin_override=True,
    )


def security_headers(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    content_security_policy: Sequence[str],
    cors: cloudfront.ResponseHeadersCorsBehavior | None = None,
) -> cloudfront.ResponseHeadersPolicy:
    """`content_security_policy` are its directives; `cors` lets scripts of other sites read."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        construct_id,
        response_headers_policy_name=name,
        cors_behavior=cors,
        custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
            custom_headers=[
                cloudfront.ResponseCustomHeader(header="permissions-policy", value=PERMISSIONS_POLICY, override=True)
            ]
        ),
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy="; ".join(content_security_policy), override=True
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
