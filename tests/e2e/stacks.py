"""A deployed stack's template, and the stack deployed again with another one."""

import json
from typing import Any

from tests.e2e.local_system import LocalSystem, until

Template = dict[str, Any]


def template_of(system: LocalSystem, stack: str) -> Template:
    body = system.aws("cloudformation").get_template(StackName=stack)["TemplateBody"]
    template: Template = body if isinstance(body, dict) else json.loads(body)
    return template


def deploy(system: LocalSystem, stack: str, template: Template) -> None:
    client = system.aws("cloudformation")
    capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    client.update_stack(StackName=stack, TemplateBody=json.dumps(template), Capabilities=capabilities)
    done = {"UPDATE_COMPLETE"}

    def is_done() -> bool:
        status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        assert "ROLLBACK" not in status
        return status in done

    until(is_done, "update of the stack", 60)
