"""What `make assembly` says last, on a machine whose archives for Lambda hold no byte code."""

from __future__ import annotations

import sys

from infra.assets import LAMBDA_PYTHON, Target, lambda_target

RULE = "!" * 100


def warning(target: Target) -> str:
    """Empty where byte code was written."""
    if target.compiler:
        return ""
    return "\n".join((
        RULE,
        f"WARNING: this machine has no Python {LAMBDA_PYTHON}, so the archives hold no byte code. In AWS every cold start",
        "compiles what it imports and takes longer than measured, and the assembly's digest differs from the pipeline's.",
        f"To mend it: `uv python install {LAMBDA_PYTHON}`, then `make assembly` again.",
        RULE,
        "",
    ))  # fmt: skip


def main() -> None:
    sys.stderr.write(warning(lambda_target()))


if __name__ == "__main__":
    main()
