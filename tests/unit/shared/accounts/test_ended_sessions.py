from itertools import count

from shared.accounts.ended_sessions import FRESH_SECONDS, EndedSessions
from shared.platform.aws.signed import AwsUnavailable


class Ends:
    """What the table says, and how often it was asked; ``is_down`` means that it says nothing."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.asked = 0
        self.is_down = False

    def read(self) -> dict[str, int]:
        self.asked += 1
        if self.is_down:
            raise AwsUnavailable("no answer")
        return dict(self.known)


def test_a_token_of_before_the_end_is_good_no_longer_and_a_later_one_is() -> None:
    ends = Ends()
    ends.known = {"ada": 1000}
    sessions = EndedSessions(ends.read, clock=count().__next__)
    assert sessions.has("ada", 999)
    assert sessions.has("ada", 1000)
    assert not sessions.has("ada", 1001)
    assert not sessions.has("bob", 1)


def test_the_table_is_asked_once_in_a_while_and_an_end_is_known_within_that() -> None:
    ends, now = Ends(), [0.0]
    sessions = EndedSessions(ends.read, clock=lambda: now[0])
    assert not sessions.has("ada", 1)
    ends.known = {"ada": 1000}
    now[0] = FRESH_SECONDS - 0.1
    assert not sessions.has("ada", 1)
    assert ends.asked == 1
    now[0] = FRESH_SECONDS
    assert sessions.has("ada", 1)
    assert ends.asked == 2


def test_while_the_table_does_not_answer_what_was_known_last_counts() -> None:
    ends = Ends()
    ends.known = {"ada": 1000}
    sessions = EndedSessions(ends.read, clock=count(step=FRESH_SECONDS).__next__)
    assert sessions.has("ada", 1)
    ends.is_down = True
    assert sessions.has("ada", 1)
    assert not sessions.has("bob", 1)
