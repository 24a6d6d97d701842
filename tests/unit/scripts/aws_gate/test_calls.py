from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from scripts.aws_gate import calls, partitions

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = "def call(settings, service, target, body): ..."
TABLE = """
    class Put: ...
    class Set: ...
    class Delete: ...
"""


def code(root: Path, **modules: str) -> Path:
    """Modules by their dotted names, with ``__`` for the dots; the handler is that of the function ``job``."""
    standing = {"shared__platform__aws__signed": SIGNED, "shared__platform__aws__dynamodb": TABLE}
    for name, text in (standing | modules).items():
        path = root.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def actions(root: Path) -> list[str]:
    return sorted({one.action for one in calls.made(root, "job")})


def test_a_signed_call_is_found_where_the_handler_comes_to_it(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="from shared.keys import sign\ndef handler(event, context):\n    sign()\n",
        shared__keys="""
            from shared.platform.aws.signed import call
            def sign():
                call(None, "kms", "TrentService.Sign", {})
            def never():
                call(None, "kms", "TrentService.Encrypt", {})
        """,
    )
    assert actions(root) == ["kms:Sign"]


def test_an_operation_that_is_passed_by_its_name_is_found(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="""
            from shared.platform.aws.signed import call
            class World:
                def start(self):
                    self._ask("StartExecution")
                def unused(self):
                    self._ask("StopExecution")
                def _ask(self, operation):
                    call(None, "states", f"AWSStepFunctions.{operation}", {})
            def handler(event, context):
                World().start()
        """,
    )
    assert actions(root) == ["states:StartExecution"]


def test_boto3s_methods_paginators_and_wrappers_are_found_by_the_names_of_iam(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="""
            def handler(event, context):
                import boto3
                client = boto3.client("s3")
                client.put_object(Bucket="b", Key="k")
                client.get_paginator("list_objects_v2").paginate(Bucket="b")
                wrapped("delete_objects")
                wrapped(client.get_object)
            def wrapped(operation):
                pass
        """,
    )
    assert actions(root) == ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]


def test_what_only_type_checkers_read_calls_nothing(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="""
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from shared.keys import Signer
            def handler(event, context: "Signer") -> "Signer": ...
        """,
        shared__keys="""
            from shared.platform.aws.signed import call
            class Signer:
                def __init__(self):
                    call(None, "kms", "TrentService.Sign", {})
        """,
    )
    assert actions(root) == []


def test_routes_are_reached_through_the_framework_that_they_are_handed_to(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="import functions.job.routes\ndef handler(event, context): ...\n",
        functions__job__routes="""
            from shared.platform.aws.signed import call
            @router.get("/x")
            async def look():
                call(None, "kms", "TrentService.Sign", {})
        """,
    )
    assert actions(root) == ["kms:Sign"]


def test_routes_that_are_loaded_by_the_names_of_their_modules_are_reached_too(tmp_path: Path) -> None:
    routes = """
        from shared.platform.aws.signed import call
        @router.get("/x")
        async def look():
            call(None, "kms", "TrentService.{}", {{}})
    """
    root = code(
        tmp_path,
        functions__job__handler="""
            SECTIONS = ("keys",)
            MORE = "functions.job.more"
            def handler(event, context):
                return [f"functions.job.routes.{name}" for name in SECTIONS]
        """,
        functions__job__routes__keys=routes.format("Sign"),
        functions__job__more=routes.format("GetPublicKey"),
    )
    assert actions(root) == ["kms:GetPublicKey", "kms:Sign"]


def test_partitions_are_read_from_constants_helpers_and_parameters(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="""
            from shared.store import add
            def handler(event, context):
                add(event)
        """,
        shared__store="""
            from shared.platform.aws.dynamodb import Delete, Put, Set
            _ALL = "things"
            _OPEN = "things-open"
            def add(thing):
                Put(item=_item(_ALL, thing))
                Put(item={"pk": _of(thing), "sk": "x"}, expect={"pk": None})
                Delete(key=(_OPEN, thing))
                key = ("thing-key", thing) if thing else None
                Set(key=key)
            def _item(partition, thing):
                return {"pk": partition, "sk": thing}
            def _of(thing):
                return f"thing#{thing}"
            def unused(thing):
                Delete(key=("elsewhere", thing))
        """,
    )
    assert partitions.written(root, "job") == {"things", "things-open", "thing#*", "thing-key"}


def test_a_partition_that_cannot_be_read_off_the_code_is_an_error_that_names_its_place(tmp_path: Path) -> None:
    root = code(
        tmp_path,
        functions__job__handler="""
            from shared.platform.aws.dynamodb import Put
            def handler(event, context):
                Put(item={"pk": event["partition"], "sk": "x"})
        """,
    )
    with pytest.raises(partitions.Unreadable, match=r"functions\.job\.handler:4: event\['partition'\]"):
        partitions.written(root, "job")
