"""What a stage's first deploy needs of an account, asked of the account itself. Reads only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Outcome = Literal["ok", "warn", "fail", "unknown"]
# What AWS keeps of an account's concurrency, which nobody can reserve.
UNRESERVED: Final = 100
# Interface endpoints of a stage's VPC, at the most.
ENDPOINTS: Final = 8
_BOOTSTRAP: Final = "CDKToolkit"
# The oldest bootstrap whose roles `deploy.sh` can use.
_BOOTSTRAP_VERSION: Final = 14
_BACKED_UP: Final = ("Aurora", "DynamoDB")
_LINKED: Final = {
    "AWSServiceRoleForRDS": "rds.amazonaws.com",
    "AWSServiceRoleForElastiCache": "elasticache.amazonaws.com",
    "AWSServiceRoleForBackup": "backup.amazonaws.com",
}
_GITHUB: Final = "token.actions.githubusercontent.com"
_CONNECT_GITHUB: Final = (
    f"aws iam create-open-id-connect-provider --url https://{_GITHUB} --client-id-list sts.amazonaws.com"
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """``found`` and ``needed`` in the words of the table; ``mend`` is empty when nothing is to be done."""

    what: str
    found: str
    needed: str
    outcome: Outcome
    mend: str = ""

    def row(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What one stage takes."""

    reserved: int
    region: str
    copy_region: str


@dataclass(frozen=True)
class Account:
    """``client`` gives boto3's client for a service in a region."""

    client: Callable[[str, str], Any]

    def checks(self, needs: Needs) -> Iterator[Check]:
        region = needs.region
        regions = list(dict.fromkeys([region, needs.copy_region]))
        yield from _asked("Lambda concurrency", lambda: [self._concurrency(needs)])
        yield from _asked("VPCs", lambda: [self._vpcs(region)])
        yield from _asked(
            "Interface endpoints",
            lambda: [self._quota("Interface endpoints of a VPC", "vpc", "L-29B6F2EB", region, ENDPOINTS)],
        )
        yield from _asked("Elastic IPs", lambda: [self._quota("Elastic IPs", "ec2", "L-0263D0A3", region, 0)])
        yield from _asked("Aurora clusters", lambda: [self._clusters(region)])
        for one in regions:
            yield from _asked(f"CDK bootstrap in {one}", lambda one=one: [self._bootstrap(one)])  # type: ignore[misc]  # a default binds the name, which mypy can't infer
        for one in regions:
            yield from _asked(f"AWS Backup in {one}", lambda one=one: self._backup(one))  # type: ignore[misc]  # a default binds the name, which mypy can't infer
        yield from _asked("Service-linked roles", lambda: map(self._linked, _LINKED))
        yield from _asked("GitHub as identity provider", lambda: [self._github()])
        yield from _asked("SES", lambda: [self._mail(region)])

    def _concurrency(self, needs: Needs) -> Check:
        limits = self.client("lambda", needs.region).get_account_settings()["AccountLimit"]
        free, needed = limits["UnreservedConcurrentExecutions"], needs.reserved + UNRESERVED
        enough = free >= needed
        return Check(
            what="Lambda concurrency (L-B99A9384)",
            found=f"{free} unreserved of {limits['ConcurrentExecutions']}",
            needed=f"{needs.reserved} to reserve, {UNRESERVED} left over",
            outcome="ok" if enough else "fail",
            mend=""
            if enough
            else _increase("lambda", "L-B99A9384", needed + limits["ConcurrentExecutions"] - free, needs.region),
        )

    def _vpcs(self, region: str) -> Check:
        pages = self.client("ec2", region).get_paginator("describe_vpcs").paginate()
        used = sum(len(page["Vpcs"]) for page in pages)
        return self._quota("VPCs of a region", "vpc", "L-F678F1CE", region, 1, used)

    def _clusters(self, region: str) -> Check:
        pages = self.client("rds", region).get_paginator("describe_db_clusters").paginate()
        used = sum(len(page["DBClusters"]) for page in pages)
        # Its own, and the copy that a drill restores beside it.
        return self._quota("Aurora clusters", "rds", "L-952B80B8", region, 2, used)

    def _quota(self, what: str, service: str, code: str, region: str, needed: int, used: int = 0) -> Check:
        quotas = self.client("service-quotas", region)
        try:
            value = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchResourceException":
                raise
            value = quotas.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
        enough = value >= used + needed
        return Check(
            what=f"{what} ({code})",
            found=f"{used} used of {value:g}" if used else f"{value:g} allowed",
            needed=f"{needed} more" if used else str(needed),
            outcome="ok" if enough else "fail",
            mend="" if enough else _increase(service, code, used + needed, region),
        )

    def _bootstrap(self, region: str) -> Check:
        what, needed = f"CDK bootstrap in {region}", f"version {_BOOTSTRAP_VERSION} or newer"
        mend = f"cdk bootstrap aws://ACCOUNT/{region}"
        try:
            (stack,) = self.client("cloudformation", region).describe_stacks(StackName=_BOOTSTRAP)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return Check(what=what, found="none", needed=needed, outcome="fail", mend=mend)
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
        version = int(outputs.get("BootstrapVersion", 0))
        good = (
            version >= _BOOTSTRAP_VERSION
            and stack["StackStatus"].endswith("_COMPLETE")
            and "ROLLBACK" not in stack["StackStatus"]
        )
        return Check(
            what=what, found=f"version {version}, {stack['StackStatus']}", needed=needed,
            outcome="ok" if good else "fail", mend="" if good else mend,
        )  # fmt: skip

    def _backup(self, region: str) -> Iterable[Check]:
        settings = self.client("backup", region).describe_region_settings()
        opted: Mapping[str, bool] = settings.get("ResourceTypeOptInPreference", {})
        managed: Mapping[str, bool] = settings.get("ResourceTypeManagementPreference", {})
        for kind in _BACKED_UP:
            yield _switch(
                f"AWS Backup of {kind} in {region}", on=opted.get(kind, False),
                mend=f"aws backup update-region-settings --region {region} --resource-type-opt-in-preference {kind}=true",
            )  # fmt: skip
        yield _switch(
            f"AWS Backup's advanced DynamoDB features in {region}", on=managed.get("DynamoDB", False),
            mend=f"aws backup update-region-settings --region {region} --resource-type-management-preference DynamoDB=true",
        )  # fmt: skip

    def _linked(self, role: str) -> Check:
        try:
            self.client("iam", "us-east-1").get_role(RoleName=role)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise
            return Check(
                what=role, found="none", needed="before the first deploy, which may otherwise overtake its creation",
                outcome="warn", mend=f"aws iam create-service-linked-role --aws-service-name {_LINKED[role]}",
            )  # fmt: skip
        return Check(what=role, found="there", needed="there", outcome="ok")

    def _github(self) -> Check:
        found = self.client("iam", "us-east-1").list_open_id_connect_providers()["OpenIDConnectProviderList"]
        there = any(one["Arn"].endswith(f"/{_GITHUB}") for one in found)
        return Check(
            what="GitHub as identity provider", found="there" if there else "none", needed="for the pipeline",
            outcome="ok" if there else "warn",
            mend="" if there else _CONNECT_GITHUB,
        )  # fmt: skip

    def _mail(self, region: str) -> Check:
        account = self.client("sesv2", region).get_account()
        out = account.get("ProductionAccessEnabled", False)
        return Check(
            what=f"SES in {region}", found="production access" if out else "in the sandbox: mails reach verified addresses only",
            needed="production access, for invitations", outcome="ok" if out else "warn",
            mend="" if out else "ask for production access in the SES console, or aws sesv2 put-account-details",
        )  # fmt: skip


def passes(checks: Iterable[Check]) -> bool:
    """Whether a deploy can begin. What could not be asked may be wrong."""
    return all(one.outcome in {"ok", "warn"} for one in checks)


def _asked(what: str, ask: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """The answers, or that there was none: one missing permission hides no other check."""
    try:
        yield from list(ask())
    except NoCredentialsError:
        raise  # nothing can be asked
    except (ClientError, BotoCoreError) as error:
        yield Check(
            what=what, found=str(error), needed="an answer", outcome="unknown", mend="let these credentials read it"
        )


def _switch(what: str, *, on: bool, mend: str) -> Check:
    outcome: Outcome = "ok" if on else "fail"
    return Check(what=what, found="on" if on else "off", needed="on", outcome=outcome, mend="" if on else mend)


def _increase(service: str, code: str, value: float, region: str) -> str:
    return (
        f"aws service-quotas request-service-quota-increase --region {region} --service-code {service} "
        f"--quota-code {code} --desired-value {value:g}"
    )
