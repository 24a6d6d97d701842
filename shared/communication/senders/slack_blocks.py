"""An announcement as Slack shows it: Block Kit, within Slack's limits, and the same as plain text.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, SectionBlock

from shared.communication.model import Announcement
from shared.platform.moments import stamp

HEADER: Final = 150
SECTION: Final = 3000
FIELD: Final = 2000
FIELDS: Final = 10
TEXT: Final = 4000
_NAME: Final = 100
_SECTIONS: Final = 10  # of the summary, and of the facts: 22 blocks at most, and Slack takes 50
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def message(announcement: Announcement) -> dict[str, Any]:
    """``text`` and ``blocks`` of a webhook or of chat.postMessage."""
    blocks = [block.to_dict() for block in _blocks(announcement)]
    return {"text": next(pieces(announcement.content.text, TEXT)), "blocks": blocks}


def pieces(text: str, limit: int) -> Iterator[str]:
    """The text in pieces that fit, escaped: nothing in it is a mention, a link or an entity of Slack's. At least one."""
    piece = ""
    for character in text:
        safe = _ENTITIES.get(character, character)
        if len(piece) + len(safe) > limit:
            yield piece
            piece = ""
        piece += safe
    yield piece


def _blocks(announcement: Announcement) -> Iterator[Block]:
    content = announcement.content
    yield HeaderBlock(text=content.title[:HEADER])
    for part in islice(pieces(content.summary, SECTION), _SECTIONS):
        if part.strip():
            yield SectionBlock(text=_said(part))
    facts = [_fact(name, value) for name, value in content.facts]
    for begin in range(0, min(len(facts), _SECTIONS * FIELDS), FIELDS):
        yield SectionBlock(fields=facts[begin : begin + FIELDS])
    links = [f"<{url}|{next(pieces(text, _NAME))}>" for text, url in content.links]
    yield ContextBlock(elements=[_said(" · ".join([*links, stamp(announcement.at)]))])


def _fact(name: str, value: str) -> MarkdownTextObject:
    title = next(pieces(name, _NAME))
    return _said(f"*{title}*\n{next(pieces(value, FIELD - _NAME - 3))}")


def _said(text: str) -> MarkdownTextObject:
    """Verbatim: Slack looks for no names, channels and addresses in it by itself."""
    return MarkdownTextObject(text=text, verbatim=True)
