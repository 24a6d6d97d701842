"""`p09 evidence …`: the signed evidence of each day, verified here and not by who wrote it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

import typer

from local.aws import aws_client
from scripts.p09.output import AsJson, show_rows
from scripts.p09.session import session
from shared.evidence.manifest import ALGORITHM, SignedDay
from shared.evidence.store import PARTITION, signed_day
from shared.evidence.verify import verify

evidence = typer.Typer(no_args_is_help=True, help="The signed evidence of each day.")
_LOCAL: Final = "local"
Stage = Annotated[str, typer.Option(help="Another stage than local: with your own credentials of AWS.")]


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Where a stage keeps its evidence, as its export function is told."""

    client: Callable[[str], Any]
    bucket: str
    table: str
    key: str

    def exported(self) -> dict[date, SignedDay]:
        pages = self.client("dynamodb").get_paginator("query").paginate(
            TableName=self.table, KeyConditionExpression="pk = :pk", ConsistentRead=True,
            ExpressionAttributeValues={":pk": {"S": PARTITION}},
        )  # fmt: skip
        items = [{name: next(iter(value.values())) for name, value in item.items()} for page in pages
                 for item in page["Items"]]  # fmt: skip
        return {found.day: found for found in map(signed_day, items)}

    def read(self, key: str) -> bytes | None:
        s3 = self.client("s3")
        try:
            content: bytes = s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        return content

    def is_signed(self) -> Callable[[bytes, bytes], bool]:
        """Checks signatures on this machine: only the public half of the key is fetched."""
        public: bytes = self.client("kms").get_public_key(KeyId=self.key)["PublicKey"]
        return lambda content, signature: is_signed(public, content, signature)


def is_signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the key (DER) signed the content, as ``ALGORITHM`` says."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise typer.BadParameter(f"the stage's key is none for {ALGORITHM}")
    try:
        key.verify(signature, content, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@evidence.command("list")
def list_days(context: typer.Context, *, stage: Stage = _LOCAL, as_json: AsJson = False) -> None:
    """The days that were exported."""
    exported = _archive(context, stage).exported()
    rows = [
        {"day": day.isoformat(), "records": one.records, "exported_at": one.exported_at, "manifest": one.digest}
        for day, one in sorted(exported.items())
    ]
    show_rows(rows, ("day", "records", "exported_at", "manifest"), as_json=as_json)


@evidence.command("verify")
def verify_days(
    context: typer.Context,
    day: Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="Every exported day by default.")] = None,
    *,
    stage: Stage = _LOCAL,
    as_json: AsJson = False,
) -> None:
    """Check signature, digests and chain, and say exactly what is wrong. Exit code 1 if anything is, or nothing is there."""
    archive = _archive(context, stage)
    exported = archive.exported()
    days = [day.replace(tzinfo=UTC).date()] if day else sorted(exported)
    is_signed = archive.is_signed()
    found = {one: verify(one, exported, archive.read, is_signed) for one in days}
    rows = [{"day": one.isoformat(), "found": fault} for one, faults in found.items() for fault in faults or ["good"]]
    show_rows(rows, ("day", "found"), as_json=as_json)
    if not days or any(found.values()):
        raise typer.Exit(1)


def _archive(context: typer.Context, stage: str) -> Archive:
    client = _clients(context, stage)
    function = client("lambda").get_function_configuration(FunctionName=f"p09-{stage}-evidence-export")
    told = function["Environment"]["Variables"]
    return Archive(
        client=client, bucket=told["ARCHIVE_BUCKET_NAME"], table=told["OPERATIONS_TABLE_NAME"],
        key=told["EVIDENCE_KEY_ARN"],
    )  # fmt: skip


def _clients(context: typer.Context, stage: str) -> Callable[[str], Any]:
    if stage == _LOCAL:
        endpoint = session(context).system()["aws_endpoint"]
        return lambda name: aws_client(name, endpoint)
    import boto3

    found: Any = boto3.Session()
    return found.client  # type: ignore[no-any-return]  # boto3 comes without types
