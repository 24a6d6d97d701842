import { useRef, useState } from "react";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { formatAge, formatMoment } from "../../components/words";
import { Banners } from "./Banners";
import { KpiCard } from "./KpiCard";
import { KpiDetails } from "./KpiDetails";
import classes from "./KpisPage.module.css";
import { type KpiList, useKpis } from "./kpis";
import { useChosen } from "./use-address";

/** How P09 keeps its promises: verdicts, what is left of the budgets, and why. */
export default function KpisPage() {
  const [isLive, setLive] = useState(true);
  const { data, updatedAt, problem, retry } = useKpis(isLive);
  return (
    <Parts>
      <PageHead
        title="KPIs"
        hint={
          data?.evaluated_at
            ? `Evaluated ${formatMoment(data.evaluated_at)} UTC, ${formatAge(data.evaluated_at, updatedAt)} · all times in UTC`
            : "All times in UTC"
        }
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      />
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && <Banners list={data} />}
      {data && data.kpis.length > 0 && <Kpis list={data} />}
      {!data && !problem && <PageSkeleton heights={[440]} />}
    </Parts>
  );
}

function Kpis({ list }: { list: KpiList }) {
  const chosen = useChosen(list.kpis);
  const details = useRef<HTMLDivElement>(null);
  return (
    <Parts>
      <Parts className={classes.cards}>
        {list.kpis.map((kpi) => (
          <KpiCard
            key={kpi.id}
            kpi={kpi}
            isChosen={kpi === chosen}
            onChoose={() => details.current?.scrollIntoView({ block: "nearest" })}
          />
        ))}
      </Parts>
      {chosen && <KpiDetails key={chosen.id} kpi={chosen} top={details} />}
    </Parts>
  );
}
