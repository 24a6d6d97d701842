import { Skeleton, Text } from "@mantine/core";
import { ChartFigure, ChartGrid, Numbers } from "../../components/ChartFrame";
import { EmptyState } from "../../components/EmptyState";
import { CircleGapIcon } from "../../components/icons";
import { lazily } from "../../components/lazily";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatDay } from "../../components/words";
import classes from "./ChangesPage.module.css";
import { type Delivery, useDelivery } from "./changes";
import { DeliveryTable } from "./DeliveryTable";
import { FIGURES } from "./figures";

const DeliveryChart = lazily(() => import("./DeliveryChart"));

const DAYS = 84;

/** The four figures of DORA, week by week. */
export function DeliverySection() {
  const { data, problem, retry } = useDelivery(DAYS);
  const hint =
    data && `The four figures of DORA, ${formatDay(data.start)} to ${formatDay(data.end)}, by week (UTC).`;
  return (
    <Panel title="Delivery" hint={hint} isBusy={!data}>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {!data && !problem && <Skeleton height={320} />}
      {data?.deployments === 0 && (
        <EmptyState title="Nothing went to production in these weeks" icon={CircleGapIcon}>
          How often that happens, how long a commit takes to get there, how much is rolled back and how soon
          stands here once something did.
        </EmptyState>
      )}
      {data && data.deployments > 0 && <Drawn found={data} />}
    </Panel>
  );
}

function Drawn({ found }: { found: Delivery }) {
  return (
    <>
      <ChartGrid>
        {FIGURES.map((figure) => (
          <ChartFigure
            key={figure.name}
            caption={
              <>
                {figure.name} <span className={classes.figure}>{figure.whole(found)}</span>
                <span className={classes.definition}>{figure.definition}</span>
              </>
            }
          >
            {found.weeks.some((week) => figure.of(week) !== null) ? (
              <DeliveryChart weeks={found.weeks} figure={figure} />
            ) : (
              <Text size="sm" c="dimmed" className={classes.undrawn}>
                There is nothing of it in these weeks.
              </Text>
            )}
          </ChartFigure>
        ))}
      </ChartGrid>
      <Numbers of="charts’">
        <DeliveryTable weeks={found.weeks} />
      </Numbers>
    </>
  );
}
