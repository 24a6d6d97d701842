"""The actions of the workflow that restores the database beside itself: each is small, and may be repeated after any crash.

What is to be waited for and what has failed are answers, not errors: the workflow decides, and the function's alarm on errors
is for what nobody foresaw.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.restore_drill.settings import Settings
from functions.restore_drill.world import world
from shared.backups.drill import Aborted, NotYet, StepFailed, id_of
from shared.backups.instances import InstancesUnavailable
from shared.backups.run_drill import Drills
from shared.platform.failures import PostgresUnavailable
from shared.platform.settings import load
from shared.platform.valkey import ValkeyUnavailable

logger = Logger()
settings = load(Settings)
Act = Callable[[Drills, str, Mapping[str, Any]], Mapping[str, Any] | None]

REMOVE_ASIDE: Final = "remove_aside"
ACTIONS: Final[dict[str, Act]] = {
    "begin": lambda drills, drill, event: drills.begin(drill, event["asked"]),
    "mark": lambda drills, drill, _: drills.mark(drill),
    "provision": lambda drills, drill, _: drills.provision(drill),
    "wait": lambda drills, drill, _: drills.wait(drill),
    "admit": lambda drills, drill, _: drills.admit(drill),
    "compare": lambda drills, drill, _: drills.compare(drill),
    "reapply": lambda drills, drill, _: drills.reapply(drill),
    "close_restored": lambda drills, drill, _: drills.close_restored(drill),
    "smoke_test": lambda drills, drill, _: drills.smoke_test(drill),
    "destroy": lambda drills, drill, _: drills.destroy(drill),
    "await": lambda drills, drill, event: drills.await_decision(drill, event["wait"], event["token"]),
    "decided": lambda drills, drill, event: drills.decided(drill, event["wait"], event["decision"]),
    "preview": lambda drills, drill, _: drills.preview(drill),
    "promote": lambda drills, drill, event: drills.promote(drill, event["step"]),
    "go_back": lambda drills, drill, _: drills.go_back(drill),
    "close": lambda drills, drill, event: drills.close(drill, event["status"], event.get("why", "")),
}


@cache
def drills() -> Drills:
    return Drills(world(settings))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if event.get("task") == REMOVE_ASIDE:
        return _remove_aside()
    action, drill = event["action"], str(event.get("drill") or id_of(event["asked"]))
    try:
        found = {"state": "done", **(ACTIONS[action](drills(), drill, event) or {})}
    except (NotYet, InstancesUnavailable, PostgresUnavailable, ValkeyUnavailable) as error:
        found = drills().patience(drill, str(event.get("step", action)), str(error))
    except Aborted as error:
        found = {"state": "aborted", "why": str(error)}
    except StepFailed as error:
        found = {"state": "failed", "why": str(error)}
    logger.info(action, extra={"drill": drill, **found})
    return {"drill": drill, **found}


def _remove_aside() -> dict[str, Any]:
    """Once a day: what promotions put aside is removed when its time is over."""
    report = drills().remove_what_was_put_aside()
    logger.info(REMOVE_ASIDE, extra=report)
    return report
