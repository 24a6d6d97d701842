"""The catalogue of problems: `type` and `title` of problem documents. `docs/problems.md` and its page are made from it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

PAGE: Final = "/docs/problems.html"
"""Where the product explains them, on the console's domain. Programs compare `type`: an address that was once said stays."""


@dataclass(frozen=True, kw_only=True)
class ProblemType:
    """``means`` says what has happened, ``mend`` what the caller can do about it."""

    slug: str
    status: HTTPStatus
    title: str
    means: str
    mend: str

    @property
    def address(self) -> str:
        return f"{PAGE}#{self.slug}"


NO_SUCH_PATH: Final = ProblemType(
    slug="no-such-path", status=HTTPStatus.NOT_FOUND, title="There is nothing at this path",
    means="No route of the API has this path.",
    mend="Compare the path with those in `/openapi.json`. A path has no slash at its end.",
)  # fmt: skip
CHANGED_MEANWHILE: Final = ProblemType(
    slug="changed-meanwhile", status=HTTPStatus.CONFLICT, title="Somebody else was faster",
    means="What the request was about has been changed since the caller read it. Nothing was changed by this request.",
    mend="Read it again, decide again, and send the request again if it still applies.",
)  # fmt: skip
_OF_STATUS: Final = (
    ProblemType(
        slug="unreadable", status=HTTPStatus.BAD_REQUEST, title="The request can't be read",
        means="The body is not JSON, is not UTF-8, or is not what its Content-Encoding says.",
        mend="`detail` says where reading stopped. Send JSON in UTF-8.",
    ),
    ProblemType(
        slug="unauthenticated", status=HTTPStatus.UNAUTHORIZED, title="The caller is not known",
        means="The key or the access token is missing, malformed, unknown, revoked or expired.",
        mend="Send the header `Authorization: Bearer …` with a key of the site, or sign in again.",
    ),
    ProblemType(
        slug="not-allowed", status=HTTPStatus.FORBIDDEN, title="The caller may not do this",
        means="The caller is known, and the request takes another kind of key, another role or a second person.",
        mend="`detail` names who may.",
    ),
    ProblemType(
        slug="not-found", status=HTTPStatus.NOT_FOUND, title="There is nothing of this name",
        means="The path is right. What it names does not exist, or the caller may not see it.",
        mend="`detail` names the request that lists what there is.",
    ),
    NO_SUCH_PATH,
    ProblemType(
        slug="wrong-method", status=HTTPStatus.METHOD_NOT_ALLOWED, title="This path does not take this method",
        means="The path exists, for other methods.",
        mend="The header `Allow` names a method that it takes; `/openapi.json` lists all of them.",
    ),
    ProblemType(
        slug="not-now", status=HTTPStatus.CONFLICT, title="This does not fit how things are now",
        means="The request is valid, but not in this state: an incident is over, a gate is closed, a name is taken.",
        mend="`detail` says what is in the way; `may`, where it is given, lists what is possible now.",
    ),
    CHANGED_MEANWHILE,
    ProblemType(
        slug="body-too-large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, title="The body is too large",
        means="The body is larger than `limit_bytes`; a compressed body counts as unpacked.",
        mend="Send it in smaller parts.",
    ),
    ProblemType(
        slug="query-too-long", status=HTTPStatus.REQUEST_URI_TOO_LONG, title="The query is too long",
        means="The query string is longer than `limit_bytes`.",
        mend="Ask for less at once.",
    ),
    ProblemType(
        slug="unsupported-encoding", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        title="The body is compressed in a way that is not supported",
        means="The header `Content-Encoding` names something other than `gzip` or `identity`.",
        mend="Compress the body with gzip, or send it as it is.",
    ),
    ProblemType(
        slug="refused-value", status=HTTPStatus.UNPROCESSABLE_ENTITY, title="A value can't be taken",
        means="The request was read, and a field or a parameter has a value that is missing, malformed or out of bounds.",
        mend="Each of `errors` points at one place and says what it takes.",
    ),
    ProblemType(
        slug="limit-exceeded", status=HTTPStatus.TOO_MANY_REQUESTS, title="Too much was asked for",
        means="A rate limit or a monthly quota is used up; `limit` names it.",
        mend="Wait as long as the header `Retry-After` says, then send the request again.",
    ),
    ProblemType(
        slug="headers-too-large", status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, title="The headers are too large",
        means="The headers are larger than `limit_bytes` together.",
        mend="Send fewer or shorter ones.",
    ),
    ProblemType(
        slug="our-mistake", status=HTTPStatus.INTERNAL_SERVER_ERROR, title="Something broke on our side",
        means="The service met an error that it does not know.",
        mend="Tell us the header `X-Request-Id` of the answer: the error is logged under it.",
    ),
    ProblemType(
        slug="unavailable", status=HTTPStatus.SERVICE_UNAVAILABLE, title="A service behind this one can't be reached",
        means="PostgreSQL, Valkey or a service of AWS does not answer.",
        mend="Wait as long as the header `Retry-After` says, then send the request again; events keep their ids.",
    ),
)  # fmt: skip
PROBLEM_TYPES: Final[dict[str, ProblemType]] = {one.slug: one for one in _OF_STATUS}
_SPECIAL: Final = (NO_SUCH_PATH, CHANGED_MEANWHILE)
_BY_STATUS: Final = {one.status: one for one in _OF_STATUS if one not in _SPECIAL}


def type_of(status: HTTPStatus) -> ProblemType:
    """What a problem of this status is unless it is said otherwise. Raises KeyError for a status that no problem has."""
    return _BY_STATUS[status]
