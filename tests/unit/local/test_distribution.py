from typing import Any

import pytest

from local.front_door.distribution import ApiBehavior, Distribution, Header, parse_behaviors, policy_headers

CONFIG: dict[str, Any] = {
    "Origins": {
        "Items": [
            {"Id": "content", "DomainName": "bucket.s3.us-east-1.amazonaws.com", "OriginPath": ""},
            {
                "Id": "api",
                "DomainName": "a1b2c3d4.execute-api.us-east-1.amazonaws.com",
                "CustomHeaders": {"Items": [{"HeaderName": "x-origin", "HeaderValue": "edge"}]},
            },
        ]
    },
    "CacheBehaviors": {
        "Items": [
            {"PathPattern": "/v1/static/*", "TargetOriginId": "content"},
            {
                "PathPattern": "/v1/*",
                "TargetOriginId": "api",
                "AllowedMethods": {"Items": ["GET", "POST"]},
                "ResponseHeadersPolicyId": "policy",
            },
            {"PathPattern": "health?", "TargetOriginId": "api"},
        ]
    },
}
NOSNIFF = Header("x-content-type-options", "nosniff", override=True)


@pytest.fixture
def distribution() -> Distribution:
    return Distribution("d1.cloudfront.net", tuple(parse_behaviors(CONFIG, {"policy": (NOSNIFF,)})))


def api_for(distribution: Distribution, path: str) -> ApiBehavior:
    found = distribution.api_behavior(path)
    assert found is not None
    return found


def test_the_first_behavior_whose_pattern_matches_decides(distribution: Distribution) -> None:
    assert distribution.api_behavior("/v1/static/app.js") is None
    assert api_for(distribution, "/v1/events").path_prefix == "/_aws/execute-api/a1b2c3d4/$default"


def test_a_path_without_a_behavior_is_left_to_the_default_origin(distribution: Distribution) -> None:
    assert distribution.api_behavior("/") is None
    assert distribution.api_behavior("/v10/events") is None


def test_a_question_mark_stands_for_one_character_and_the_slash_may_be_missing(distribution: Distribution) -> None:
    assert api_for(distribution, "/healthy")
    assert distribution.api_behavior("/health") is None
    assert distribution.api_behavior("/health/db") is None


def test_methods_headers_and_policy_come_from_the_distribution(distribution: Distribution) -> None:
    behavior = api_for(distribution, "/v1/events")
    assert behavior.methods == {"GET", "POST"}
    assert behavior.origin_headers == {"x-origin": "edge"}
    assert behavior.response_headers == (NOSNIFF,)


def test_without_allowed_methods_cloudfront_takes_reads_only(distribution: Distribution) -> None:
    assert api_for(distribution, "/healthy").methods == {"GET", "HEAD"}


def test_a_response_headers_policy_becomes_headers() -> None:
    policy = {
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": True},
            "FrameOptions": {"FrameOption": "DENY", "Override": False},
            "ContentTypeOptions": {"Override": True},
            "StrictTransportSecurity": {"AccessControlMaxAgeSec": 60, "IncludeSubdomains": True, "Override": True},
        },
        "CustomHeadersConfig": {"Items": [{"Header": "Permissions-Policy", "Value": "camera=()", "Override": True}]},
    }
    assert list(policy_headers(policy)) == [
        Header("content-security-policy", "default-src 'self'", override=True),
        Header("x-frame-options", "DENY", override=False),
        NOSNIFF,
        Header("strict-transport-security", "max-age=60; includeSubDomains", override=True),
        Header("permissions-policy", "camera=()", override=True),
    ]
