from xml.etree import ElementTree as ET

import pytest

from shared.platform.chart import Axis, Bar, Chart, Line, draw, ticks

SVG = "{http://www.w3.org/2000/svg}"
AXIS = Axis(low=0, high=10, labels=[(0, "0"), (10, "10")])


def drawn(**parts: object) -> ET.Element:
    chart = Chart(title="Budget <left>", subtitle="99.9%", description="Half & half.", bottom=AXIS, left=AXIS, **parts)  # type: ignore[arg-type]  # any part may be given
    return ET.fromstring(draw(chart))  # noqa: S314 -- our own


def test_a_chart_has_a_title_and_a_description_for_who_can_not_see_it() -> None:
    svg = drawn()
    assert svg.get("role") == "img"
    named = {one.get("id"): one.text for one in svg if one.get("id")}
    assert [named[name] for name in str(svg.get("aria-labelledby")).split()] == ["Budget <left>", "Half & half."]


def test_a_chart_runs_no_script_and_fetches_nothing() -> None:
    text = draw(Chart(title="<script>", subtitle="", description="", bottom=AXIS, left=AXIS)).decode()
    assert "<script" not in text
    assert text.count("http") == text.count("http://www.w3.org/2000/svg")


def test_values_are_drawn_to_scale_and_what_lies_beyond_an_axis_at_its_end() -> None:
    line = Line(name="line", points=[(0, 0), (5, 5), (10, 99)])
    (points,) = (one.get("points") for one in drawn(lines=[line]).findall(f"{SVG}polyline"))
    (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in str(points).split())
    assert (x1 - x0, y0 - y1) == (x2 - x1, y1 - y2)
    assert x0 < x1 < x2
    assert y0 > y1 > y2


def test_a_line_may_have_an_axis_of_its_own() -> None:
    right = Axis(low=0, high=1, labels=[])
    lines = [Line(name="left", points=[(0, 5)]), Line(name="right", points=[(0, 0.5)], axis=right)]
    left, other = (one.get("points") for one in drawn(lines=lines, right=right).findall(f"{SVG}polyline"))
    assert left == other


def test_nothing_to_draw_is_said() -> None:
    svg = drawn(nothing="No backup", bars=[Bar(at=0, width=1, value=1, text="1")])
    assert "No backup" in [one.text for one in svg.findall(f"{SVG}text")]
    assert not [bar for bar in svg.findall(f"{SVG}rect") if bar.get("class") == "bar"]


@pytest.mark.parametrize(("high", "expected"), [
    (1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
    (953.7, [0, 200, 400, 600, 800, 1000]),
    (1200, [0, 500, 1000, 1500]),
    (7, [0, 2, 4, 6, 8]),
])  # fmt: skip
def test_ticks_are_round_and_reach_the_highest_value(high: float, expected: list[float]) -> None:
    assert ticks(high) == pytest.approx(expected)
