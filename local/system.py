"""The whole local system: servers, stacks, people, front door; and what others may know of it."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from local import api
from local.aws import aws_client
from local.ministack import begin_schedules, environments_folder, ministack_server
from local.people import DEMO_PEOPLE, Directory
from local.postgres import DATABASE, create_database, postgres_server
from local.progress import say, step
from local.server import Server
from local.stacks import ensure_deployed, is_deployed, outputs
from local.state import LOOPBACK, REGION, ROOT, Configuration, LocalError, State, is_free, write_json
from local.supervisor import Supervisor
from local.tls_proxy.authority import papers
from local.tls_proxy.relay import Way
from local.valkey import valkey_server

# Paths of the three functions, one for each environment. The last two take no GET: they answer without asking a server.
WARMED = ("/health", "/health", "/health", "/v1/query", "/v1/events")
HEALTHY_WITHIN_SECONDS = 90
STATUS_PUBLISHER = "p09-local-status-publisher"


@contextmanager
def started(state: State, config: Configuration, *, demo: bool) -> Iterator[Supervisor]:
    """The running system; everything is stopped, in order, however this ends."""
    supervisor = Supervisor(state)
    supervisor.end_leftovers()
    papers(state.papers, datetime.now(UTC))
    if not is_free(config.front_door_port):
        raise LocalError(f"port {config.front_door_port} is taken by another program: choose one, `make run PORT=8001`")
    try:
        with step("starting PostgreSQL, Valkey, MiniStack and what stands for Slack and GitHub"):
            supervisor.start(
                postgres_server(state, config),
                valkey_server(state, config),
                _tls_proxy(state, config),
                _ministack(state, config),
                _slack(state, config),
            )
            create_database(config)
        ensure_deployed(state, config)
        _make_people(config)
        supervisor.start(_front_door(state, config), _kpi_alarms(state, config), _backups(state))
        _check_health(config)
        _write_status_page(config)
        begin_schedules(config.aws_endpoint)
        _publish(state, config)
        if demo:
            supervisor.start(_demo_site(state))
        yield supervisor
    finally:
        state.system_file.unlink(missing_ok=True)
        supervisor.stop()
        shutil.rmtree(environments_folder(state), ignore_errors=True)


def _tls_proxy(state: State, config: Configuration) -> Server:
    ways = (
        Way("postgres", config.postgres_tls_port, config.postgres_port),
        Way("valkey", config.valkey_tls_port, config.valkey_port),
    )
    return _module(
        state, "tls-proxy", str(state.papers), *map(str, ways), ready=lambda: not any(is_free(way.port) for way in ways),
        advice="Are its certificates damaged? Remove the folder .local/tls and start again.",
    )  # fmt: skip


def _ministack(state: State, config: Configuration) -> Server:
    def go_on() -> None:
        if not is_deployed(config):
            ensure_deployed(state, config)
            _make_people(config)
        begin_schedules(config.aws_endpoint)

    return ministack_server(state, config, ready_again=go_on)


def _front_door(state: State, config: Configuration) -> Server:
    port = config.front_door_port
    return _module(
        state, "front-door", str(port), config.aws_endpoint, str(state.folder), ready=lambda: not is_free(port),
        advice=f"Is port {port} taken? `make run PORT=8001` chooses another.",
    )  # fmt: skip


def _slack(state: State, config: Configuration) -> Server:
    port = config.slack_port
    advice = "Without it announcements wait: everything else works."
    return _module(state, "slack", str(port), str(state.folder), ready=lambda: not is_free(port), advice=advice)


def _kpi_alarms(state: State, config: Configuration) -> Server:
    advice = "It only judges alarms: everything else works without it."
    return _module(state, "kpi-alarms", config.aws_endpoint, outputs(config)["AlarmsTopicArn"], advice=advice)


def _backups(state: State) -> Server:
    advice = "It only keeps the backups: everything else works without it."
    return _module(state, "backups", str(state.folder), advice=advice, stop_seconds=15)


def _demo_site(state: State) -> Server:
    return _module(
        state, "demo-site", str(state.folder), advice="`make run DEMO=0` starts the system without the demo site."
    )


def _module(
    state: State,
    name: str,
    *arguments: str,
    advice: str,
    ready: Callable[[], bool] = lambda: True,
    stop_seconds: float = 5,
) -> Server:
    """A module of this package that runs beside the servers."""
    command = [sys.executable, "-m", f"local.{name.replace('-', '_')}", *arguments]
    return Server(
        name=name, command=command, log=state.log(name), ready=ready, advice=advice, stop_seconds=stop_seconds
    )


def _make_people(config: Configuration) -> None:
    found = outputs(config)
    directory = Directory(config.aws_endpoint, found["UserPoolId"], found["UserPoolClientId"])
    directory.ensure(*DEMO_PEOPLE)


def _check_health(config: Configuration) -> None:
    """The first request through the whole path; also what starts the API's first Lambda environment.

    On a busy machine that takes a while, and schedules start other functions' environments in the same seconds.
    """
    with step("checking that the API reaches PostgreSQL and Valkey"):
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        for path in ("/health/db", "/health/redis"):
            while refused := _refused(config, path):
                if time.monotonic() > deadline:
                    advice = "`p09 logs api` prints the function's log"
                    raise LocalError(f"GET {path} is not well: {refused.line()}. {advice}") from refused
                time.sleep(1)


def _refused(config: Configuration, path: str) -> api.Refused | None:
    try:
        api.Api(config.url).get(path)
    except api.Refused as error:
        return error
    return None


def warm_up(config: Configuration) -> None:
    """Have some environments of the HTTP functions ready for a console, which asks for several numbers at once.

    In the background: who is faster finds them starting.
    """

    def ask(path: str) -> None:
        with suppress(api.Refused):
            api.Api(config.url).get(path)

    for path in WARMED:
        threading.Thread(target=ask, args=[path], daemon=True).start()


def _write_status_page(config: Configuration) -> None:
    """The first heartbeat, lest the page is missing until its schedule fires."""
    with step("writing the status page"):
        client = aws_client("lambda", config.aws_endpoint)
        answer = client.invoke(FunctionName=STATUS_PUBLISHER, Payload=b"{}")
        if "FunctionError" in answer:
            say("the status page was not written: `p09 logs status_publisher` says why; it is tried again every minute")


def _publish(state: State, config: Configuration) -> None:
    found = outputs(config)
    write_json(
        state.system_file,
        {
            "url": config.url,
            "aws_endpoint": config.aws_endpoint,
            "region": REGION,
            "postgres": {
                "host": LOOPBACK,
                "port": config.postgres_port,
                "database": DATABASE,
                "admin_password": config.postgres_admin_password,
            },
            "valkey": {"host": LOOPBACK, "port": config.valkey_port, "password": config.valkey_password},
            "slack_url": config.slack_url,
            "mail_url": config.mail_url,
            "status_url": found["StatusUrl"],
            "user_pool_id": found["UserPoolId"],
            "client_id": found["UserPoolClientId"],
            "pid": os.getpid(),
        },
    )


def announce(state: State, config: Configuration, *, demo: bool) -> None:
    logs = state.folder / "logs"
    shown = logs.relative_to(ROOT) if logs.is_relative_to(ROOT) else logs
    say("ready")
    print(f"  console    {config.url}   (one click signs in as a demo person)")
    print(f"  API        {config.url}/docs   (each request, who may call it, examples)")
    print(f"  health     {config.url}/health")
    print(f"  status     {outputs(config)['StatusUrl']}   (static files: they stay when the rest is down)")
    print(f"  Slack      {config.slack_url}   (what stands for it, and shows what was announced)")
    print(f"  mail       {config.mail_url}   (everybody's inbox: invitations, codes for a forgotten password)")
    print(f"  GitHub     {config.github_url}   (what stands for it: a played history, no runners)")
    if demo:
        print(f"  demo site  {config.url}/demo/   (a page with the tracker: visit it, watch the console)")
    print("  new site   .venv/bin/p09 site create 'My site' --domain example.com   (prints its keys)")
    print("  a token    .venv/bin/p09 token --role P09-SRE")
    print(f"  logs       {shown}   (`.venv/bin/p09 logs api` for a function's)")
    print("  stop       Ctrl-C   (state stays; `make clean` removes it)", flush=True)
