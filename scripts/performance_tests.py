"""A load snapshot: p50, p95, p99, error rate and throughput under a small, steady load, against the last accepted one.

Nothing of a customer's is read or written: the load is events and queries of the canary's site. What will be sent is
said before it is; a system that is not on this machine is asked for little, and left alone when it does not answer.

Exit codes: 0 within the limits; 1 slower or with more errors than they allow; 2 not measured: the keys are missing, the
snapshots can't be compared, or the command was typed wrongly. Only 0 is green.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from scripts.canary_keys import WrongUsage, add_options, canary_keys, local_aws, url
from shared.delivery.load import Site, load, shares
from shared.delivery.snapshot import Incomparable, Judgement, Limits, Snapshot, judge, read_snapshot, summarise
from shared.delivery.snapshot_store import SnapshotStore
from shared.health.canary import SITE, Keys
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.moments import stamp
from shared.platform.settings import aws_settings

RUNBOOK: Final = Path(__file__).resolve().parents[1] / "shared" / "runbook.toml"
LOCAL_MOST: Final = 200  # requests per second; one machine does more, and then measures itself


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the runbook says of a snapshot."""

    per_second: int
    most_per_second: int
    most_seconds: int
    limits: Limits

    @classmethod
    def of(cls, runbook: Path) -> "Asked":
        # Read by hand: the runbook's own reader needs pydantic, which the machine at hand may lack.
        found = tomllib.loads(runbook.read_text(encoding="utf-8"))["delivery"]["load_snapshot"]
        return cls(
            per_second=found["per_second"], most_per_second=found["most_per_second"],
            most_seconds=found["most_seconds"],
            limits=Limits(
                slower_share=found["slower_percent"] / 100, slower_ms=found["slower_by_ms"],
                more_errors=found["more_errors_percent"] / 100, most_errors=found["most_errors_percent"] / 100,
            ),
        )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    asked = Asked.of(RUNBOOK)
    chosen = _parser(asked).parse_args(arguments)
    try:
        found, judgement = _measured(chosen, asked)
        if judgement.within:
            _keep(chosen, found)
    except (WrongUsage, Incomparable, AwsRefused, AwsUnavailable) as error:
        print(f"performance-tests: {error}", file=sys.stderr)
        return 2
    if chosen.report:
        chosen.report.write_text(json.dumps(found.to_json()) + "\n", encoding="utf-8")
    if chosen.json:
        print(json.dumps({"within": judgement.within, "why": judgement.why, "snapshot": found.to_json()}, indent=2))
    else:
        _print(found, judgement)
    return 0 if judgement.within else 1


def _measured(chosen: argparse.Namespace, asked: Asked) -> tuple[Snapshot, Judgement]:
    per_second = chosen.per_second or asked.per_second
    most = LOCAL_MOST if _on_this_machine(chosen.api_url) else asked.most_per_second
    if per_second > most:
        raise WrongUsage(f"--per-second: at most {most} for {chosen.api_url}")
    before = _before(chosen)
    keys, lack = canary_keys(chosen.canary, chosen.state, chosen.api_url)
    if keys is None:
        raise WrongUsage(f"the canary's events could not be sent: {lack}")
    _announce(chosen, per_second, keys)
    at, run = datetime.now(UTC), f"load-{uuid4()}"
    site = Site(id=keys.site_id, page=f"{SITE}/load", write_key=keys.write_key, read_key=keys.read_key)
    samples = load(chosen.api_url, site, run, per_second=per_second, seconds=chosen.seconds)
    found = summarise(chosen.api_url, stamp(at), per_second, chosen.seconds, samples)
    return found, judge(found, before, asked.limits)


def _parser(asked: Asked) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="performance-tests.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("api_url", metavar="API_URL", type=url, help="where the API is")
    parser.add_argument(
        "seconds", metavar="SECONDS", type=_whole(asked.most_seconds), help=f"1 to {asked.most_seconds}"
    )
    parser.add_argument(
        "--per-second", metavar="N", type=_whole(LOCAL_MOST),
        help=f"requests, {asked.per_second} by default; at most {LOCAL_MOST}, {asked.most_per_second} elsewhere than here",
    )  # fmt: skip
    parser.add_argument(
        "--stage", metavar="NAME",
        help="compare with this stage's last accepted snapshot, in its operations table; needs AWS credentials for any stage "
        "but local. Stage local keeps this one; elsewhere the API does, when a change reports it",
    )  # fmt: skip
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="the last accepted snapshot, to compare with")
    parser.add_argument("--save", metavar="FILE", type=Path, help="where to keep this one, if it is within the limits")
    parser.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="where to write the figures, whatever they are, for `p09 change report`",
    )
    add_options(parser)
    return parser


def _whole(most: int) -> Any:
    def number(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {most}")
        return int(text)

    return number


def _before(chosen: argparse.Namespace) -> Snapshot | None:
    if chosen.stage:
        if chosen.baseline or chosen.save:
            raise WrongUsage("--stage: has snapshots of its own, without --baseline and --save")
        return _store(chosen).last(chosen.api_url)
    return _baseline(chosen.baseline) if chosen.baseline else None


def _keep(chosen: argparse.Namespace, found: Snapshot) -> None:
    """In AWS only the API writes to the operations table: it judges and keeps what `p09 change report` brings."""
    if chosen.stage == "local":
        _store(chosen).accept(found)
    elif chosen.save:
        chosen.save.write_text(json.dumps(found.to_json(), indent=2) + "\n", encoding="utf-8")


def _store(chosen: argparse.Namespace) -> SnapshotStore:
    table = f"p09-{chosen.stage}-operations"
    settings = local_aws(chosen.state) if chosen.stage == "local" else aws_settings()
    return SnapshotStore(Table(signed_call(lambda: settings), table))


def _baseline(file: Path) -> Snapshot:
    try:
        return read_snapshot(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise WrongUsage(f"--baseline: {file} can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongUsage(f"--baseline: {file} holds no snapshot that --save wrote") from error


def _announce(chosen: argparse.Namespace, per_second: int, keys: Keys) -> None:
    mix = ", ".join(f"{share * 10}% {kind}" for kind, share in shares().items())
    print(
        f"{chosen.api_url} is sent {per_second} requests a second for {chosen.seconds} s, {per_second * chosen.seconds} in "
        f"all ({mix}), of the canary's site {keys.site_id}: nothing of a customer's is read or written.",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _print(found: Snapshot, judgement: Judgement) -> None:
    print(f"{'':8}{'requests':>10}{'failed':>8}{'p50':>12}{'p95':>12}{'p99':>12}")
    for name, one in [*found.kinds.items(), ("all", found.all)]:
        times = "".join(f"{value:>9,.1f} ms" for value in (one.p50, one.p95, one.p99))
        print(f"{name:8}{one.requests:>10}{one.failed:>8}{times}")
    print(f"throughput {found.throughput:g}/s, error rate {found.all.error_rate:.2%}")
    for why, times_seen in found.problems.items():
        print(f"  {times_seen} x {why}")
    print(f"{'within the limits' if judgement.within else 'NOT WITHIN THE LIMITS'}: {judgement.why}")


def _on_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
