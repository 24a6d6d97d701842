"""The real `cdk bootstrap` and `cdk deploy` of stage local, skipped when nothing has changed."""

import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local.aws import CREDENTIALS, aws_client
from local.commands import run
from local.digest import digest_of
from local.github.app import REPOSITORY
from local.ministack import checkpoint
from local.postgres import ADMIN, DATABASE
from local.progress import say, step
from local.stand_ins import stand_in
from local.state import ACCOUNT, LOOPBACK, REGION, ROOT, Configuration, LocalError, State, write_json
from local.tls_proxy.authority import Papers
from local.valkey import admit
from local.web import BUILT, build_web

POSTGRES_SECRET = "p09-local-postgres-admin"  # noqa: S105  # the secret's name
VALKEY_SECRET = "p09-local-valkey"  # noqa: S105  # the secret's name
MAIL_DOMAIN = "p09.localhost"  # infra/stages.py sends from it
SLACK_SECRET = "p09-local-slack"  # noqa: S105  # the secret's name
WEBHOOKS_SECRET = "p09-local-webhooks"  # noqa: S105  # the secret's name
PIPELINE_SECRET = "p09-local-pipeline"  # noqa: S105  # the secret's name; the stacks create it
_DIGEST_PARAMETER = "/p09/local/deployed"
_ASSEMBLY_INPUTS = ("infra", "functions", "shared", "monitoring", "cdk.json", "package-lock.json")
_LOCKS = ("requirements/collect.txt", "requirements/dev.txt", "requirements/query.txt", "requirements/runtime.txt")


def put_secrets(config: Configuration) -> None:
    """Hand the local servers' passwords to the stacks, as Aurora and ElastiCache do in AWS, and Slack's token, as people do."""
    client = aws_client("secretsmanager", config.aws_endpoint)
    for name, secret, rotates in (
        (POSTGRES_SECRET, {"username": ADMIN, "password": config.postgres_admin_password}, False),
        (VALKEY_SECRET, {"username": "default", "password": config.valkey_password}, True),
        (SLACK_SECRET, {"bot_token": config.slack_token, "api_url": f"{config.slack_url}/api"}, False),
        (
            WEBHOOKS_SECRET,
            {"webhook": {"url": f"{config.slack_url}/webhook", "secret": config.slack_webhook_secret}},
            False,
        ),
    ):
        value = json.dumps(secret)
        try:
            client.create_secret(Name=name, SecretString=value)
        except client.exceptions.ResourceExistsException:
            if not rotates and _current(client, name) != value:
                client.put_secret_value(SecretId=name, SecretString=value)
    admit(config, json.loads(_current(client, VALKEY_SECRET))["password"])


def _fill_in_pipeline(config: Configuration) -> None:
    """Repository and token, as people put them there: here those of what stands for GitHub."""
    client = aws_client("secretsmanager", config.aws_endpoint)
    value = json.dumps({"repository": REPOSITORY, "token": config.github_token})
    if _current(client, PIPELINE_SECRET) != value:
        client.put_secret_value(SecretId=PIPELINE_SECRET, SecretString=value)


def _verify_mail_domain(config: Configuration) -> None:
    """As somebody does for a stage in AWS, by records in DNS."""
    aws_client("sesv2", config.aws_endpoint).create_email_identity(EmailIdentity=MAIL_DOMAIN)


def _current(client: Any, name: str) -> str:
    return str(client.get_secret_value(SecretId=name)["SecretString"])


def ensure_deployed(state: State, config: Configuration) -> bool:
    """Deploy what changed; True when there was anything to deploy.

    The digest of what was deployed last lies in MiniStack itself (as an SSM parameter), so it is lost
    exactly when the stacks are.
    """
    put_secrets(config)
    build_web()
    context = _write_context(state, config)
    digest = digest_of([*_ASSEMBLY_INPUTS, *_LOCKS, str(BUILT), str(context)])
    ssm = aws_client("ssm", config.aws_endpoint)
    if _deployed_digest(ssm) == digest:
        _fill_in_pipeline(config)
        say("the stacks are deployed and unchanged")
        return False
    with step("cdk synth: writing the stacks' templates and assets"):
        chosen = ("-c", f"local={context}", "-c", "stages=local")
        _cdk(state, config, "synth", "--quiet", "--output", str(state.assembly), *chosen)
    if not _exists(config, "CDKToolkit"):
        with step("cdk bootstrap: preparing the local AWS for deployments"):
            _cdk(state, config, "bootstrap", f"aws://{ACCOUNT}/{REGION}")
    with step("cdk deploy 'local/*'"):
        _cdk(state, config, "deploy", "local/*", *("--require-approval", "never", "--concurrency", "4"))
    stand_in(config.aws_endpoint)
    _verify_mail_domain(config)
    _fill_in_pipeline(config)
    ssm.put_parameter(Name=_DIGEST_PARAMETER, Value=digest, Type="String", Overwrite=True)
    checkpoint(config.aws_endpoint)
    return True


def is_deployed(config: Configuration) -> bool:
    """Whether MiniStack still has what was deployed last, changed since then or not."""
    return _deployed_digest(aws_client("ssm", config.aws_endpoint)) is not None


def outputs(config: Configuration) -> dict[str, str]:
    """The outputs of all deployed stacks of stage local, by name."""
    stacks = aws_client("cloudformation", config.aws_endpoint).describe_stacks()["Stacks"]
    return {
        output["OutputKey"]: output["OutputValue"]
        for stack in stacks
        if stack["StackName"].startswith("P09-local-")
        for output in stack.get("Outputs", [])
    }


def _write_context(state: State, config: Configuration) -> Path:
    """Where functions reach the servers of stage local, by TLS: what the stacks of the other stages create themselves."""
    file = state.folder / "stage.json"
    content: dict[str, Any] = {
        "postgres": {
            "host": LOOPBACK,
            "port": config.postgres_tls_port,
            "database": DATABASE,
            "secret_name": POSTGRES_SECRET,
        },
        "valkey": {"host": LOOPBACK, "port": config.valkey_tls_port, "secret_name": VALKEY_SECRET},
        "tls_ca": str(Papers(state.papers).authority),
        "origin": config.url,
        "aws_endpoint": config.aws_endpoint,
        "slack_url": config.slack_url,
        "github_url": config.github_url,
    }
    write_json(file, content)
    return file


def _cdk(state: State, config: Configuration, command: str, *options: str) -> None:
    assembly = () if command == "synth" else ("--app", str(state.assembly))
    arguments = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/aws-cdk/bin/cdk"), command]
    variables = {
        "AWS_ENDPOINT_URL": config.aws_endpoint,
        "AWS_ENDPOINT_URL_S3": config.aws_endpoint,
        "AWS_REGION": REGION,
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        **CREDENTIALS,
    }
    try:
        run([*arguments, *assembly, "--ci", "--no-notices", *options], state.log("cdk"), variables)
    except LocalError as error:
        raise LocalError(f"{error}\n{_failed_resources(config)}") from error


def _failed_resources(config: Configuration) -> str:
    """Which resource CloudFormation could not make, and why."""
    client = aws_client("cloudformation", config.aws_endpoint)
    lines = [
        f"  {event['StackName']}: {event['LogicalResourceId']} ({event['ResourceType']}): "
        f"{event.get('ResourceStatusReason', 'no reason given')}"
        for stack in client.describe_stacks()["Stacks"]
        if "FAILED" in stack["StackStatus"] or "ROLLBACK" in stack["StackStatus"]
        for event in client.describe_stack_events(StackName=stack["StackName"])["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "\n".join(["  Resources that failed:", *lines]) if lines else ""


def _exists(config: Configuration, stack: str) -> bool:
    try:
        aws_client("cloudformation", config.aws_endpoint).describe_stacks(StackName=stack)
    except ClientError:
        return False
    return True


def _deployed_digest(ssm: Any) -> str | None:
    try:
        return str(ssm.get_parameter(Name=_DIGEST_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return None
