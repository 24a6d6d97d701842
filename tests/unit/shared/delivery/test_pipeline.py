from datetime import UTC, datetime, timedelta

import pytest

from shared.delivery.github import read_access
from shared.delivery.pipeline import HISTORY_RUNS, MOST_LOOKED_INTO, Job, Limits, Looked, WorkflowRun, look, review

EIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)
LIMITS = Limits(
    look_back=timedelta(hours=24), history=timedelta(days=14), minimum_history=3, slower_by_share=0.5,
    slower_by=timedelta(seconds=30),
)  # fmt: skip


def run(
    number: int, conclusion: str = "success", *, branch: str = "main", attempt: int = 1, days: float = 0.5
) -> WorkflowRun:
    return WorkflowRun(
        id=number, workflow="deploy", branch=branch, commit=f"{number:040}", attempt=attempt, conclusion=conclusion,
        started_at=EIGHT - timedelta(days=days), url=f"https://github.com/runs/{number}",
    )  # fmt: skip


def job(
    of: WorkflowRun, conclusion: str = "success", *, seconds: float | None = 60, attempt: int = 1, name: str = "test"
) -> Job:
    took = None if seconds is None else timedelta(seconds=seconds)
    return Job(
        run=of.id, workflow=of.workflow, name=name, commit=of.commit, attempt=attempt, conclusion=conclusion,
        took=took, url=f"{of.url}/{name}",
    )  # fmt: skip


def looked(runs: list[WorkflowRun], recent: list[Job], earlier: list[Job] | None = None) -> Looked:
    return Looked(default_branch="main", runs=runs, recent=recent, earlier=earlier or [])


HISTORY = [job(run(number, days=3), seconds=60) for number in (91, 92, 93)]


def test_good_runs_have_no_fault() -> None:
    found = review(looked([run(1)], [job(run(1))], HISTORY), LIMITS)
    assert (found.faults, found.judged, found.not_compared) == ([], 1, [])


@pytest.mark.parametrize("conclusion", ["failure", "timed_out", "startup_failure"])
def test_a_failure_of_the_default_branch_is_one_though_a_later_run_passed(conclusion: str) -> None:
    found = review(looked([run(2), run(1, conclusion)], [job(run(2))], HISTORY), LIMITS)
    assert found.faults == ["deploy failed on main at 0000000"]


def test_a_failure_of_another_branch_is_its_authors() -> None:
    found = review(looked([run(2), run(1, "failure", branch="try")], [job(run(2))], HISTORY), LIMITS)
    assert found.faults == []


@pytest.mark.parametrize("conclusion", ["", "cancelled", "skipped"])
def test_what_did_not_end_well_or_badly_judges_nothing(conclusion: str) -> None:
    assert review(looked([run(1, conclusion)], []), LIMITS).judged == 0


def test_a_job_that_failed_and_then_passed_at_the_same_commit_is_flaky() -> None:
    again = run(1, attempt=2)
    found = review(looked([again], [job(again, "failure"), job(again, attempt=2)], HISTORY), LIMITS)
    assert found.faults == ["deploy / test is flaky: failed, then passed at 0000000"]


def test_a_job_that_failed_twice_is_not_flaky_nor_one_that_passed_first() -> None:
    again = run(1, attempt=2)
    twice = [job(again, "failure"), job(again, "failure", attempt=2)]
    assert review(looked([again], twice), LIMITS).flaky == []
    passed_first = [job(again), job(again, "failure", attempt=2)]
    assert review(looked([again], passed_first), LIMITS).flaky == []


def test_a_job_is_flaky_at_its_own_commit_only() -> None:
    found = review(looked([run(1), run(2)], [job(run(1), "failure"), job(run(2))]), LIMITS)
    assert found.flaky == []


@pytest.mark.parametrize(("seconds", "slower"), [(60, False), (90, False), (91, True), (300, True)])
def test_a_job_much_slower_than_its_median_is_a_regression(seconds: float, *, slower: bool) -> None:
    found = review(looked([run(1)], [job(run(1), seconds=seconds)], HISTORY), LIMITS)
    assert bool(found.regressions) is slower
    if slower:
        assert found.faults == [f"deploy / test took {seconds} s, the median of 3 before is 60 s"]


def test_a_few_seconds_are_no_regression_whatever_their_share() -> None:
    earlier = [job(run(number), seconds=2) for number in (91, 92, 93)]
    assert review(looked([run(1)], [job(run(1), seconds=20)], earlier), LIMITS).faults == []


def test_one_slow_run_among_good_ones_is_no_regression() -> None:
    runs = [run(1), run(2), run(3)]
    jobs = [job(runs[0], seconds=600), job(runs[1]), job(runs[2])]
    assert review(looked(runs, jobs, HISTORY), LIMITS).regressions == []


def test_a_job_with_too_little_history_is_said_not_to_be_compared() -> None:
    found = review(looked([run(1)], [job(run(1), seconds=600)], HISTORY[:2]), LIMITS)
    assert (found.regressions, found.not_compared) == ([], ["deploy / test"])


class FakePipeline:
    def __init__(self, *runs: WorkflowRun) -> None:
        self._runs = sorted(runs, key=lambda one: one.started_at, reverse=True)
        self.asked: list[int] = []

    def default_branch(self) -> str:
        return "main"

    def runs(self, since: datetime, until: datetime) -> list[WorkflowRun]:
        return [one for one in self._runs if since <= one.started_at < until]

    def jobs(self, run: WorkflowRun) -> list[Job]:
        self.asked.append(run.id)
        return [job(run)]


def test_jobs_are_asked_for_where_they_matter() -> None:
    pipeline = FakePipeline(
        run(1), run(2, branch="try"), run(3, branch="try", attempt=2), run(4, ""), run(5, days=2),
        run(6, "failure", days=2), run(7, branch="try", days=2), run(8, days=20),
    )  # fmt: skip
    found = look(pipeline, LIMITS, EIGHT)
    assert sorted(pipeline.asked) == [1, 3, 5]
    assert [one.id for one in found.runs] == [1, 2, 3, 4]


def test_a_flood_of_runs_is_looked_into_so_far_and_says_so() -> None:
    flood = [run(number) for number in range(MOST_LOOKED_INTO + 5)]
    pipeline = FakePipeline(*flood, *(run(1000 + number, days=2) for number in range(50)))
    found = look(pipeline, LIMITS, EIGHT)
    assert found.left_out == 5
    assert len(pipeline.asked) == MOST_LOOKED_INTO + HISTORY_RUNS


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"repository": "", "token": "", "placeholder": "x"}',
                                  '{"repository": "a/b", "token": " "}', '{"repository": 1, "token": "x"}'])  # fmt: skip
def test_a_secret_that_nobody_filled_in_is_none(text: str) -> None:
    assert read_access(text) is None


def test_a_secret_is_checked_for_what_would_lead_elsewhere() -> None:
    found = read_access('{"repository": " acme/shop ", "token": "a-token"}')
    assert found is not None
    assert found.repository == "acme/shop"
    assert found.token.reveal() == "a-token"
    assert "a-token" not in repr(found)
    for wrong in ("acme", "acme/shop/..", "https://github.com/acme/shop", "../x y"):
        with pytest.raises(ValueError, match="owner/name"):
            read_access(f'{{"repository": "{wrong}", "token": "t"}}')
