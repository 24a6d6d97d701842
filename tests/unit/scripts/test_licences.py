import pytest

from scripts.licences import ROOT, main, not_allowed, npm_licences, python_licences


def test_everything_that_is_shipped_is_under_an_allowed_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "0 under a licence that is not allowed" in capsys.readouterr().out


def test_python_and_npm_packages_are_found_with_their_licences() -> None:
    assert dict(python_licences(ROOT / "requirements" / "runtime.txt"))["fastapi"] == "MIT"
    shipped = dict(npm_licences(ROOT / "package-lock.json"))
    assert shipped["react"] == "MIT"
    assert "vite" not in shipped


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("(MIT OR CC0-1.0)", False),
        ("MIT No Attribution License (MIT-0)", False),
        ("GPL-3.0", True),
        ("MIT AND GPL-3.0", True),
        ("", True),
    ],
)
def test_a_licence_that_is_not_allowed_is_refused(licence: str, refused: bool) -> None:  # noqa: FBT001 -- parametrized: pytest passes it by name
    allowed = {"MIT", "CC0-1.0", "MIT No Attribution License (MIT-0)"}
    assert bool(list(not_allowed([("x", licence)], allowed, set()))) is refused


def test_an_exception_holds_as_long_as_its_package_is_shipped() -> None:
    assert list(not_allowed([("x", "GPL-3.0")], {"MIT"}, {"x"})) == []
    assert "take its exception out" in next(iter(not_allowed([], {"MIT"}, {"x"})))
