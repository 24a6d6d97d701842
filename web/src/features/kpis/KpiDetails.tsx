import type { RefObject } from "react";
import { Parts } from "../../components/Parts";
import { BurnAlerts } from "./BurnAlerts";
import { BurnDownSection } from "./BurnDownSection";
import { Decisions } from "./Decisions";
import classes from "./KpiDetails.module.css";
import { hasBudget, type Kpi } from "./kpis";
import { ThreeWays } from "./ThreeWays";
import { WhatIf } from "./WhatIf";

/** What stands behind a verdict. `top` is what has to come into view when the KPI is chosen. */
export function KpiDetails({ kpi, top }: { kpi: Kpi; top: RefObject<HTMLDivElement | null> }) {
  return (
    <Parts className={classes.details}>
      <div ref={top} className={classes.whole}>
        {hasBudget(kpi) && <BurnDownSection kpi={kpi} />}
      </div>
      {kpi.burn_alerts.length > 0 && (
        <Parts className={classes.stack}>
          <BurnAlerts alerts={kpi.burn_alerts} />
          {kpi.availabilities && <ThreeWays found={kpi.availabilities} />}
        </Parts>
      )}
      <WhatIf kpi={kpi} />
      <Decisions kpi={kpi} />
    </Parts>
  );
}
