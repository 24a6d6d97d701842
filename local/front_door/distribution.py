"""What the front door takes from the deployed CloudFront distribution: which requests go to the API."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws import aws_client

API_STACK = "P09-local-Api"
WEB_STACK = "P09-local-Web"
STATUS_STACK = "P09-local-Status"
STAGING_PATH = "/staging"  # infra/stacks/api.py names it
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_API_HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.")


@dataclass(frozen=True)
class Header:
    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class ApiBehavior:
    """A cache behaviour whose origin is an HTTP API. ``mounted_at`` is the path at which this machine has one without a
    behaviour, whose requests are no customer's."""

    pattern: re.Pattern[str]
    path_prefix: str
    methods: frozenset[str]
    origin_headers: Mapping[str, str]
    response_headers: tuple[Header, ...]
    mounted_at: str = ""


@dataclass(frozen=True)
class Distribution:
    domain: str
    behaviors: tuple[tuple[re.Pattern[str], ApiBehavior | None], ...]

    def api_behavior(self, path: str) -> ApiBehavior | None:
        """The first behaviour whose pattern matches decides; None leaves the path to other origins."""
        return next((api for pattern, api in self.behaviors if pattern.match(path)), None)


def read_distribution(endpoint: str) -> Distribution:
    outputs = _outputs(endpoint, WEB_STACK)
    client = aws_client("cloudfront", endpoint)
    config = client.get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    policies = _policies(client, config)
    return Distribution(outputs["DistributionDomainName"], tuple(parse_behaviors(config, policies)))


def read_status_page(endpoint: str) -> Distribution:
    """Files alone, and nothing behind them."""
    return Distribution(_outputs(endpoint, STATUS_STACK)["StatusDistributionDomainName"], ())


def read_staging(endpoint: str) -> Distribution:
    return staging(_outputs(endpoint, API_STACK)["StagingApiId"])


def staging(api: str) -> Distribution:
    """Staging's own API, which stands behind no distribution."""
    every = re.compile(f"{STAGING_PATH}/.*\\Z", re.DOTALL)
    behavior = ApiBehavior(
        pattern=every, path_prefix=f"/_aws/execute-api/{api}/$default", methods=frozenset(EVERY_METHOD),
        origin_headers={}, response_headers=(), mounted_at=STAGING_PATH,
    )  # fmt: skip
    return Distribution("", ((every, behavior),))


def parse_behaviors(
    config: Mapping[str, Any], policies: Mapping[str, tuple[Header, ...]]
) -> Iterator[tuple[re.Pattern[str], ApiBehavior | None]]:
    """CloudFront's behaviours in their order; those of other origins than an API carry None."""
    origins = {origin["Id"]: origin for origin in config["Origins"]["Items"]}
    for behavior in config.get("CacheBehaviors", {}).get("Items", []):
        pattern = _pattern(behavior["PathPattern"])
        origin = origins[behavior["TargetOriginId"]]
        host = _API_HOST.match(origin["DomainName"])
        if not host:
            yield pattern, None
            continue
        yield (
            pattern,
            ApiBehavior(
                pattern=pattern,
                path_prefix=f"/_aws/execute-api/{host['api']}/$default{origin.get('OriginPath', '')}",
                methods=frozenset(behavior.get("AllowedMethods", {}).get("Items", ["GET", "HEAD"])),
                origin_headers={
                    item["HeaderName"]: item["HeaderValue"] for item in origin.get("CustomHeaders", {}).get("Items", [])
                },
                response_headers=policies.get(behavior.get("ResponseHeadersPolicyId", ""), ()),
            ),
        )


def policy_headers(policy: Mapping[str, Any]) -> Iterator[Header]:
    """The headers that a response headers policy adds (CORS apart: the API answers that itself)."""
    security = policy.get("SecurityHeadersConfig", {})
    for key, name, field in (
        ("ContentSecurityPolicy", "content-security-policy", "ContentSecurityPolicy"),
        ("FrameOptions", "x-frame-options", "FrameOption"),
        ("ReferrerPolicy", "referrer-policy", "ReferrerPolicy"),
    ):
        if found := security.get(key):
            yield Header(name, found[field], found["Override"])
    if found := security.get("ContentTypeOptions"):
        yield Header("x-content-type-options", "nosniff", found["Override"])
    if found := security.get("StrictTransportSecurity"):
        named = (("IncludeSubdomains", "; includeSubDomains"), ("Preload", "; preload"))
        flags = "".join(flag for name, flag in named if found.get(name))
        value = f"max-age={found['AccessControlMaxAgeSec']}{flags}"
        yield Header("strict-transport-security", value, found["Override"])
    for item in policy.get("CustomHeadersConfig", {}).get("Items", []):
        yield Header(item["Header"].lower(), item["Value"], item["Override"])


def _outputs(endpoint: str, stack: str) -> dict[str, str]:
    found = aws_client("cloudformation", endpoint).describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def _policies(client: Any, config: Mapping[str, Any]) -> dict[str, tuple[Header, ...]]:
    behaviors = config.get("CacheBehaviors", {}).get("Items", [])
    wanted = {behavior["ResponseHeadersPolicyId"] for behavior in behaviors if behavior.get("ResponseHeadersPolicyId")}
    return {
        policy: tuple(
            policy_headers(client.get_response_headers_policy_config(Id=policy)["ResponseHeadersPolicyConfig"])
        )
        for policy in wanted
    }


def _pattern(pattern: str) -> re.Pattern[str]:
    """CloudFront's wildcards: `*` is any characters, `?` exactly one; the leading slash may be missing."""
    words = {"*": ".*", "?": "."}
    rooted = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
    return re.compile("".join(words.get(letter) or re.escape(letter) for letter in rooted) + r"\Z", re.DOTALL)
