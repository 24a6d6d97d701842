"""Archives of code and dependencies, as Lambda takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import AssetHashType, Stack
from aws_cdk import aws_lambda as lambda_

from infra import assets

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

    from infra.assets import Target


def function_code(target: Target) -> lambda_.Code:
    return _archive(assets.code(target))


def dependencies(scope: Construct, target: Target, function: str) -> lambda_.LayerVersion:
    """The function's layer, in the scope's stack: one imported from another stack could not be replaced while in use."""
    stack, name = Stack.of(scope), assets.layer_of(function)
    construct_id = "Dependencies" if name == assets.SHARED_LAYER else f"{name.capitalize()}Dependencies"
    found = stack.node.try_find_child(construct_id)
    if isinstance(found, lambda_.LayerVersion):
        return found
    archive = assets.layer(target, name)
    return lambda_.LayerVersion(stack, construct_id, code=_archive(archive), description=archive.stem)


def _archive(path: Path) -> lambda_.Code:
    # Known by the hash of its inputs, which its name carries: byte code need not be the same twice.
    return lambda_.Code.from_asset(str(path), asset_hash=path.stem, asset_hash_type=AssetHashType.CUSTOM)
