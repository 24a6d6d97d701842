import { Alert } from "@mantine/core";
import type { ReactNode } from "react";
import { WarningIcon } from "../../components/icons";
import { formatMoment } from "../../components/words";
import type { KpiList } from "./kpis";

const COLORS = {
  root: {
    "--alert-bg": "var(--p09-warning-tint)",
    "--alert-bd": "1px solid var(--p09-warning-line)",
    "--alert-color": "var(--p09-warning-text)",
  },
};

/** What has to be known before any of the verdicts is believed. */
export function Banners({ list: { evaluated_at, stale, silent } }: { list: KpiList }) {
  if (evaluated_at === null) {
    return (
      <Banner title="Not evaluated yet">
        The first evaluation comes within five minutes of a deployment. If it does not, look at the log of the
        function kpi-evaluation.
      </Banner>
    );
  }
  return (
    <>
      {stale && (
        <Banner title="These verdicts are old">
          The evaluator has not run since {formatMoment(evaluated_at)} UTC. It runs every five minutes: look
          at its schedule and at the log of the function kpi-evaluation.
        </Banner>
      )}
      {silent && (
        <Banner title="No request is being measured">
          Probes alone make requests each minute, so silence is a fault: is the API reachable, and does its
          access log arrive? Until then the verdicts tell of the time before.
        </Banner>
      )}
    </>
  );
}

function Banner({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Alert vars={() => COLORS} icon={<WarningIcon />} title={title} role="alert">
      {children}
    </Alert>
  );
}
