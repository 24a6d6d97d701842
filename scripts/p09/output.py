"""How commands print: JSON for programs, aligned columns for people."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

Limit = Annotated[int, typer.Option(min=1, max=100, help="How many at the most.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def show(content: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(content, indent=2))
        return
    width = max(map(len, content), default=0)
    for key, value in content.items():
        print(f"{key:<{width}}  {value}")


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(list(rows), indent=2))
        return
    table = [columns, *[[str(row.get(column, "")) for column in columns] for row in rows]]
    widths = [max(len(line[index]) for line in table) for index in range(len(columns))]
    for line in table:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
