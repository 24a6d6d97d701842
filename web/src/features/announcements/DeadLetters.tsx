import { Button, Text } from "@mantine/core";
import { ProblemAlert } from "../../components/ProblemAlert";
import { plural } from "../../components/words";
import { useMay } from "../sign-in/roles";
import { type AnnouncementList, useReplay } from "./announcements";

/** As many as one request takes. */
const AT_ONCE = 50;

/** Sends again what was given up, of what is shown. */
export function DeadLetters({ list: { announcements } }: { list: AnnouncementList }) {
  const mayReplay = useMay("POST /v1/announcements/replay");
  const replay = useReplay();
  const ids = announcements
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ state }) => state === "dead")
    .map(({ id }) => id)
    .slice(0, AT_ONCE);
  return (
    <>
      {mayReplay && ids.length > 1 && (
        <Button size="xs" variant="default" loading={replay.isPending} onClick={() => replay.mutate(ids)}>
          Send all {ids.length} again
        </Button>
      )}
      <div aria-live="polite">
        {replay.data && (
          <Text size="xs" c="dimmed">
            {plural(replay.data.replayed.length, "message")} queued again
            {replay.data.skipped.length > 0 && `, ${replay.data.skipped.length} skipped`}
          </Text>
        )}
      </div>
      {replay.isError && <ProblemAlert error={replay.error} />}
    </>
  );
}
