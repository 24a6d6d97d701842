"""Whether an answer is what its view promises."""

from typing import Any

from pydantic import TypeAdapter


def is_described(answer: Any, view: Any) -> bool:
    """Whether the answer has everything that the view names, in its types, and nothing else."""
    adapter: TypeAdapter[Any] = TypeAdapter(view)
    return bool(adapter.dump_python(adapter.validate_python(answer), mode="json") == answer)
