from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone
from random import Random
from uuid import UUID

import pytest

from shared.audit.chain import OPERATIONS, Finding, Head, Verifier, hash_of, to_text, verify
from tests.unit.shared.audit.audit_trail import ALTERATIONS, Altered, chain, head_of

CASES = 10_000


def test_an_untouched_chain_has_no_findings() -> None:
    rows = chain(Random(1), 50)
    anchors = [Head(sequence=row.sequence, hash=row.hash) for row in rows[::7]]

    assert verify(rows, anchors, head_of(rows)) == []
    assert verify([], [], None) == []


def test_ten_thousand_random_alterations_are_all_found_and_located() -> None:
    random = Random(20261124)
    tried: Counter[str] = Counter()
    for _ in range(CASES):
        rows = chain(random, random.randrange(1, 20))
        anchors = [Head(sequence=row.sequence, hash=row.hash) for row in rows if random.random() < 0.2]
        altered = random.choice(ALTERATIONS)(random, rows)
        if altered.rows == rows:
            continue
        tried[altered.how] += 1
        assert_located(altered, verify(altered.rows, anchors, head_of(rows)), len(rows))
    assert tried.total() > CASES * 0.95
    assert len(tried) == len(ALTERATIONS)


def assert_located(altered: Altered, findings: list[Finding], length: int) -> None:
    widths = [found.last - found.first for found in findings if found.first <= altered.touched <= found.last]
    assert widths, (altered, findings)
    only_anchors_tell = "anew" in altered.how or (altered.how, altered.touched) == ("edit with hash", length)
    if altered.how not in {"truncate", "reorder"} and not only_anchors_tell:
        assert min(widths) <= 1, (altered, findings)  # the row itself, or it and its neighbour


def test_a_chain_that_was_rewritten_is_found_between_the_anchors_around_the_place() -> None:
    rows = chain(Random(2), 30)
    anchors = [Head(sequence=row.sequence, hash=row.hash) for row in (rows[9], rows[19], rows[29])]
    forged = chain(Random(2), 30)
    forged[14] = replace(forged[14], actor="person:somebody-else")
    from tests.unit.shared.audit.audit_trail import relink

    findings = verify(relink(forged), anchors)

    assert (findings[0].first, findings[0].last) == (11, 20)
    assert "anchored" in findings[0].what


def test_rows_after_the_last_that_the_chain_knows_are_found() -> None:
    rows = chain(Random(3), 5)

    assert verify(rows, [], head_of(rows[:3])) == [Finding(first=4, last=5, what="added without the chain's knowledge")]


def test_a_row_of_another_organisations_chain_is_found() -> None:
    first, second = chain(Random(4), 2)
    moved = replace(second, organisation_id=UUID(int=8))

    assert verify([first, replace(moved, hash=hash_of(moved))])[0] == Finding(
        first=2, last=2, what="belongs to another chain"
    )


def test_a_chain_can_be_followed_from_any_row_on() -> None:
    rows = chain(Random(5), 9)
    verifier = Verifier(rows[0].organisation_id, [head_of(rows)], after=rows[3])

    for row in rows[4:]:
        verifier.take(row)
    verifier.end()

    assert verifier.findings == []


def test_a_moment_is_the_same_in_every_zone() -> None:
    [row] = chain(Random(6), 1)
    assert hash_of(replace(row, at=row.at.astimezone(timezone(timedelta(hours=5))))) == row.hash


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("a,1:b", "c"), ("a", "1:b,c"))])
def test_fields_do_not_run_into_each_other(one: tuple[str, str], other: tuple[str, str]) -> None:
    [row] = chain(Random(7), 1)
    first = replace(row, actor=one[0], action=one[1])
    assert hash_of(first) != hash_of(replace(row, actor=other[0], action=other[1]))


def test_content_has_one_form() -> None:
    assert to_text({"b": 1, "a": "ö"}) == to_text({"a": "ö", "b": 1}) == '{"a":"ö","b":1}'
    assert to_text(None) is None
    assert UUID(int=0) == OPERATIONS
