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
    from shared.identity.identity import Person, Pipeline


@contextmanager
def desk(services: "Services", person: "Person | Pipeline") -> "Iterator[Changes]":
    """Changes for one person, or the pipeline, now; what may not be becomes a problem document."""
    from shared.changes.changes import Changes
    from shared.changes.model import ChangeRefused, NotNow
    from shared.changes.store import UnknownChange
    from shared.platform.aws.dynamodb import Overtaken
    from shared.runbook.load import the_runbook
    from shared.together.gate_facts import GateFacts

    now = datetime.now(UTC)
    delivery = the_runbook().delivery
    facts = GateFacts(
        kpis=services.kpis, calendar=services.calendar, incidents=services.incidents,
        evaluated_within=delivery.evaluated_within,
    )  # fmt: skip
    try:
        yield Changes(services.changes, facts.at(now), by=person.actor, now=now, valid_for=delivery.approval_valid_for)
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
