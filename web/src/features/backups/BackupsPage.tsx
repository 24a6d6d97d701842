import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { PlayIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatAge, formatMoment } from "../../components/words";
import { useMay } from "../sign-in/roles";
import { type Backups, useBackups } from "./backups";
import { Drills } from "./Drills";
import { HistorySection } from "./HistorySection";
import { StartDialog } from "./StartDialog";
import { VerificationPanel } from "./VerificationPanel";

/** Whether the database could be restored: what verifications found, and what drills proved. */
export default function BackupsPage() {
  const [isLive, setLive] = useState(true);
  const [isStarting, setStarting] = useState(false);
  const navigate = useNavigate();
  const mayStart = useMay("POST /v1/drills");
  const { data, updatedAt, problem, retry } = useBackups(isLive);
  return (
    <Parts>
      <PageHead
        title="Backups"
        hint={data ? hintOf(data, updatedAt) : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        {mayStart && (
          <Button size="xs" leftSection={<PlayIcon />} onClick={() => setStarting(true)}>
            Start a drill or restore
          </Button>
        )}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <VerificationPanel backups={data} />}
      {data && <HistorySection measured={data.measured} thresholds={data.thresholds} />}
      {!data && !problem && <PageSkeleton heights={[220, 300]} />}
      <Drills isLive={isLive} />
      <StartDialog
        isOpen={isStarting}
        onClose={() => setStarting(false)}
        onStarted={(id) => void navigate(`/operations/backups/${id}`, { state: { isNew: true } })}
      />
    </Parts>
  );
}

function hintOf({ verification }: Backups, now: number): string {
  if (verification === null) return "Never verified · all times in UTC";
  return `Verified ${formatMoment(verification.at)} UTC, ${formatAge(verification.at, now)} · all times in UTC`;
}
