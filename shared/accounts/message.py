"""The mail of an invitation, as text and as HTML."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from shared.accounts.model import TEMPORARY_PASSWORD_LIFETIME, Account

SUBJECT: Final = "You are invited to P09"


@dataclass(frozen=True, kw_only=True)
class Message:
    subject: str
    text: str
    html: str


def invitation(account: Account, *, console_url: str, password: str | None, now: datetime) -> Message:
    """``password`` is the temporary one; None for somebody who signs in by one of their own."""
    link = f"{console_url}{account.page}"
    facts = [("Email", account.email)]
    closing = "Sign in with your own password. Forgotten it? The sign-in page sends you a code for another one."
    if password is not None:
        until = (now + TEMPORARY_PASSWORD_LIFETIME).strftime("%-d %B %Y, %H:%M UTC")
        facts.append(("Temporary password", password))
        closing = (
            f"The temporary password works until {until}. At your first sign-in you choose your own. "
            "When it has expired, ask for a new invitation."
        )
    opening = f"{account.asked_by} invited you to P09."
    return Message(
        subject=SUBJECT,
        text=_text(account.name, opening, link, facts, closing),
        html=_html(account.name, opening, link, facts, closing),
    )


_STRAY: Final = "You did not expect this mail? Then you need do nothing."


def _text(name: str, opening: str, link: str, facts: list[tuple[str, str]], closing: str) -> str:
    lines = [f"{label}: {value}" for label, value in facts]
    return "\n".join([f"Hello {name},", "", opening, "", f"Sign in: {link}", *lines, "", closing, "", _STRAY, ""])


def _html(name: str, opening: str, link: str, facts: list[tuple[str, str]], closing: str) -> str:
    rows = "".join(
        f'<tr><td style="padding:4px 16px 4px 0;color:#555">{escape(label)}</td>'
        f'<td style="padding:4px 0"><code style="font-size:16px">{escape(value)}</code></td></tr>'
        for label, value in facts
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>'
        f"{SUBJECT}</title></head>"
        '<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;line-height:1.5;color:#1a1a1a;background:#fff">'
        f'<div style="max-width:32rem"><p>Hello {escape(name)},</p><p>{escape(opening)}</p>'
        f'<p><a href="{escape(link)}" style="display:inline-block;padding:10px 20px;border-radius:6px;'
        'background:#1f5fbf;color:#fff;text-decoration:none">Sign in</a></p>'
        f"<table>{rows}</table><p>{escape(closing)}</p>"
        f'<p style="color:#555">{_STRAY}</p></div></body></html>\n'
    )
