"""The workflow that takes a change to production: it looks how the change stands, does what comes next or waits, and looks again.

    look → pipeline's steps? gates? approval? planned time? verification? → wait → look …
         → hand over to who deploys → wait → look …
         → verified, rejected, expired; or failed: rolled back

What happens to a change is written by people and the pipeline through the API; the event that tells of it ends a wait. Should one
be lost, the wait ends by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.constructs.workflow import state_machine

if TYPE_CHECKING:
    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction

NAME = "promotion"
# A change ends by itself after 60 days on its way; who verifies it late has a month more.
TIMEOUT = Duration.days(90)
RETRIES = 12
LONGEST_PAUSE = Duration.minutes(5)
# Who deploys is not kept waiting for a pipeline that does not answer.
ASKED = 4
WAITS = {
    "pipeline": "ForPipeline",
    "gates": "ForGates",
    "approval": "ForApproval",
    "planned_time": "ForPlannedTime",
    "promotion": "ForPromotion",
    "verification": "ForVerification",
}


class PromotionWorkflow(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        function: ServiceFunction,
        look_again: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = function
        self._look_again = look_again
        self._look = self._act("Look", "look")
        self._look.next(self._decide())
        self.machine = state_machine(
            self, name=NAME, definition=self._look, timeout=TIMEOUT, functions=[function], platform=platform
        )

    def _decide(self) -> sfn.Choice:
        """What comes next, as the function says in `seen`."""
        decide = sfn.Choice(self, "WhatNext")
        decide.when(_next_is("end"), self._end())
        decide.when(_next_is("rest"), self._rest())
        decide.when(_next_is("hand_over"), self._hand_over(decide))
        for waits_for, name in WAITS.items():
            decide.when(sfn.Condition.string_equals("$.seen.waits_for", waits_for), self._wait(name))
        return decide.otherwise(
            sfn.Fail(self, "Unknown", error="UnknownStep", cause="It is not known what comes next.")
        )

    def _hand_over(self, decide: sfn.Choice) -> sfn.IChainable:
        """The pipeline is asked; when it can't be, whoever deploys takes over."""
        take_over = self._act("TakeOver", "take_over", cause=sfn.JsonPath.string_at("$.error.Cause"))
        take_over.next(decide)
        hand_over = self._act("HandOver", "hand_over", attempts=ASKED)
        hand_over.add_catch(take_over, errors=["States.ALL"], result_path="$.error")
        hand_over.next(decide)
        return hand_over

    def _rest(self) -> sfn.IChainable:
        rest = sfn.Wait(self, "UntilPlannedTime", time=sfn.WaitTime.seconds_path("$.seen.seconds"))
        return rest.next(self._look)

    def _wait(self, name: str) -> sfn.IChainable:
        payload = {
            "action": "wait", "change": sfn.JsonPath.string_at("$.change"), "seen": sfn.JsonPath.object_at("$.seen"),
            "token": sfn.JsonPath.task_token, "entered": sfn.JsonPath.string_at("$$.State.EnteredTime"),
            "attempt": sfn.JsonPath.number_at("$$.State.RetryCount"),
        }  # fmt: skip
        wait = tasks.LambdaInvoke(
            self,
            name,
            lambda_function=self._function.function,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=sfn.TaskInput.from_object(payload),
            task_timeout=sfn.Timeout.duration(self._look_again),
            retry_on_service_exceptions=False,
            result_path=sfn.JsonPath.DISCARD,
        )
        _retry(wait, ["States.TaskFailed"], RETRIES)
        wait.add_catch(self._look, errors=["States.Timeout"], result_path=sfn.JsonPath.DISCARD)
        wait.next(self._look)
        return wait

    def _end(self) -> sfn.IChainable:
        end = sfn.Choice(self, "HowItEnded")
        for state in ("verified", "rejected", "expired"):
            end.when(sfn.Condition.string_equals("$.seen.state", state), sfn.Succeed(self, state.capitalize()))
        rolled_back = sfn.Fail(self, "RolledBack", error="RolledBack", cause_path="$.seen.why")
        return end.otherwise(rolled_back)

    def _act(self, name: str, action: str, *, attempts: int = RETRIES, **more: Any) -> tasks.LambdaInvoke:
        act = tasks.LambdaInvoke(
            self,
            name,
            lambda_function=self._function.function,
            payload=sfn.TaskInput.from_object({"action": action, "change": sfn.JsonPath.string_at("$.change"), **more}),
            payload_response_only=True,
            retry_on_service_exceptions=False,
            result_path="$.seen",
        )
        _retry(act, ["States.ALL"], attempts)
        return act


def _next_is(do: str) -> sfn.Condition:
    return sfn.Condition.string_equals("$.seen.do", do)


def _retry(state: tasks.LambdaInvoke, errors: list[str], attempts: int) -> None:
    state.add_retry(
        errors=errors,
        interval=Duration.seconds(2),
        max_attempts=attempts,
        backoff_rate=2,
        max_delay=LONGEST_PAUSE,
    )
