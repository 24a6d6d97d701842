import { Skeleton } from "@mantine/core";
import { WarningIcon } from "../../components/icons";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital } from "../../components/words";
import type { Measured } from "./backups";
import classes from "./DrillPage.module.css";
import { type Kind, usePlan } from "./drills";
import { formatExact, formatSize } from "./words";

/** What would happen, from which backup. */
export function PlanPreview({ kind, to }: { kind: Kind; to: string | null }) {
  const { data, problem, retry } = usePlan(kind, to);
  if (problem) return <ProblemAlert error={problem} onRetry={retry} />;
  if (!data) return <Skeleton height={120} />;
  const window = data.window as Measured["point_in_time"];
  const backup = data.backup as Measured["newest_backup"];
  return (
    <section className={classes.plan} aria-label="What would happen">
      <ol>
        {data.steps.map((step) => (
          <li key={step}>{capital(step)}.</li>
        ))}
      </ol>
      {kind !== "mark" && (window || backup) && (
        <p>
          {window &&
            `The window reached from ${formatExact(window.earliest)} to ${formatExact(window.latest)}. `}
          {backup && `The newest backup has ${formatSize(backup.size)}. `}
          {data.verified_at && `As the verification of ${formatExact(data.verified_at)} found them.`}
        </p>
      )}
      {kind !== "mark" && data.warnings.length > 0 && (
        <ul className={classes.warnings}>
          {data.warnings.map((warning) => (
            <li key={warning}>
              <WarningIcon /> {warning}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
