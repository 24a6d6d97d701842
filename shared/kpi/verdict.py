"""What can be said of a target."""

from enum import StrEnum


class Verdict(StrEnum):
    """Only the first two judge. The others are shown as what they are, never as green or red."""

    MET = "met"
    BREACHED = "breached"
    INSUFFICIENT_DATA = "insufficient data"
    NO_DATA = "no data"

    @property
    def judges(self) -> bool:
        return self in {Verdict.MET, Verdict.BREACHED}
