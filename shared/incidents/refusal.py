"""What can't be done with an incident or a review, and what can be done instead."""


class UnknownIncident(LookupError):
    """There is no incident, or no review, of that id."""


class NotPossible(Exception):
    """It does not fit how the incident or the review stands. ``may`` names what can be done now."""

    def __init__(self, detail: str, may: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.may = may


class WrongValue(ValueError):
    """``field`` is the one to mend."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
