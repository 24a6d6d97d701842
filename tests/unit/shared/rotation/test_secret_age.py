from datetime import UTC, datetime, timedelta

from shared.rotation.age import Version, age_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVERY = timedelta(days=90)


def version(stage: str, days: float) -> Version:
    return Version(id=stage, stages=(stage,), created_at=NOW - timedelta(days=days))


def wrong(*versions: Version) -> str | None:
    age = age_of(versions, EVERY, NOW)
    return age.wrong if age else None


def test_a_secret_is_as_old_as_its_current_version() -> None:
    age = age_of([version("AWSPREVIOUS", 100), version("AWSCURRENT", 10)], EVERY, NOW)
    assert age is not None
    assert (age.since, age.due_at) == (NOW - timedelta(days=10), NOW + timedelta(days=80))
    assert age.wrong == ""


def test_a_secret_without_a_version_has_no_age() -> None:
    assert age_of([], EVERY, NOW) is None


def test_a_secret_is_too_old_a_week_after_it_was_due() -> None:
    assert wrong(version("AWSCURRENT", 97)) == ""
    assert wrong(version("AWSCURRENT", 97.01)) == "is 97 days old"


def test_a_rotation_has_a_day_to_end() -> None:
    current = version("AWSCURRENT", 50)
    assert wrong(current, version("AWSPENDING", 1)) == ""
    assert wrong(current, version("AWSPENDING", 1.01)) == "its rotation of 2026-11-22 23:45 did not end"


def test_a_rotation_that_was_given_up_before_another_succeeded_is_over() -> None:
    assert wrong(version("AWSPENDING", 60), version("AWSCURRENT", 50)) == ""


def test_the_label_that_secrets_manager_leaves_on_the_current_version_is_no_rotation() -> None:
    both = Version(id="1", stages=("AWSCURRENT", "AWSPENDING"), created_at=NOW - timedelta(days=5))
    age = age_of([both], EVERY, NOW)
    assert age is not None
    assert age.unfinished_since is None
