import { Skeleton, Stack } from "@mantine/core";
import { EmptyState } from "../../components/EmptyState";
import { CircleGapIcon } from "../../components/icons";
import { MoreButton } from "../../components/MoreButton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ChangeTable } from "./ChangeTable";
import { useChanges } from "./changes";

export function AllChanges({ isLive, username }: { isLive: boolean; username: string | null }) {
  const list = useChanges(isLive);
  const changes = list.pages?.flatMap((page) => page.changes);
  return (
    <Panel
      title="All changes"
      hint="Newest first. Open one to see its gates and its story."
      isBusy={!changes}
    >
      <Stack gap="sm">
        {list.problem && <ProblemAlert error={list.problem} onRetry={list.retry} />}
        {!changes && !list.problem && <Skeleton height={160} />}
        {changes?.length === 0 && (
          <EmptyState title="Nothing was ever planned" icon={CircleGapIcon}>
            The pipeline plans a change for what it is about to deploy. A developer, an SRE or a lead may as
            well, here or by <code>p09 change plan</code>.
          </EmptyState>
        )}
        {changes && changes.length > 0 && (
          <ChangeTable changes={changes} now={list.updatedAt} username={username} />
        )}
        <MoreButton list={list}>Older changes</MoreButton>
      </Stack>
    </Panel>
  );
}
