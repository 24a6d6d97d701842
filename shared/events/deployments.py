from typing import ClassVar, Literal

from shared.events.event import Told


class DeploymentChanged(Told):
    """Something happened to a change on its way to production; ``change`` says what, ``why`` how it came.

    ``sequence`` counts what happened to a deployment from 1, without gaps; ``impact`` is what people are told to expect.
    """

    source: ClassVar[str] = "p09.deployments"
    deployment: str
    sequence: int
    change: Literal[
        "planned", "amended", "staged", "smoke_passed", "load_passed", "held", "cleared", "override_asked", "overridden",
        "approved", "handed_over", "promoted", "verified", "rejected", "expired", "rolled_back",
    ]  # fmt: skip
    title: str
    impact: str
    planned_for: str
    by: str
    why: str
