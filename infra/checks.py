"""Rule packs that a synthesis has to pass: a finding that nobody acknowledged ends it."""

from __future__ import annotations

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks


def checked_app() -> cdk.App:
    # The CLI would only report findings and go on.
    app = cdk.App(post_cli_context={"@aws-cdk/core:failSynthOnValidationErrors": True})
    packs = (AwsSolutionsChecks(app), NIST80053R5Checks(app), ServerlessChecks(app))
    cdk.Validations.of(app).add_plugins(*packs)
    return app
