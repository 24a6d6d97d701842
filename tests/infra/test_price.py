"""The price's model against the templates that it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.price.known import FREE, LOOKED_AT, unknown
from scripts.price.page import page, targets
from scripts.price.templates import AWS_STAGES, Resource, Templates

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly


@pytest.fixture(scope="module")
def stages(assembly: Assembly) -> dict[str, Templates]:
    return {
        name: Templates(
            name,
            tuple(Resource(one.logical_id, one.type, one.properties) for stack in assembly.stacks(name) for one in stack.resources),
        )
        for name in AWS_STAGES
    }  # fmt: skip


def test_everything_that_is_deployed_has_a_price_or_is_free(stages: dict[str, Templates]) -> None:
    assert {name: unknown(templates) for name, templates in stages.items()} == {name: [] for name in AWS_STAGES}


def test_no_price_is_kept_of_what_is_not_deployed(stages: dict[str, Templates]) -> None:
    deployed = {one.type for templates in stages.values() for one in templates.resources}
    assert FREE | set(LOOKED_AT) == deployed


def test_the_page_names_every_target_with_its_figure(stages: dict[str, Templates]) -> None:
    text = page(stages)
    for one in targets(stages):
        assert f"| {one.what} | ≤ ${one.most:,.2f} | ${one.now:,.2f} | {one.verdict} |" in text


def test_a_stage_that_nobody_uses_costs_less_than_prod(stages: dict[str, Templates]) -> None:
    *_, prod, dev = targets(stages)
    assert dev.now < prod.now
