"""What Slack refuses of a message: https://docs.slack.dev/reference/methods/chat.postMessage and its page on blocks."""

from collections.abc import Mapping
from typing import Any, Final

_TEXT: Final = 40_000
_BLOCKS: Final = 50
_HEADER: Final = 150
_SECTION: Final = 3000
_FIELDS: Final = 10
_FIELD: Final = 2000
_ELEMENTS: Final = 10


def refusal(content: Mapping[str, Any]) -> str:
    """Slack's name for what is wrong with a message; empty when it is well."""
    text, blocks = content.get("text"), content.get("blocks", [])
    if not isinstance(text, str) or not text:
        return "no_text"
    if len(text) > _TEXT:
        return "msg_too_long"
    if not isinstance(blocks, list) or len(blocks) > _BLOCKS or not all(map(_is_well, blocks)):
        return "invalid_blocks"
    return ""


def _is_well(block: Any) -> bool:
    match block:
        case {"type": "header", "text": {"type": "plain_text", "text": str(text)}}:
            return _fits(text, _HEADER)
        case {"type": "section", "text": {"type": "mrkdwn" | "plain_text", "text": str(text)}}:
            return _fits(text, _SECTION)
        case {"type": "section", "fields": list(fields)}:
            return 1 <= len(fields) <= _FIELDS and all(_fits(one.get("text", ""), _FIELD) for one in fields)
        case {"type": "context", "elements": list(elements)}:
            return 1 <= len(elements) <= _ELEMENTS
        case {"type": "divider"}:
            return True
    return False


def _fits(text: str, limit: int) -> bool:
    return 1 <= len(text) <= limit
