"""infra imports no runtime code: what both have to name alike is compared here, as it is deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shared.backups.catalogue import KEY
from shared.identity.identity import ROLES
from shared.platform.outbox import PARTITION
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

# Also compared: CloudFront's proof (test_web.py), sign-off (test_recovery.py), the wake-up of the worker (test_data.py),
# settings (test_functions.py).


@pytest.mark.parametrize("stage", STAGES)
def test_the_outbox_is_woken_by_what_is_left_in_its_partition(assembly: Assembly, stage: str) -> None:
    mappings = [one.properties for _, one in assembly.of_type(stage, "AWS::Lambda::EventSourceMapping")]
    patterns = [json.loads(one["Pattern"]) for mapping in mappings for one in mapping["FilterCriteria"]["Filters"]]
    partitions = [pattern["dynamodb"]["NewImage"]["pk"]["S"] for pattern in patterns]
    assert [PARTITION] in partitions


def test_local_functions_may_read_the_catalogue_of_backups_where_it_is_kept(assembly: Assembly) -> None:
    policies = [one for _, one in assembly.of_type("local", "AWS::IAM::ManagedPolicy")]
    readers = {policy.logical_id for policy in policies if f"/{KEY}" in json.dumps(policy.properties)}
    assert len(readers) == len({"backup_verification", "restore_drill"})


@pytest.mark.parametrize("stage", STAGES)
def test_groups_of_people_are_the_roles_that_the_api_knows(assembly: Assembly, stage: str) -> None:
    groups = {one.properties["GroupName"] for _, one in assembly.of_type(stage, "AWS::Cognito::UserPoolGroup")}
    assert groups == ROLES
