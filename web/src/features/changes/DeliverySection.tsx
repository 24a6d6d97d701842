import { Text } from "@mantine/core";
import { AnswerPanel } from "../../components/AnswerPanel";
import { ChartFigure, ChartGrid, Numbers } from "../../components/ChartFrame";
import { EmptyState } from "../../components/EmptyState";
import { CircleGapIcon } from "../../components/icons";
import { lazily } from "../../components/lazily";
import { formatDay } from "../../components/words";
import classes from "./ChangesPage.module.css";
import { type Delivery, useDelivery } from "./changes";
import { DeliveryTable } from "./DeliveryTable";
import { FIGURES } from "./figures";

const DeliveryChart = lazily(() => import("./DeliveryChart"));

const DAYS = 84;

/** The four figures of DORA, week by week. */
export function DeliverySection() {
  const { data, ...answer } = useDelivery(DAYS);
  const hint =
    data && `The four figures of DORA, ${formatDay(data.start)} to ${formatDay(data.end)}, by week (UTC).`;
  return (
    <AnswerPanel title="Delivery" hint={hint} data={data} {...answer} height={320}>
      {(found) =>
        found.deployments === 0 ? (
          <EmptyState title="Nothing went to production in these weeks" icon={CircleGapIcon}>
            How often that happens, how long a commit takes to get there, how much is rolled back and how soon
            stands here once something did.
          </EmptyState>
        ) : (
          <Drawn found={found} />
        )
      }
    </AnswerPanel>
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
