"""What a request about changes works with: the changes themselves, and how things stand for their gates."""

from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.http.problems import Problem, unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.api.services import Services
    from shared.changes.changes import Changes
    from shared.changes.gates import Facts
    from shared.identity.identity import Person, Pipeline


@contextmanager
def desk(services: "Services", person: "Person | Pipeline") -> "Iterator[Changes]":
    """Changes for one person, or the pipeline, now; what may not be becomes a problem document."""
    from functools import cache

    from shared.changes.changes import Changes
    from shared.changes.model import ChangeRefused, NotNow
    from shared.changes.store import UnknownChange
    from shared.platform.aws.dynamodb import Overtaken
    from shared.runbook.load import the_runbook

    now = datetime.now(UTC)
    facts = cache(lambda compatible: _facts(services, now, compatible=compatible))
    valid_for = the_runbook().delivery.approval_valid_for
    try:
        yield Changes(services.changes, facts, by=person.actor, now=now, valid_for=valid_for)
    except UnknownChange as error:
        detail = f"there is no change {error.args[0]}: GET /v1/changes lists them"
        raise Problem(HTTPStatus.NOT_FOUND, detail) from error
    except NotNow as error:
        raise Problem(HTTPStatus.CONFLICT, str(error)) from error
    except ChangeRefused as error:
        if error.field:
            raise unprocessable(str(error), pointer=f"/{error.field}") from error
        raise Problem(HTTPStatus.FORBIDDEN, str(error)) from error
    except Overtaken as error:
        detail = "it was changed by somebody else just now: read it again, then decide"
        raise Problem(HTTPStatus.CONFLICT, detail) from error


def _facts(services: "Services", now: datetime, *, compatible: bool) -> "Facts":
    from shared.changes.gates import Facts, exhausted
    from shared.runbook.load import the_runbook

    return Facts(
        exhausted=exhausted(services.kpis.latest(), now, the_runbook().delivery.evaluated_within),
        freezes=[entry.plan.title for entry in services.calendar.active(now, ["freeze"])],
        incidents=[one.title for one in services.incidents.open_ones() if one.customer_impacting],
        migrations_compatible=compatible,
    )
