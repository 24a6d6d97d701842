"""Views: what the API says of a thing, each one `TypedDict` in its subject. Its builder returns it, its route answers it."""

from typing import TypeVar

T = TypeVar("T")


def view(cls: T) -> T:
    """Mark a view that routes answer: pydantic builds its schema when it is first needed, not while a function starts."""
    setattr(cls, "__pydantic_config__", {"defer_build": True})  # noqa: B010 -- no attribute that a TypedDict declares
    return cls
