import { Drawer, Stack, Text } from "@mantine/core";
import { ProblemAlert } from "../../components/ProblemAlert";
import { RunNow } from "../../components/RunNow";
import { Ticked } from "../../components/Ticked";
import { useMay } from "../sign-in/roles";
import { Evidence } from "./Evidence";
import { RunHistory } from "./RunHistory";
import { newestOf, type Task, useRuns } from "./runbook";

interface Props {
  task: Task | undefined;
  /** The run that is asked for; without one, the newest of the day. */
  runId: string | null;
  isLive: boolean;
  onRun: (run: string) => void;
  onClose: () => void;
}

/** A task with the evidence of one of its runs, its earlier runs, and the button that runs it. */
export function TaskDrawer({ task, onClose, ...shown }: Props) {
  return (
    <Drawer
      opened={task !== undefined}
      onClose={onClose}
      position="right"
      size="40rem"
      title={task && <Ticked text={task.title} />}
    >
      {task && <Details key={task.id} task={task} {...shown} />}
    </Drawer>
  );
}

function Details({ task, runId, isLive, onRun }: Omit<Props, "onClose"> & { task: Task }) {
  const { data, problem, retry } = useRuns(task.id, isLive);
  const mayRun = useMay("POST /v1/runbook/tasks/{task_id}/runs");
  const chosen = runId ?? newestOf(task)?.id ?? null;
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {task.responsible}
        {task.tooling !== "" && (
          <>
            {" · "}
            <Ticked text={task.tooling} />
          </>
        )}
      </Text>
      {chosen === null ? (
        <Text size="sm">No run on this day. {task.hint}.</Text>
      ) : (
        <Evidence key={chosen} taskId={task.id} runId={chosen} />
      )}
      {mayRun && <RunNow taskId={task.id} onRequested={onRun} />}
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <RunHistory runs={data.runs} chosen={chosen} onChoose={onRun} />}
    </Stack>
  );
}
