"""The way in by the company's directory, which no stage of ours names yet."""

from dataclasses import replace

from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Match, Template

from infra.constructs.single_sign_on import SingleSignOn
from infra.stages import PROD, Sso

SSO = Sso(
    metadata_url="https://sso.example/metadata", console_url="https://console.example", groups_attribute="memberOf"
)


def test_a_stage_that_names_its_sso_lets_people_in_by_saml_and_a_code_for_its_console_alone() -> None:
    stack = Stack(App(), "Access")
    groups = {"groups": cognito.StringAttribute(mutable=True)}
    pool = cognito.UserPool(stack, "People", custom_attributes=groups)
    stage = replace(PROD, sso=SSO)
    found = SingleSignOn(stack, "Sso", stage=stage, pool=pool, base_url="https://sign-in.example").redirect
    template = Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::Cognito::UserPoolIdentityProvider",
        {
            "ProviderType": "SAML",
            "ProviderDetails": Match.object_like({"MetadataURL": SSO.metadata_url, "IDPInit": False}),
            "AttributeMapping": {"email": "email", "name": "name", "custom:groups": "memberOf"},
        },
    )
    template.has_resource_properties(
        "AWS::Cognito::UserPoolClient",
        {
            "GenerateSecret": False,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": ["https://console.example/signed-in"],
            "LogoutURLs": ["https://console.example/"],
            "WriteAttributes": ["custom:groups", "email", "name"],
        },
    )
    assert found is not None
    assert found.provider
