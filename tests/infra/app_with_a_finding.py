"""A CDK app with one bucket that breaks rules of all packs, for the test that findings end a synthesis."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from infra.checks import checked_app

if __name__ == "__main__":
    app = checked_app()
    s3.Bucket(cdk.Stack(app, "Stack"), "Bucket")
    app.synth()
