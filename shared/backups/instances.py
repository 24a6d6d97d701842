"""The temporary database of a drill or a restore: provisioned to a moment, looked at, promoted or destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from shared.platform.aws.secrets import Login

InstanceState = Literal["creating", "available", "failed", "promoting", "promoted", "going back", "gone"]


class InstancesUnavailable(Exception):
    """Who keeps instances can't be asked or refuses. Nothing is known; asking again may help."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """``reason`` says why it failed; ``facts`` are of its making (base backup, segments, seconds)."""

    state: InstanceState
    host: str = ""
    port: int = 0
    step: str = ""
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Aside:
    """The database that a promotion put aside. ``costs`` says what keeping it costs, as a person reads it."""

    name: str
    costs: str


class Instances(Protocol):
    """Every call may be repeated. All raise ``InstancesUnavailable``."""

    def restorable_until(self) -> datetime | None:
        """To which moment the database could be restored now."""

    def provision(self, drill: str, *, to: datetime, base_before: datetime) -> None:
        """Begin to restore to ``to``, from a base backup that had ended by ``base_before``."""

    def look(self, drill: str) -> Instance: ...

    def admit_owner(self, drill: str, login: Login) -> None:
        """Begin to let the owner in with today's password: a restored database knows that of then."""

    def promote(self, drill: str) -> None:
        """Begin to put it into the place of the running database, whose data is kept aside."""

    def go_back(self, drill: str) -> None:
        """Begin to put what ran before into its place again; the restored database is then gone."""

    def aside(self, drill: str) -> Aside | None:
        """What a promotion put aside; None when it is not there (any more)."""

    def remove_aside(self, drill: str) -> None:
        """Begin to remove it for good."""

    def destroy(self, drill: str) -> None: ...
