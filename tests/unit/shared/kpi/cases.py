"""Worked cases: slices in; verdicts, budgets and burn rates out. Figures are worked out by hand, as exact fractions.

Availability allows 1 in 1000, latency 50 in 1000, the error rate 10 in 1000. Keys of what is expected:
``a``/``l``/``e``: verdicts of availability, latency, error rate · ``a_left``/``l_left``: budget that remains ·
``burn``: availability's burn rate by window · ``slow_burn``: latency's · ``alerts``: pairs that fire.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.kpi.exclusions import Exclusion
from tests.unit.shared.kpi.traffic import NOW, Run, gap, maintenance

MET, BREACHED, FEW, NONE = "met", "breached", "insufficient data", "no data"
DAY, HOUR = 288, 12


@dataclass(frozen=True)
class Case:
    name: str
    runs: list[Run]
    expected: dict[str, Any]
    at: datetime = NOW
    exclusions: list[Exclusion] = field(default_factory=list)
    incidents: int | None = 0


def clean(slices: int) -> Run:
    return Run(slices, 1000)


BASICS = [
    Case("a clean hour", [clean(12)], {"a": MET, "l": MET, "e": MET, "a_left": "1", "l_left": "1", "alerts": []}),
    Case("a clean hour burns nothing", [clean(12)], {"burn": {"5m": "0", "1h": "0", "3d": "0"}}),
    Case("a clean month", [clean(19 * DAY + 144)], {"a": MET, "a_left": "1", "missing": 0, "silent": False}),
    Case("all requests fail", [Run(12, 1000, 1000)], {"a": BREACHED, "e": BREACHED, "l": MET, "a_left": "-999"}),
    Case("all requests fail: every window burns 1000", [Run(12, 1000, 1000)], {"burn": {"5m": "1000", "1h": "1000"}}),
    Case("all requests are slow", [Run(12, 1000, slow=1000)], {"a": MET, "e": MET, "l": BREACHED, "l_left": "-19"}),
    Case("all requests are slow: the burn is 20, and cannot be more", [Run(12, 1000, slow=1000)],
         {"slow_burn": {"5m": "20", "1h": "20"}, "alerts": [f"latency {p}" for p in ("fast", "steady", "slow", "creeping")]}),
    Case("all requests are slow for a day", [Run(DAY, 1000, slow=1000)], {"slow_burn": {"1d": "20"}, "l_left": "-19"}),
    Case("one error in a thousand is what the target allows", [Run(12, 1000, 1)], {"a": MET, "a_left": "0"}),
    Case("a budget spent to the last request is exhausted, its target met", [Run(12, 1000, 1)],
         {"a": MET, "exhausted": ["availability"]}),
    Case("one error more breaches", [Run(11, 1000, 1), Run(1, 1000, 2)], {"a": BREACHED, "a_left": "-1/12"}),
    Case("one error less leaves a twelfth", [Run(11, 1000, 1), Run(1, 1000)], {"a": MET, "a_left": "1/12"}),
    Case("remaining is not clamped at 0", [Run(12, 1000, 30)], {"a": BREACHED, "a_left": "-29", "e": BREACHED}),
    Case("half of a budget", [Run(10, 1000, 1), Run(10, 1000)], {"a": MET, "a_left": "1/2"}),
]  # fmt: skip

AVERAGES = [
    Case("287 clean slices and one of 2 with 2 errors: the day's burn is 0.007, not 3.5",
         [clean(287), Run(1, 2, 2)], {"burn": {"1d": "1000/143501"}, "alerts": [], "a": MET}),
    Case("the same, the small slice first", [Run(1, 2, 2), clean(287)], {"burn": {"1d": "1000/143501", "1h": "0"}}),
    Case("the same in the month's budget", [clean(287), Run(1, 2, 2)], {"a_left": "142501/143501"}),
    Case("the small slice alone burns 1000 in its five minutes", [clean(287), Run(1, 2, 2)], {"burn": {"5m": "1000"}}),
    Case("the small slice is one bad slice of 288", [clean(287), Run(1, 2, 2)], {"time_slice": "287/288", "bad_slices": 1}),
    Case("a busy bad slice weighs by its requests", [Run(11, 100), Run(1, 10000, 100)],
         {"burn": {"1h": "1000/111"}, "e": MET}),
    Case("a quiet bad slice does too", [Run(11, 10000), Run(1, 100, 100)], {"burn": {"1h": "1000/1101"}, "e": MET}),
    Case("slices without requests change no share", [Run(6, 1000, 10), Run(6, 0)], {"e": MET, "burn": {"1h": "10"}}),
    Case("slow requests weigh by number too", [Run(11, 1000), Run(1, 1, slow=1)],
         {"l": MET, "slow_burn": {"1h": "20/11001"}}),
]  # fmt: skip

BOUNDARIES = [
    Case("exactly 1% of an hour meets", [Run(12, 1000, 10)], {"e": MET}),
    Case("1% and one error breaches", [Run(11, 1000, 10), Run(1, 1000, 11)], {"e": BREACHED}),
    Case("1% less one error meets", [Run(11, 1000, 10), Run(1, 1000, 9)], {"e": MET}),
    Case("1% in an hour burns 10 and lies under the fast page", [clean(852), Run(12, 1000, 10)],
         {"e": MET, "burn": {"1h": "10", "5m": "10", "6h": "5/3", "3d": "5/36"}, "alerts": []}),
    Case("1.1% in an hour breaches the error rate and pages nobody by its burn", [clean(852), Run(12, 1000, 11)],
         {"e": BREACHED, "burn": {"1h": "11"}, "alerts": []}),
    Case("exactly 200 ms is within 200 ms", [Run(12, 1000, at_limit=1000)], {"l": MET, "l_left": "1", "p95": "195"}),
    Case("exactly 95% within 200 ms meets", [Run(12, 1000, slow=50)], {"l": MET, "l_left": "0", "p95": "100"}),
    Case("one slow request more breaches", [Run(11, 1000, slow=50), Run(1, 1000, slow=51)],
         {"l": BREACHED, "l_left": "-1/600"}),
    Case("one slow request less meets", [Run(11, 1000, slow=50), Run(1, 1000, slow=49)], {"l": MET, "l_left": "1/600"}),
    Case("exactly 99.9% meets with large numbers", [Run(12, 1_000_000, 1000)], {"a": MET, "a_left": "0"}),
    Case("one in twelve million more breaches", [Run(11, 1_000_000, 1000), Run(1, 1_000_000, 1001)],
         {"a": BREACHED, "a_left": "-1/12000"}),
    Case("p95 on the bound and 95% within it are the same", [Run(12, 100, slow=5)], {"l": MET, "p95": "100"}),
    Case("p95 interpolates in its bucket", [Run(12, 100, slow=10)], {"l": BREACHED, "p95": "350"}),
    Case("p95 beyond the last bound is that bound", [Run(12, 100, beyond=100)], {"l": BREACHED, "p95": "10000"}),
    Case("a mixed p95", [Run(12, 100, at_limit=20)], {"l": MET, "p95": "175"}),
]  # fmt: skip


def _pairs(name: str, at: list[Run], above: list[Run], *, kpi: str = "availability") -> list[Case]:
    others = ("fast", "steady", "slow", "creeping")
    return [
        Case(f"{kpi}: {name} at its factor is silent", at, {"not_firing": [f"{kpi} {name}"]}),
        Case(f"{kpi}: {name} above its factor fires", above, {"firing": [f"{kpi} {name}"]}),
        Case(f"{kpi}: above {name} nothing faster fires", above,
             {"not_firing": [f"{kpi} {other}" for other in others[: others.index(name)]]}),
    ]  # fmt: skip


BURNS = [
    *_pairs("fast", [Run(12, 10000, 144)], [Run(11, 10000, 144), Run(1, 10000, 145)]),
    *_pairs("steady", [Run(72, 1000, 6)], [Run(71, 1000, 6), Run(1, 1000, 12)]),
    *_pairs("slow", [Run(DAY, 1000, 3)], [Run(DAY - 1, 1000, 3), Run(1, 1000, 4)]),
    *_pairs("creeping", [Run(3 * DAY, 1000, 1)], [Run(3 * DAY - 1, 1000, 1), Run(1, 1000, 2)]),
    *_pairs("fast", [Run(12, 1000, slow=720)], [Run(11, 1000, slow=720), Run(1, 1000, slow=721)], kpi="latency"),
    *_pairs("steady", [Run(72, 1000, slow=300)], [Run(71, 1000, slow=300), Run(1, 1000, slow=301)], kpi="latency"),
    *_pairs("slow", [Run(DAY, 1000, slow=150)], [Run(DAY - 1, 1000, slow=150), Run(1, 1000, slow=151)], kpi="latency"),
    *_pairs("creeping", [Run(3 * DAY, 1000, slow=50)], [Run(3 * DAY - 1, 1000, slow=50), Run(1, 1000, slow=51)],
            kpi="latency"),
    Case("a long window alone does not page: it is over", [clean(852), Run(11, 1000, 100), clean(1)],
         {"not_firing": ["availability fast"], "burn": {"5m": "0", "1h": "275/3"}}),
    Case("a short window alone does not page: it may be nothing", [clean(DAY * 3 - 1), Run(1, 1000, 20)],
         {"alerts": [], "burn": {"5m": "20", "1h": "5/3"}}),
    Case("a total outage of five minutes pages at once", [clean(863), Run(1, 1000, 1000)],
         {"firing": ["availability fast"], "burn": {"5m": "1000", "1h": "250/3"}}),
    Case("0.4% for three days is a ticket, not a page", [Run(3 * DAY, 1000, 4)],
         {"alerts": ["availability slow", "availability creeping"], "burn": {"3d": "4"}}),
    Case("0.4% for a day after two clean ones", [clean(2 * DAY), Run(DAY, 1000, 4)],
         {"alerts": ["availability slow", "availability creeping"], "burn": {"1d": "4", "3d": "4/3"}}),
    Case("after a fix the slow pair falls silent within two hours", [Run(2 * DAY + 264, 1000, 4), clean(24)],
         {"not_firing": ["availability slow"], "firing": ["availability creeping"], "burn": {"2h": "0"}}),
]  # fmt: skip

LOW_TRAFFIC = [
    Case("199 requests are insufficient", [Run(1, 199)], {"a": FEW, "l": FEW, "e": FEW}),
    Case("200 requests are enough", [Run(1, 200)], {"a": MET, "l": MET, "e": MET}),
    Case("199 failures are insufficient too", [Run(1, 199, 199)], {"a": FEW, "e": FEW, "alerts": [], "exhausted": []}),
    Case("200 failures breach", [Run(1, 200, 200)], {"a": BREACHED, "e": BREACHED}),
    Case("one slow request in the night pages nobody", [Run(11, 0), Run(1, 1, slow=1)], {"l": FEW, "alerts": []}),
    Case("one error in the night pages nobody", [Run(11, 0), Run(1, 1, 1)], {"e": FEW, "alerts": []}),
    Case("a quiet night after a busy day: the hour is insufficient, the month is not", [clean(DAY), Run(12, 3)],
         {"a": MET, "e": FEW, "l": FEW, "a_left": "1"}),
    Case("traffic collapses while the rest fails", [clean(DAY), Run(12, 4, 2)],
         {"e": FEW, "not_firing": ["availability fast"]}),
    Case("measured without a single request", [Run(12, 0)], {"a": FEW, "l": FEW, "e": FEW, "a_left": "none"}),
    Case("a slow long window judges although the short one is thin", [clean(11), Run(1, 10, 10)], {"burn": {"5m": "1000"}}),
    Case("probes judge where requests are too few", [Run(12, 10, passed=5)], {"a": FEW, "probe": "1", "probe_verdict": MET}),
    Case("failing probes breach where requests are too few", [Run(11, 10, passed=5), Run(1, 10, failed=5)],
         {"a": FEW, "probe": "11/12", "probe_verdict": BREACHED}),
]  # fmt: skip

NO_DATA = [
    Case("nothing was ever measured", [], {"a": NONE, "l": NONE, "e": NONE, "silent": True, "alerts": []}),
    Case("an hour of silence", [clean(DAY), gap(12)], {"a": MET, "l": NONE, "e": NONE, "silent": True, "missing_hour": 12}),
    Case("silence of ten minutes is not alarming", [clean(DAY), gap(2)], {"e": MET, "silent": False}),
    Case("silence of fifteen minutes is", [clean(DAY), gap(3)], {"e": MET, "silent": True}),
    Case("slices without requests are silence as well", [clean(DAY), Run(3, 0)], {"e": MET, "silent": True}),
    Case("missing slices are counted apart, neither good nor bad", [clean(6), gap(3), Run(3, 1000, 20)],
         {"time_slice": "2/3", "bad_slices": 3, "missing_hour": 3, "e": MET}),
    Case("no data has no budget", [], {"a_left": "none", "l_left": "none", "exhausted": []}),
    Case("no data burns nothing", [], {"burn": {"5m": "none", "1h": "none", "3d": "none"}, "p95": "none"}),
    Case("silence that began in a maintenance is not alarming until it has lasted as long after it", [clean(DAY), gap(6)],
         {"silent": False}, exclusions=[maintenance("11:30", "11:46")]),
    Case("silence after a maintenance is, once it has lasted", [clean(DAY), gap(6)], {"silent": True},
         exclusions=[maintenance("11:30", "11:45")]),
    Case("traffic comes back", [gap(12), clean(1)], {"e": MET, "silent": False}),
]  # fmt: skip

AVAILABILITIES = [
    Case("three availabilities of one outage differ", [Run(11, 1000, passed=5), Run(1, 10, 10, failed=5)],
         {"request": "1100/1101", "time_slice": "11/12", "probe": "11/12"}),
    Case("a skipped probe is unknown, not good", [Run(12, 1000, passed=4, skipped=1)],
         {"probe": "1", "probe_runs": 48, "probes_skipped": 12}),
    Case("skipped probes alone say nothing", [Run(12, 1000, skipped=5)], {"probe": "none", "probe_verdict": NONE}),
    Case("29 probes are too few", [Run(1, 1000, passed=29)], {"probe_verdict": FEW}),
    Case("30 probes are enough", [Run(1, 1000, passed=30)], {"probe_verdict": MET}),
    Case("good requests do not mend failing probes", [Run(12, 1000, failed=5)], {"a": MET, "probe_verdict": BREACHED}),
    Case("good probes do not mend failing requests", [Run(12, 1000, 100, passed=5)], {"a": BREACHED, "probe_verdict": MET}),
    Case("a slice with exactly 1% of errors is not bad", [Run(12, 1000, 10)], {"time_slice": "1"}),
    Case("a slice with more is", [Run(11, 1000, 10), Run(1, 1000, 11)], {"time_slice": "11/12"}),
]  # fmt: skip

_OUTAGE = [clean(6), Run(3, 1000, 1000), clean(3)]  # from 11:30 to 11:45

EXCLUSIONS = [
    Case("an outage within planned maintenance does not count", _OUTAGE,
         {"a": MET, "e": MET, "a_left": "1", "excluded": 3, "excluded_requests": 3000},
         exclusions=[maintenance("11:30", "11:45")]),
    Case("the same outage without maintenance counts", _OUTAGE, {"a": BREACHED, "e": BREACHED, "excluded": 0}),
    Case("of a slice that is only partly inside the other minutes count", _OUTAGE,
         {"e": BREACHED, "excluded": 2, "excluded_minutes": 14, "excluded_requests": 2800, "a_left": "-477/23"},
         exclusions=[maintenance("11:31", "11:45")]),
    Case("maintenance shorter than a slice excludes its minutes", _OUTAGE,
         {"excluded": 0, "excluded_minutes": 3, "excluded_requests": 600, "e": BREACHED},
         exclusions=[maintenance("11:31", "11:34")]),
    Case("a minute that was not announced for all of its seconds counts", _OUTAGE,
         {"excluded_minutes": 13, "excluded_requests": 2600}, exclusions=[maintenance("11:31:01", "11:45:59")]),
    Case("minutes without data are excluded, the rest of their slice is missing", [clean(6), gap(3), clean(3)],
         {"excluded": 2, "excluded_minutes": 13, "missing_hour": 1}, exclusions=[maintenance("11:30", "11:43")]),
    Case("overlapping maintenances exclude once", _OUTAGE, {"excluded": 3, "a_left": "1"},
         exclusions=[maintenance("11:30", "11:40"), maintenance("11:35", "11:45")]),
    Case("touching maintenances are one", _OUTAGE, {"excluded": 3},
         exclusions=[maintenance("11:30", "11:37"), maintenance("11:37", "11:45")]),
    Case("maintenance without data is excluded, not missing", [clean(6), gap(3), clean(3)],
         {"excluded": 3, "missing_hour": 0}, exclusions=[maintenance("11:30", "11:45")]),
    Case("an hour that is all maintenance judges nothing and alarms nobody", [clean(DAY), gap(12)],
         {"e": FEW, "a": MET, "silent": False, "excluded": 12}, exclusions=[maintenance("11:00", "12:00")]),
    Case("maintenance of the night does not touch this hour", [clean(DAY), Run(12, 1000, 20)],
         {"e": BREACHED, "a_left": "1/6"}, exclusions=[maintenance("02:00", "03:00")]),
    Case("burn rates leave maintenance out as well", _OUTAGE, {"burn": {"1h": "0"}, "alerts": []},
         exclusions=[maintenance("11:30", "11:45")]),
]  # fmt: skip


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CALENDAR = [
    Case("the last instant of a month belongs to it", [Run(12, 1000, 1)], {"a": MET, "a_left": "0"}, at=_utc("2026-12-01")),
    Case("a new month begins with a full budget", [Run(12, 1000, 500), clean(1)], {"a": MET, "a_left": "1", "e": BREACHED},
         at=_utc("2026-12-01T00:05")),
    Case("burn windows reach over the month's end", [Run(11, 1000, 12), clean(1)],
         {"burn": {"1h": "11", "5m": "0"}, "a": MET}, at=_utc("2026-12-01T00:05")),
    Case("February of a leap year", [clean(29 * DAY)], {"a": MET, "missing": 0}, at=_utc("2028-03-01")),
    Case("a clock change elsewhere changes nothing here", [clean(31 * DAY)], {"missing": 0}, at=_utc("2026-11-01")),
    Case("an evaluation between slices judges the last one that is over", [clean(12)], {"e": MET, "missing_hour": 0},
         at=_utc("2026-11-20T12:03:20")),
]  # fmt: skip

INCIDENTS = [
    Case("no incident", [], {"incidents": MET, "incidents_left": "1"}, incidents=0),
    Case("one incident", [], {"incidents": MET, "incidents_left": "1/2"}, incidents=1),
    Case("two incidents are allowed", [], {"incidents": MET, "incidents_left": "0"}, incidents=2),
    Case("three are not", [], {"incidents": BREACHED, "incidents_left": "-1/2"}, incidents=3),
    Case("an unknown number is no data", [], {"incidents": NONE, "incidents_left": "none"}, incidents=None),
]

CASES = [
    *BASICS,
    *AVERAGES,
    *BOUNDARIES,
    *BURNS,
    *LOW_TRAFFIC,
    *NO_DATA,
    *AVAILABILITIES,
    *EXCLUSIONS,
    *CALENDAR,
    *INCIDENTS,
]
