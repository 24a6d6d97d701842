"""A CDK app whose topic goes straight to people."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sns as sns

from infra.constructs.paging import page


def main() -> None:
    app = cdk.App()
    stage = cdk.Stage(app, "paging")
    stack = cdk.Stack(stage, "Alarms", stack_name="P09-paging-Alarms")
    page(sns.Topic(stack, "Topic"), ["sre@example.com", "https://events.example.com/integration/key/enqueue"])
    app.synth()


if __name__ == "__main__":
    main()
