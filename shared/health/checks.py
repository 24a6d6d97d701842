"""The checks by HTTP: the health endpoints and the console's page; and how all checks are made at once."""

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin

from shared.health.exchange import Answer, NoAnswer, Request, exchange, since
from shared.health.model import CONSOLE, Outcome, Result

SPARE_SECONDS: Final = 2.0  # beyond a check's own limit, for what it can't bound itself: resolving a name
_ROOT: Final = '<div id="root">'
_SCRIPT: Final = re.compile(
    r"""<script[^>]*type="module"[^>]*\ssrc="([^"]+)"|<script[^>]*\ssrc="([^"]+)"[^>]*type="module\""""
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """``within`` (seconds) bounds it; ``make`` finds out, and raises ``WrongAnswer`` and ``NoAnswer``."""

    name: str
    address: str
    within: float
    make: Callable[[], Outcome]


class WrongAnswer(Exception):
    """An answer that is not what a well service gives; ``status`` is its HTTP status."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


def http_checks(app_url: str, api_url: str, paths: Sequence[str], timeout: float) -> list[Check]:
    """Of every health endpoint and of the console; ``timeout`` (seconds) is each one's."""
    return [*(health_check(api_url, path, timeout) for path in paths), console_check(app_url, timeout)]


def health_check(api_url: str, path: str, timeout: float) -> Check:
    """Passes when the endpoint answers 200 and says ``"status": "ok"``."""
    address = f"{api_url.rstrip('/')}{path}"

    def make() -> Outcome:
        answer = exchange(Request(url=address), within=timeout)
        body = _object(answer)
        if answer.status != HTTPStatus.OK:
            raise WrongAnswer(f"answered {answer.status}{_detail(body, answer)}", answer.status)
        if body is None:
            raise WrongAnswer(f"answered 200 with something else than health: {excerpt(answer.body)}", answer.status)
        if body.get("status") != "ok":
            raise WrongAnswer(f"answered 200 and the status {str(body.get('status'))[:80]!r}", answer.status)
        return _passed(path, address, answer, f"answered 200 and ok in {answer.milliseconds:g} ms")

    return Check(name=path, address=address, within=timeout, make=make)


def console_check(app_url: str, timeout: float) -> Check:
    """Passes when the address answers with the console's own page, and the script that the page needs is there."""
    address = f"{app_url.rstrip('/')}/"

    def make() -> Outcome:
        started = time.perf_counter()
        page = exchange(Request(url=address), within=timeout)
        script = _script(page)
        left = timeout - (time.perf_counter() - started)
        found = exchange(Request(url=urljoin(address, script), method="HEAD"), within=max(left, 0.001))
        kind = found.headers.get("content-type", "")
        if found.status != HTTPStatus.OK or "javascript" not in kind:
            raise WrongAnswer(f"its script {script} answered {found.status} {kind}".rstrip(), found.status)
        return _passed(CONSOLE, address, page, f"the page and its script answered in {since(started):g} ms")

    return Check(name=CONSOLE, address=address, within=timeout, make=make)


def make_all(checks: Sequence[Check]) -> list[Outcome]:
    """All at once, in as long as the slowest may take; the outcomes in the checks' order."""
    found: queue.SimpleQueue[tuple[str, Outcome]] = queue.SimpleQueue()
    for check in checks:
        threading.Thread(target=lambda one=check: found.put((one.name, made(one))), daemon=True).start()
    outcomes: dict[str, Outcome] = {}
    deadline = time.monotonic() + max((check.within for check in checks), default=0) + SPARE_SECONDS
    while len(outcomes) < len(checks) and (left := deadline - time.monotonic()) > 0:
        try:
            name, outcome = found.get(timeout=left)
        except queue.Empty:
            break
        outcomes[name] = outcome
    return [outcomes.get(check.name) or _never_ended(check) for check in checks]


def made(check: Check) -> Outcome:
    """A check that raises has failed, whatever it raises."""
    started = time.perf_counter()
    try:
        return check.make()
    except WrongAnswer as error:
        return _failed(check, str(error), since(started), status=error.status, reached=True)
    except NoAnswer as error:
        return _failed(check, str(error), since(started), status=None, reached=error.reached)
    except Exception as error:  # noqa: BLE001 -- in a thread, where nobody else would hear of it
        why = f"the check itself failed: {type(error).__name__}: {error}"
        return _failed(check, why, since(started), status=None, reached=False)


def excerpt(body: bytes) -> str:
    return repr(body[:80].decode(errors="replace"))


def _passed(name: str, address: str, answer: Answer, why: str) -> Outcome:
    return Outcome(
        check=name, address=address, result=Result.PASSED, why=why, milliseconds=answer.milliseconds,
        status=answer.status, reached=True,
    )  # fmt: skip


def _failed(check: Check, why: str, milliseconds: float, *, status: int | None, reached: bool) -> Outcome:
    return Outcome(
        check=check.name, address=check.address, result=Result.FAILED, why=why, milliseconds=milliseconds,
        status=status, reached=reached,
    )  # fmt: skip


def _never_ended(check: Check) -> Outcome:
    return _failed(check, f"no end within {check.within:g} s", check.within * 1000, status=None, reached=False)


def _script(page: Answer) -> str:
    """The address of the page's script. Raises WrongAnswer when it is not the console's page."""
    text = page.body.decode(errors="replace")
    if page.status != HTTPStatus.OK:
        raise WrongAnswer(f"answered {page.status}{_moved(page)}", page.status)
    if "text/html" not in page.headers.get("content-type", "") or _ROOT not in text:
        raise WrongAnswer(f"answered 200 with another page than the console's: {excerpt(page.body)}", page.status)
    found = _SCRIPT.search(text)
    if found is None:
        raise WrongAnswer("answered 200 with a page that loads no script, and stays empty", page.status)
    return found[1] or found[2]


def _object(answer: Answer) -> dict[str, object] | None:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _detail(body: dict[str, object] | None, answer: Answer) -> str:
    """What a problem document says; else where it redirects to."""
    if body and (said := body.get("detail") or body.get("title") or body.get("message")):
        return f": {str(said)[:300]}"
    return _moved(answer)


def _moved(answer: Answer) -> str:
    to = answer.headers.get("location")
    return f", a redirection to {to[:200]}" if to else ""
