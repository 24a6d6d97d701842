"""The workflow that restores the database beside itself: a state for each action, clean-up whatever happens.

    begin → mark → provision → wait → admit → compare → (reapply) → smoke test → sign-off → (preview → promotion) → destroy → close

A drill destroys its database before anybody signs; a restore keeps it until it is promoted or discarded. The promotion is an order
of steps (`PROMOTION`); one that fails leads back to what ran before, until the restored database serves. Staging can be pointed to
a restore that waits for its sign-off; whatever becomes of the restore, staging is pointed back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Duration
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.constructs.workflow import state_machine

if TYPE_CHECKING:
    from aws_cdk import Stack

    from infra.constructs.platform import Platform
    from infra.constructs.service_function import ServiceFunction
    from infra.stages import Stage

SIGN_OFF_WITHIN = Duration.hours(24)
TIMEOUT = Duration.days(4)
RETRIES = 5
NAME = "restore-drill"
# The actions of `ORDER` in shared/backups/promotion.py; a test holds that they are the same.
PROMOTION = (
    "hold", "close_source", "end_credentials", "discard", "set_logins", "end_roles", "drain_again", "forget_again", "carry_trail",
    "put_in_place", "start_cold", "serve", "anchor",
)  # fmt: skip
COLD_START = "start_cold"
# Actions of the function that reconfigures others, as that step is.
STAGING = frozenset({"point_staging", "point_staging_back"})
UNFINISHED = "The restored database is in its place, and a last step failed: the record says which, and why."
NOT_BACK = "The promotion failed, and so did the way back: the record says where. The stream keeps what is accepted."
# What has been served can't be taken back.
NO_WAY_BACK = frozenset({"serve", "anchor"})


def workflow_arn(stack: Stack, stage: Stage) -> str:
    """Known by its name, so that what starts it needs not to come after it."""
    return stack.format_arn(
        service="states",
        resource="stateMachine",
        resource_name=stage.physical_name(NAME),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


class RestoreWorkflow(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        function: ServiceFunction,
        cold_start: ServiceFunction,
        poll: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = function
        self._cold_start = cold_start
        self._poll = poll
        self._crashed = self._verdict("Crashed", status="failed", why=sfn.JsonPath.string_at("$.error.Cause"))
        self._refused = self._verdict(
            "Failed", status=sfn.JsonPath.string_at("$.outcome.state"), why=sfn.JsonPath.string_at("$.outcome.why")
        )
        self.machine = state_machine(
            self,
            name=NAME,
            definition=self._definition(),
            timeout=TIMEOUT,
            functions=[function, cold_start],
            platform=platform,
        )

    def _definition(self) -> sfn.IChainable:
        end = self._end_state = self._end()
        self._crashed.next(end)
        self._refused.next(end)
        passed = self._verdict("Passed", status="passed").next(end)
        promotion = self._promotion(end)
        # A restore is not held up by staging: the end tries again.
        signed = self._act("PointBack", "point_staging_back", then=promotion, otherwise=promotion)
        pointed = sfn.Pass(self, "Pointed")
        refused = self._refused
        point = self._act("PointStaging", "point_staging", then=pointed, otherwise=pointed, aborted=refused)
        close = self._act("CloseRestored", "close_restored", then=point, otherwise=pointed, aborted=refused)
        sign_off = self._decision(
            "SignOff", "sign-off",
            choices={"signed": self._by_kind("SignedWhat", drill=passed, restore=signed), "staging": close},
            otherwise=self._verdict("Rejected", status="rejected", why="It was not signed off.").next(end),
            expired=self._verdict("Expired", status="expired", why="Nobody signed it off in time.").next(end),
        )  # fmt: skip
        pointed.next(sign_off)
        destroyed = self._act("DestroyDrill", "destroy", then=sign_off)
        smoke = self._act(
            "SmokeTest", "smoke_test", then=self._by_kind("SmokeTestedWhat", drill=destroyed, restore=sign_off)
        )
        reapply = self._act("Reapply", "reapply", then=smoke)
        compare = self._act("Compare", "compare", then=self._by_kind("ComparedWhat", drill=smoke, restore=reapply))
        admit = self._act("Admit", "admit", then=compare)
        provision = self._act("Provision", "provision", then=self._act("WaitForDatabase", "wait", then=admit))
        marked = sfn.Choice(self, "MarkedWhat").when(sfn.Condition.string_equals("$.kind", "mark"), passed)
        mark = self._act("Mark", "mark", then=marked.otherwise(provision))
        return self._begin().next(mark)

    def _begin(self) -> tasks.LambdaInvoke:
        payload = {"action": "begin", "asked": sfn.JsonPath.object_at("$")}
        begin = self._invoke("Begin", payload, result_path="$")
        begin.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), max_attempts=RETRIES, backoff_rate=2)
        return begin

    def _promotion(self, end: sfn.IChainable) -> sfn.IChainable:
        discarded = self._verdict("Discarded", status="discarded", why="The restored database was not promoted.").next(
            end
        )
        previewed = sfn.Pass(self, "Previewed")
        preview = self._act("Preview", "preview", then=previewed)
        decision = self._decision(
            "Promotion", "promotion", choices={"promoted": self._promote(end), "preview": preview}, otherwise=discarded,
            expired=self._verdict("NotPromoted", status="expired", why="Nobody promoted it in time.").next(end),
        )  # fmt: skip
        previewed.next(decision)
        return preview

    def _promote(self, end: sfn.IChainable) -> sfn.IChainable:
        """Every step in its order; what fails before it serves leads back."""
        back = self._act("GoBack", "go_back", then=end, otherwise=self._not_back(end))
        crashed = self._verdict("PromotionCrashed", status="failed", why=sfn.JsonPath.string_at("$.error.Cause"))
        refused = self._verdict(
            "PromotionFailed", status=sfn.JsonPath.string_at("$.outcome.state"),
            why=sfn.JsonPath.string_at("$.outcome.why"),
        )  # fmt: skip
        crashed.next(back)
        refused.next(back)
        unfinished = self._verdict("Unfinished", status="failed", why=UNFINISHED).next(end)
        then: sfn.IChainable = self._verdict("Promoted", status="promoted").next(end)
        for step in reversed(PROMOTION):
            name = "".join(word.capitalize() for word in step.split("_"))
            otherwise = (unfinished, unfinished) if step in NO_WAY_BACK else (refused, crashed)
            then = self._act(name, "promote", step=step, then=then, otherwise=otherwise[0], crashed=otherwise[1])
        return then

    def _not_back(self, end: sfn.IChainable) -> sfn.IChainable:
        return self._verdict("NotBack", status="failed", why=NOT_BACK).next(end)

    def _end(self) -> sfn.IChainable:
        """Whatever happened: the temporary database goes, and the record is closed."""
        went_well = sfn.Choice(self, "Verdict").when(
            sfn.Condition.or_(
                *(
                    sfn.Condition.string_equals("$.verdict.status", status)
                    for status in ("failed", "expired", "rejected")
                )
            ),
            sfn.Fail(self, "DrillFailed", error="DrillFailed", cause_path="$.verdict.why"),
        )
        close = self._invoke(
            "Close",
            {
                "action": "close", "drill": sfn.JsonPath.string_at("$.drill"),
                "status": sfn.JsonPath.string_at("$.verdict.status"), "why": sfn.JsonPath.string_at("$.verdict.why"),
            },
            result_path="$.outcome",
        )  # fmt: skip
        close.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), max_attempts=RETRIES, backoff_rate=2)
        close.next(went_well.otherwise(sfn.Succeed(self, "Done")))
        left = self._verdict("NotDestroyed", status="failed", why="The temporary database could not be destroyed.")
        left.next(close)
        destroy = self._act("Destroy", "destroy", then=close, otherwise=left)
        return self._act("PointBackAtTheEnd", "point_staging_back", then=destroy, otherwise=destroy)

    def _act(
        self,
        name: str,
        action: str,
        *,
        step: str = "",
        then: sfn.IChainable,
        otherwise: sfn.IChainable | None = None,
        crashed: sfn.IChainable | None = None,
        aborted: sfn.IChainable | None = None,
    ) -> sfn.IChainable:
        """An action until it is done; what it can't do, or what crashes in spite of retries, ends the drill, unless it goes on
        ``otherwise``. ``aborted`` is where it goes then if a person ended the drill meanwhile."""
        payload = {"action": action, "drill": sfn.JsonPath.string_at("$.drill")} | ({"step": step} if step else {})
        invoke = self._invoke(name, payload, result_path="$.outcome")
        invoke.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), max_attempts=RETRIES, backoff_rate=2)
        invoke.add_catch(crashed or otherwise or self._crashed, errors=["States.ALL"], result_path="$.error")
        again = sfn.Wait(self, f"{name}Again", time=sfn.WaitTime.duration(self._poll)).next(invoke)
        decide = (
            sfn.Choice(self, f"{name}Outcome")
            .when(sfn.Condition.string_equals("$.outcome.state", "done"), then)
            .when(sfn.Condition.string_equals("$.outcome.state", "not yet"), again)
        )
        if aborted:
            decide.when(sfn.Condition.string_equals("$.outcome.state", "aborted"), aborted)
        invoke.next(decide.otherwise(otherwise or self._refused))
        return invoke

    def _decision(
        self,
        name: str,
        wait: str,
        *,
        choices: dict[str, sfn.IChainable],
        otherwise: sfn.IChainable,
        expired: sfn.IChainable,
    ) -> sfn.IChainable:
        """A person's word, by the token of a task."""
        ask = tasks.LambdaInvoke(
            self,
            name,
            lambda_function=self._function.function,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=sfn.TaskInput.from_object({
                "action": "await", "drill": sfn.JsonPath.string_at("$.drill"), "wait": wait,
                "token": sfn.JsonPath.task_token,
            }),
            task_timeout=sfn.Timeout.duration(SIGN_OFF_WITHIN),
            retry_on_service_exceptions=False,
            result_path="$.decision",
        )  # fmt: skip
        ask.add_catch(expired, errors=["States.Timeout"], result_path="$.error")
        ask.add_catch(self._aborted(f"{name}Aborted"), errors=["Aborted"], result_path="$.error")
        ask.add_catch(self._crashed, errors=["States.ALL"], result_path="$.error")
        payload = {
            "action": "decided", "drill": sfn.JsonPath.string_at("$.drill"), "wait": wait,
            "decision": sfn.JsonPath.object_at("$.decision"),
        }  # fmt: skip
        note = self._invoke(f"{name}Decided", payload, result_path="$.outcome")
        note.add_retry(errors=["States.ALL"], interval=Duration.seconds(2), max_attempts=RETRIES, backoff_rate=2)
        note.add_catch(self._crashed, errors=["States.ALL"], result_path="$.error")
        choice = sfn.Choice(self, f"{name}Outcome")
        for decision, then in choices.items():
            choice = choice.when(sfn.Condition.string_equals("$.decision.decision", decision), then)
        ask.next(note)
        note.next(choice.otherwise(otherwise))
        return ask

    def _aborted(self, name: str) -> sfn.IChainable:
        return self._verdict(name, status="aborted", why=sfn.JsonPath.string_at("$.error.Cause")).next(self._end_state)

    def _by_kind(self, name: str, *, drill: sfn.IChainable, restore: sfn.IChainable) -> sfn.IChainable:
        return sfn.Choice(self, name).when(sfn.Condition.string_equals("$.kind", "restore"), restore).otherwise(drill)

    def _verdict(self, name: str, *, status: str, why: str = "") -> sfn.Pass:
        return sfn.Pass(self, name, parameters={"status": status, "why": why}, result_path="$.verdict")

    def _invoke(self, name: str, payload: dict[str, Any], *, result_path: str) -> tasks.LambdaInvoke:
        is_cold = payload.get("step") == COLD_START or payload["action"] in STAGING
        return tasks.LambdaInvoke(
            self,
            name,
            lambda_function=(self._cold_start if is_cold else self._function).function,
            payload=sfn.TaskInput.from_object(payload),
            payload_response_only=True,
            retry_on_service_exceptions=False,
            result_path=result_path,
        )
