"""infra/operations_table.json: what each function's code does with the operations table, and which partitions it writes to."""

import json

from scripts.aws_gate import calls, partitions
from scripts.aws_gate.gate import ROOT


def access() -> str:
    """By function: ``read`` and ``write`` are IAM's actions, ``partitions`` patterns of partition keys."""
    found = {}
    for path in sorted((ROOT / "functions").glob("*/handler.py")):
        name = path.parent.name
        actions = {one.action for one in calls.made(ROOT, name) if one.action.startswith("dynamodb:")}
        if actions:
            write = {one for one in actions if one in calls.WRITES.values()}
            found[name] = {
                "read": sorted(actions - write),
                "write": sorted(write),
                "partitions": sorted(partitions.written(ROOT, name)),
            }
    return json.dumps(found, indent=2) + "\n"
