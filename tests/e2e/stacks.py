"""A deployed stack's template, and the stack deployed again with another one."""

import json
from typing import Any

from local.state import ACCOUNT, REGION
from tests.e2e.local_system import LocalSystem, until

Template = dict[str, Any]


def template_of(system: LocalSystem, stack: str) -> Template:
    body = system.aws("cloudformation").get_template(StackName=stack)["TemplateBody"]
    template: Template = body if isinstance(body, dict) else json.loads(body)
    return template


def deploy(system: LocalSystem, stack: str, template: Template) -> None:
    client, bucket = system.aws("cloudformation"), f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    # As CDK does: a request itself holds 51,200 bytes at most.
    system.aws("s3").put_object(Bucket=bucket, Key=f"{stack}.json", Body=json.dumps(template))
    url = f"https://s3.{REGION}.amazonaws.com/{bucket}/{stack}.json"
    client.update_stack(StackName=stack, TemplateURL=url, Capabilities=capabilities)
    done = {"UPDATE_COMPLETE"}

    def is_done() -> bool:
        status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        assert "ROLLBACK" not in status
        return status in done

    until(is_done, "update of the stack", 60)
