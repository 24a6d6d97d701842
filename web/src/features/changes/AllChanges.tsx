import { Stack } from "@mantine/core";
import { AnswerPanel } from "../../components/AnswerPanel";
import { EmptyState } from "../../components/EmptyState";
import { CircleGapIcon } from "../../components/icons";
import { MoreButton } from "../../components/MoreButton";
import { ChangeTable } from "./ChangeTable";
import { useChanges } from "./changes";

export function AllChanges({ isLive, username }: { isLive: boolean; username: string | null }) {
  const list = useChanges(isLive);
  return (
    <AnswerPanel
      title="All changes"
      hint="Newest first. Open one to see its gates and its story."
      data={list.pages?.flatMap((page) => page.changes)}
      problem={list.problem}
      retry={list.retry}
      height={160}
    >
      {(changes) => (
        <Stack gap="sm">
          {changes.length === 0 ? (
            <EmptyState title="Nothing was ever planned" icon={CircleGapIcon}>
              The pipeline plans a change for what it is about to deploy. A developer, an SRE or a lead may as
              well, here or by <code>p09 change plan</code>.
            </EmptyState>
          ) : (
            <ChangeTable changes={changes} now={list.updatedAt} username={username} />
          )}
          <MoreButton list={list}>Older changes</MoreButton>
        </Stack>
      )}
    </AnswerPanel>
  );
}
