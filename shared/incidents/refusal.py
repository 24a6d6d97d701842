"""What can't be done with an incident or a review, and what can be done instead."""

from shared.platform.refusals import NotNow, Unknown


class UnknownIncident(Unknown):
    """There is no incident of this id."""

    def __init__(self, incident_id: str) -> None:
        super().__init__(f"there is no incident {incident_id}: GET /v1/incidents lists them")


class UnknownReview(Unknown):
    """There is no review of this id."""

    def __init__(self, review_id: str) -> None:
        super().__init__(f"there is no review {review_id}: GET /v1/reviews lists them")


class NotPossible(NotNow):
    """It does not fit how the incident or the review stands. ``may`` names what can be done now."""

    def __init__(self, detail: str, may: tuple[str, ...] = ()) -> None:
        instead = f"; possible now: {', '.join(may)}" if may else ""
        super().__init__(f"{detail}{instead}", may=list(may))
        self.may = may
