"""The stages: the only place that names them. They differ in sizes, and `local` finds its servers running."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

Shift = Literal["at_once", "canary"]
# An account has 1,000 executions at once, of which AWS keeps 100 that nobody can reserve.
MAX_RESERVED = 900
ZONES = 2


@dataclass(frozen=True, kw_only=True)
class Concurrency:
    """Reserved concurrency of each function: what bounds the connections that PostgreSQL can be asked for."""

    # The three HTTP functions. Sending events, asking for numbers and operating take nothing from each other.
    collect: int
    query: int
    api: int
    # One drains, by a lock in PostgreSQL; the others find that out and end.
    ingest_worker: int = 3
    kpi_evaluation: int = 2
    error_budget_review: int = 1
    backup_verification: int = 1
    missed_runs: int = 1
    # One at a time: each day's manifest names the one before.
    evidence_export: int = 1
    # The stream's batches and the sweep.
    outbox: int = 2
    # A burst of signals, most of them of one cause.
    incident_responder: int = 5
    notifier: int = 3
    # The hour's anchor beside the minute's rows.
    audit_anchor: int = 2
    # A run waits for what ends before the next has begun.
    credential_expiry: int = 3
    credential_reconciliation: int = 1
    secret_rotation: int = 1
    # People who sign in, or whose token is renewed, in the same instant.
    token_claims: int = 10
    # By the schedule, and by a deploy.
    signing_keys: int = 2
    people: int = 2
    migrate: int = 1
    # One drill; a second action may overlap with a first that was cut off.
    restore_drill: int = 2
    cold_start: int = 1
    # Whoever validates a restored database asks through them.
    staging_api: int = 3
    staging_query: int = 2
    # The 02:00 task beside the minute's probe.
    health_check: int = 2
    redis_memory: int = 1
    pipeline_review: int = 1
    # Each change's workflow acts now and then; its events come in bursts.
    promotion: int = 3
    # One publishes; who comes meanwhile leaves word and ends.
    status_publisher: int = 3
    web_publisher: int = 1

    @property
    def reserved(self) -> int:
        """Of the account's concurrency, by all functions together."""
        return sum(asdict(self).values())

    @property
    def postgres_connections(self) -> int:
        """An environment serves one request at a time and keeps one connection; a restarted one may leave its
        predecessor's behind until the server notices, hence two for each."""
        of_access = self.audit_anchor + self.credential_expiry + self.credential_reconciliation + self.secret_rotation
        of_http = self.collect + self.query + self.api + self.staging_api + self.staging_query
        # A drill marks a moment by three connections; a promotion reads two databases and writes to one by as many.
        return 2 * (of_http + self.ingest_worker + of_access + self.migrate) + 3 * self.restore_drill


@dataclass(frozen=True, kw_only=True)
class Sizes:
    concurrency: Concurrency
    # Connections that the functions can never take: people, backups, monitoring, superuser reserve.
    spare_connections: int = 30
    max_connections: int
    api_requests_per_second: int
    log_days: int
    aurora_min_capacity: float = 0.5
    aurora_max_capacity: float = 2
    # Without a reader a failed writer is replaced by a new instance: minutes instead of seconds.
    aurora_readers: int = 1
    # Zones that have endpoints of their own; functions of the others reach them across. Each is paid for by the hour.
    endpoint_zones: int = 1
    backup_days: int = 15
    # Drills come weekly, by the runbook, or on the first of those days of each month.
    monthly_drills: bool = False
    # For how long the database is kept that a promoted restore replaced; in AWS its cluster costs as long as it stands.
    put_aside_days: int = 7
    # How often a drill looks whether what it waits for has come about.
    drill_poll_seconds: int = 30
    # How long the workflow of a change waits at most before it looks again: not so short that an execution of two months
    # comes near the 25,000 events of its history.
    promotion_look_seconds: int = 3600
    valkey_node: str = "cache.m7g.large"
    deletion_protection: bool = False
    # How long nobody, no administrator either, can delete an anchor of the audit trail.
    audit_lock_days: int = 1
    # How traffic goes over to a new version of the API; None: there is only the newest.
    shift: Shift | None = "at_once"

    def __post_init__(self) -> None:
        needed = self.concurrency.postgres_connections + self.spare_connections
        if needed > self.max_connections:
            raise ValueError(f"functions may open {needed} connections, max_connections is {self.max_connections}")
        if self.concurrency.reserved > MAX_RESERVED:
            raise ValueError(
                f"functions reserve {self.concurrency.reserved} executions at once, an account has {MAX_RESERVED} to reserve"
            )


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that runs already: where it listens and the name of the secret that opens it."""

    host: str
    port: int
    secret_name: str


POSTGRES_SECRET = "p09-local-postgres-admin"  # noqa: S105 -- the secret's name
VALKEY_SECRET = "p09-local-valkey"  # noqa: S105 -- the secret's name


@dataclass(frozen=True, kw_only=True)
class LocalServers:
    """What stage `local` finds on this machine instead of creating it; written by `local/`."""

    postgres: Server = Server(host="127.0.0.1", port=5432, secret_name=POSTGRES_SECRET)
    postgres_database: str = "p09"
    valkey: Server = Server(host="127.0.0.1", port=6379, secret_name=VALKEY_SECRET)
    # The file of the authority that signed PostgreSQL's certificate.
    tls_ca: str = "authority.pem"
    origin: str = "http://127.0.0.1:8000"
    aws_endpoint: str = "http://127.0.0.1:4566"
    # What stands for Slack.
    slack_url: str = "http://127.0.0.1:8010"
    # What stands for GitHub's API.
    github_url: str = "http://127.0.0.1:8010/github"

    @classmethod
    def read(cls, path: Path) -> LocalServers:
        found: dict[str, Any] = json.loads(path.read_text())
        postgres, valkey = found["postgres"], found["valkey"]
        return cls(
            postgres=Server(host=postgres["host"], port=postgres["port"], secret_name=postgres["secret_name"]),
            postgres_database=postgres["database"],
            valkey=Server(host=valkey["host"], port=valkey["port"], secret_name=valkey["secret_name"]),
            tls_ca=found["tls_ca"],
            origin=found["origin"],
            aws_endpoint=found["aws_endpoint"],
            slack_url=found["slack_url"],
            github_url=found["github_url"],
        )


@dataclass(frozen=True, kw_only=True)
class Sso:
    """The company's single sign-on (SAML 2.0), and the names of the attributes that its assertions carry."""

    metadata_url: str
    # Where the console is: what people come back to. Known once the stage was deployed without SSO, or by a domain of its own.
    console_url: str
    email_attribute: str = "email"
    name_attribute: str = "name"
    # The names of somebody's groups; those that are roles' names are their roles.
    groups_attribute: str = "groups"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Names of a stage's own, whose DNS points at its two distributions.

    The certificate covers both, and lies where CloudFront looks for it: in us-east-1, wherever the stage is.
    """

    console: str
    status: str
    certificate_arn: str

    def __post_init__(self) -> None:
        if not re.match(r"arn:aws:acm:us-east-1:\d{12}:certificate/", self.certificate_arn):
            raise ValueError(f"{self.certificate_arn} is no certificate in us-east-1, where CloudFront looks for one")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Who mails come from: an address of a domain that SES has verified in the stage's region, out of its sandbox."""

    address: str
    name: str = "P09"

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]

    @property
    def sender(self) -> str:
        return f"{self.name} <{self.address}>"


@dataclass(frozen=True, kw_only=True)
class Stage:
    name: str
    sizes: Sizes
    # Without it, whoever deploys the stage has named no directory yet: its people are kept in the pool.
    sso: Sso | None = None
    # Without it, console, API and status page are found under CloudFront's own names, with the TLS that CloudFront takes.
    domain: Domain | None = None
    local: LocalServers | None = field(default=None)
    # Without it nobody can be invited by mail, and codes for a forgotten password come from Cognito's own address, 50 a day.
    mail: Mail | None = None
    # Names of dashboards are unique in an account, which stages may share.
    dashboard: str = "P09-Operations"
    # Where KPIs are measured instead of in CloudWatch; "" = in CloudWatch.
    prometheus_url: str = ""
    # Who gets announcements by e-mail; each has to confirm. Others subscribe themselves to the topic.
    announce_to: tuple[str, ...] = ()
    # Where every alarm goes straight from its topic, past our own functions and tables: an e-mail address or an https URL.
    page: tuple[str, ...] = ()
    # The region that keeps a second copy of each nightly backup. Personal data goes there: whoever deploys has to choose it.
    copy_region: str = ""
    # Two availability zones by name; empty: the region's first two, some of which may lack an endpoint.
    zones: tuple[str, ...] = ()
    # On its first deploy nothing is protected from deletion yet: what fails can be rolled back, and deployed again.
    founding: bool = False

    def __post_init__(self) -> None:
        if strange := [one for one in self.page if not one.startswith("https://") and "@" not in one]:
            raise ValueError(
                f"stage {self.name} pages {strange[0]!r}, which is neither an e-mail address nor an https URL"
            )
        if self.zones and len(self.zones) != ZONES:
            raise ValueError(f"stage {self.name} has {len(self.zones)} availability zones, a network has {ZONES}")

    @property
    def protected(self) -> bool:
        """Whether what remembers can't be deleted before somebody has lifted its protection."""
        return self.sizes.deletion_protection and not self.founding

    def access_log_group(self, api: str = "api") -> str:
        return f"/aws/vendedlogs/{self.physical_name(f'{api}-access')}"

    def log_group(self, function: str) -> str:
        return f"/aws/lambda/{self.physical_name(function)}"

    def physical_name(self, thing: str) -> str:
        return f"p09-{self.name}-{thing.replace('_', '-')}"


def local(servers: LocalServers) -> Stage:
    sizes = Sizes(
        concurrency=Concurrency(collect=12, query=8, api=16),
        max_connections=140,
        api_requests_per_second=2000,
        log_days=7,
        drill_poll_seconds=1,
        promotion_look_seconds=15,
        shift=None,
    )
    return Stage(name="local", sizes=sizes, local=servers, mail=Mail(address="no-reply@p09.localhost"))


DEV = Stage(
    name="dev",
    dashboard="P09-Operations-dev",
    sizes=Sizes(
        concurrency=Concurrency(collect=20, query=15, api=15),
        max_connections=200,
        api_requests_per_second=200,
        log_days=30,
        aurora_readers=0,
    ),
)
STAGING = Stage(
    name="staging",
    dashboard="P09-Operations-staging",
    sizes=Sizes(
        concurrency=Concurrency(collect=50, query=20, api=20),
        max_connections=300,
        api_requests_per_second=1000,
        log_days=90,
        aurora_max_capacity=8,
    ),
)
PROD = Stage(
    name="prod",
    sizes=Sizes(
        concurrency=Concurrency(collect=200, query=60, api=60),
        max_connections=1000,
        api_requests_per_second=5000,
        log_days=365,
        aurora_max_capacity=32,
        endpoint_zones=2,
        backup_days=35,
        monthly_drills=True,
        deletion_protection=True,
        audit_lock_days=400,
        shift="canary",
    ),
)
AWS_STAGES = (DEV, STAGING, PROD)
