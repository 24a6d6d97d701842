import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { plural } from "../../components/words";
import { useClaims } from "../sign-in/roles";
import { AllChanges } from "./AllChanges";
import { waitsForMe } from "./acts";
import { ChangeTable } from "./ChangeTable";
import { useOpenChanges } from "./changes";
import { DeliverySection } from "./DeliverySection";
import { PlanDialog } from "./PlanDialog";
import { useAsker } from "./use-asker";

/** What is on its way to production, what waits for whom, and how well that goes. */
export default function ChangesPage() {
  const [isLive, setLive] = useState(true);
  const [isPlanning, setPlanning] = useState(false);
  const navigate = useNavigate();
  const asker = useAsker();
  const { username } = useClaims();
  const { data, updatedAt, problem, retry } = useOpenChanges(isLive);
  const mine = data?.filter((change) => waitsForMe(change, asker)) ?? [];
  return (
    <Parts>
      <PageHead
        title="Changes"
        hint={data ? `${plural(data.length, "change")} under way · all times in UTC` : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        {asker.mayPlan && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setPlanning(true)}>
            Plan a change
          </Button>
        )}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {mine.length > 0 && (
        <Panel
          title="Waits for you"
          hint="These go no further before you, or another one who may, have decided."
        >
          <ChangeTable changes={mine} now={updatedAt} username={username} />
        </Panel>
      )}
      {!data && !problem && <PageSkeleton heights={[120]} />}
      <AllChanges isLive={isLive} username={username} />
      <DeliverySection />
      <PlanDialog
        isOpen={isPlanning}
        onClose={() => setPlanning(false)}
        onPlanned={({ id }) => void navigate(`/operations/changes/${id}`)}
      />
    </Parts>
  );
}
