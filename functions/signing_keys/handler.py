"""Brings the user pool's public keys to the operations table: by a schedule, and before a deploy lets anybody sign in."""

from typing import Any

from functions.signing_keys.settings import Settings
from shared.identity.signing_keys import KeptKeys, fetch_document
from shared.platform.aws.custom_resource import answer
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

settings = load(Settings)
kept = KeptKeys(Table(signed_call(aws_settings), settings.operations_table_name))


def handler(event: dict[str, Any], _context: object) -> None:
    if "RequestType" not in event:
        bring()
        return
    # Deleted with the stack: the table, and what it holds, stay.
    answer(event, physical_id="signing-keys", act=bring if event["RequestType"] != "Delete" else lambda: None)


def bring() -> None:
    kept.keep(fetch_document(settings.jwks_url))
