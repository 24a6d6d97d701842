"""What MiniStack's SES was given to send, newest first: nothing leaves this machine."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

PAGE: Final = Path(__file__).with_name("page.html")
SHORT: Final = 500  # characters: a sentence or two
_SECONDS: Final = 5
_UNAVAILABLE: Final = 503

Mail = dict[str, Any]


def read_mails(aws_endpoint: str) -> list[Mail]:
    """Newest first. Raises ``httpx2.HTTPError``."""
    answer = httpx2.get(f"{aws_endpoint}/_ministack/ses/messages", timeout=_SECONDS, trust_env=False)
    answer.raise_for_status()
    found = [mail for mails in answer.json()["messages"].values() for mail in mails]
    return sorted(map(_mail, found), key=lambda mail: str(mail["at"]), reverse=True)


def create_app(read: Callable[[], list[Mail]]) -> Starlette:
    def mails(request: Request) -> Response:
        to = request.query_params.get("to", "")
        try:
            found = [mail for mail in read() if not to or to in mail["to"]]
        except httpx2.HTTPError as error:
            return JSONResponse({"detail": f"MiniStack, which keeps the mails, does not answer: {error}"}, _UNAVAILABLE)
        if request.url.path.endswith(".json"):
            return JSONResponse(found)
        return HTMLResponse(PAGE.read_text().replace("{{mails}}", "".join(_rows(found)) or "<p>No mail yet</p>"))

    return Starlette(routes=[Route("/", mails), Route("/messages.json", mails)])


def _mail(sent: Mail) -> Mail:
    at = datetime.fromtimestamp(float(sent["Timestamp"]), UTC).isoformat(timespec="milliseconds")
    return {
        "id": sent["MessageId"], "at": at, "from": sent["Source"], "to": sent["To"], "subject": sent["Subject"],
        "text": sent["BodyText"] or "", "html": sent["BodyHtml"] or "",
    }  # fmt: skip


def _rows(mails: list[Mail]) -> Iterator[str]:
    for mail in mails:
        head = f"{mail['at'][:19].replace('T', ' ')} UTC · from {mail['from']} · to {', '.join(mail['to'])}"
        # A frame of its own, without scripts: links open the console in another tab.
        size = "short" if len(mail["html"]) < SHORT else "long"
        content = escape(_in_new_tab(mail["html"]))
        frame = f'<iframe class="{size}" title="As HTML" sandbox="allow-popups" srcdoc="{content}"></iframe>'
        text = f"<pre>{escape(mail['text'])}</pre>" if mail["text"] else ""
        body = f"{frame}<details><summary>As text</summary>{text}</details>" if mail["html"] and text else text or frame
        yield f"<article><h2>{escape(mail['subject'])}</h2><p>{escape(head)}</p>{body}</article>"


def _in_new_tab(html: str) -> str:
    return f'<base target="_blank">{html}'
