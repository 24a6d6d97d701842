from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from functions.web_publisher.publish import OUTDATED
from shared.http.origin_proof import HEADER
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource

API_PATHS = {"/v1/*", "/api/*", "/health*", "/metrics", "/openapi.json"}
TRACKER_PATHS = "/js/*"
# Managed-AllViewerExceptHostHeader: API Gateway refuses a Host that is not its own.
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

HEADERS_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"


@pytest.mark.parametrize("stage", STAGES)
def test_paths_of_the_api_go_to_the_gateway_and_are_never_cached(assembly: Assembly, stage: str) -> None:
    config = _distribution(assembly, stage)
    behaviors = {one["PathPattern"]: one for one in config["CacheBehaviors"]}
    del behaviors[TRACKER_PATHS]
    assert set(behaviors) == API_PATHS
    gateway = next(one["Id"] for one in config["Origins"] if "CustomOriginConfig" in one)
    ((_, cache),) = assembly.of_type(stage, "AWS::CloudFront::CachePolicy")
    assert cache.properties["CachePolicyConfig"]["DefaultTTL"] == 0
    for behavior in behaviors.values():
        assert behavior["TargetOriginId"] == gateway
        assert behavior["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST
        assert behavior["CachePolicyId"] == {"Ref": cache.logical_id}
        assert "POST" in behavior["AllowedMethods"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_api_learns_credentials_and_place_of_the_viewer(assembly: Assembly, stage: str) -> None:
    ((_, cache),) = assembly.of_type(stage, "AWS::CloudFront::CachePolicy")
    parameters = cache.properties["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    place = ["CloudFront-Viewer-City", "CloudFront-Viewer-Country", "CloudFront-Viewer-Country-Region"]
    assert parameters["HeadersConfig"]["Headers"] == ["Authorization", *place]


@pytest.mark.parametrize("stage", STAGES)
def test_other_paths_go_to_the_bucket_with_fallback_and_headers(assembly: Assembly, stage: str) -> None:
    config = _distribution(assembly, stage)
    default = config["DefaultCacheBehavior"]
    bucket = next(one for one in config["Origins"] if "S3OriginConfig" in one)
    assert default["TargetOriginId"] == bucket["Id"]
    assert bucket["OriginAccessControlId"]
    assert [one["EventType"] for one in default["FunctionAssociations"]] == ["viewer-request"]
    assert default["ResponseHeadersPolicyId"]
    assert config["DefaultRootObject"] == "index.html"


@pytest.mark.parametrize("stage", STAGES)
def test_pages_of_every_origin_may_read_the_tracker(assembly: Assembly, stage: str) -> None:
    (behavior,) = [
        one for one in _distribution(assembly, stage)["CacheBehaviors"] if one["PathPattern"] == TRACKER_PATHS
    ]
    policy = assembly.stages[stage]["Web"].find(behavior["ResponseHeadersPolicyId"]["Ref"])
    cors = policy.properties["ResponseHeadersPolicyConfig"]["CorsConfig"]
    assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert cors["AccessControlAllowCredentials"] is False


@pytest.mark.parametrize("stage", STAGES)
def test_access_logs_are_structured_and_know_no_visitor(assembly: Assembly, stage: str) -> None:
    for _, gateway in assembly.of_type(stage, "AWS::ApiGatewayV2::Stage"):
        _knows_no_visitor(gateway)


def _knows_no_visitor(gateway: Resource) -> None:
    line = re.sub(r'(?<!")\$context\.\w+', "200", gateway.properties["AccessLogSettings"]["Format"])
    fields = json.loads(line)
    assert {"status", "responseLatency", "route", "requestId"} <= set(fields)
    # As numbers: KPIs are counted by comparing them.
    assert {name for name, value in fields.items() if value == 200} == {"status", "responseLatency"}
    assert "sourceIp" not in str(fields)
    assert "userAgent" not in str(fields)
    assert gateway.properties["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


@pytest.mark.parametrize("stage", STAGES)
def test_the_console_is_told_where_people_sign_in(assembly: Assembly, stage: str) -> None:
    ((_, content),) = assembly.of_type(stage, "Custom::WebContent")
    config = json.dumps(content.properties["Config"])
    for word in ("stage", "cognito_endpoint", "client_id", "demo_people"):
        assert word in config
    assert (r"\"demo_people\\\":true" in json.dumps(config)) == (stage == "local")
    # No stage in AWS names an SSO yet; on this machine the pool signs people in by redirect.
    assert ("authorize_url" in config) == (stage == "local")


@pytest.mark.parametrize("stage", STAGES)
def test_the_publisher_reads_one_release_and_its_own_list_and_writes_one_bucket(assembly: Assembly, stage: str) -> None:
    (policy,) = [
        one
        for one in assembly.stages[stage]["Web"].of_type("AWS::IAM::ManagedPolicy")
        if "cloudfront:CreateInvalidation" in json.dumps(one.properties)
    ]
    resources: dict[str, list[str]] = {}
    for statement in policy.properties["PolicyDocument"]["Statement"]:
        action, resource = statement["Action"], statement["Resource"]
        actions: list[str] = [action] if isinstance(action, str) else action
        on = resource if isinstance(resource, list) else [resource]
        for action in actions:
            resources.setdefault(action, []).extend(map(_path, on))
    (bucket,) = [
        one.logical_id
        for one in assembly.stages[stage]["Web"].of_type("AWS::S3::Bucket")
        if one.logical_id.startswith("Content")
    ]
    everything = f"<{bucket}.Arn>/*"
    assert resources["s3:PutObject"] == resources["s3:DeleteObject"] == [everything]
    release, own = resources["s3:GetObject"]
    assert re.fullmatch(r"[^*]+/[0-9a-f]{64}\.zip", release)
    assert own == f"<{bucket}.Arn>/{OUTDATED}"


@pytest.mark.parametrize("stage", STAGES)
def test_the_user_pool_has_a_group_for_each_role_and_no_self_service(assembly: Assembly, stage: str) -> None:
    groups = {one.properties["GroupName"] for _, one in assembly.of_type(stage, "AWS::Cognito::UserPoolGroup")}
    assert groups == {"P09-Developer", "P09-SRE", "P09-DBA", "P09-Lead", "P09-Auditor"}
    ((_, pool),) = assembly.of_type(stage, "AWS::Cognito::UserPool")
    assert pool.properties["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def _text(value: Any) -> str:
    """With a star for what is known only once it is deployed."""
    return (
        value
        if isinstance(value, str)
        else "".join(one if isinstance(one, str) else "*" for one in value["Fn::Join"][1])
    )


def _path(value: Any) -> str:
    """With the names of what is known only once it is deployed."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        return "".join(map(_path, value["Fn::Join"][1]))
    if "Fn::Sub" in value:
        return str(value["Fn::Sub"])
    return f"<{'.'.join(value['Fn::GetAtt'])}>" if "Fn::GetAtt" in value else f"<{value['Ref']}>"


def _distribution(assembly: Assembly, stage: str) -> dict[str, Any]:
    (distribution,) = assembly.stages[stage]["Web"].of_type("AWS::CloudFront::Distribution")
    config: dict[str, Any] = distribution.properties["DistributionConfig"]
    return config


@pytest.mark.parametrize("stage", STAGES)
def test_every_distribution_tells_browsers_what_its_pages_may_do(assembly: Assembly, stage: str) -> None:
    policies = [one.properties["ResponseHeadersPolicyConfig"] for _, one in assembly.of_type(stage, HEADERS_POLICY)]
    assert policies
    for policy in policies:
        security = policy["SecurityHeadersConfig"]
        assert {"ContentSecurityPolicy", "FrameOptions", "ReferrerPolicy", "StrictTransportSecurity"} <= set(security)
        content = _text(security["ContentSecurityPolicy"]["ContentSecurityPolicy"])
        directives = {name: value for name, _, value in (part.strip().partition(" ") for part in content.split(";"))}
        assert "unsafe" not in directives.get("script-src", directives["default-src"])
        assert directives["frame-ancestors"] == "'none'"
        assert [one["Header"] for one in policy["CustomHeadersConfig"]["Items"]] == ["permissions-policy"]


@pytest.mark.parametrize("stage", STAGES)
def test_cloudfront_proves_itself_to_the_api_by_a_secret_that_no_template_holds(assembly: Assembly, stage: str) -> None:
    (secret,) = [
        one
        for _, one in assembly.of_type(stage, "AWS::SecretsManager::Secret")
        if one.properties["Name"] == f"p09-{stage}-origin-proof"
    ]
    (api,) = [one for one in _distribution(assembly, stage)["Origins"] if "CustomOriginConfig" in one]
    (header,) = api["OriginCustomHeaders"]
    assert header["HeaderName"] == HEADER
    before, reference, after = header["HeaderValue"]["Fn::Join"][1]
    assert (before, after) == ("{{resolve:secretsmanager:", ":SecretString:password::}}")
    assert secret.logical_id in str(reference)
    for stack in assembly.stacks(stage):
        assert "resolve:secretsmanager" not in str(stack.template.get("Outputs", {}))
