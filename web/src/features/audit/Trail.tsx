import { useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import entry from "../../components/entry.module.css";
import { LiveSwitch } from "../../components/LiveSwitch";
import { MoreButton } from "../../components/MoreButton";
import { PageSkeleton } from "../../components/PageSkeleton";
import { ProblemAlert } from "../../components/ProblemAlert";
import classes from "./Audit.module.css";
import { type Finding, type Owner, useTrail } from "./audit";
import { ExportButtons } from "./ExportButtons";
import { FilterForm } from "./FilterForm";
import { isFiltering, useFilter } from "./filter";
import { TrailRow } from "./TrailRow";

interface Props {
  owner: Owner;
  /** Rows that lie in one of them are marked. */
  findings?: readonly Finding[];
}

/** The rows of one chain, as the address filters them. */
export function Trail({ owner, findings = [] }: Props) {
  const [isLive, setLive] = useState(true);
  const [filter, go] = useFilter();
  const list = useTrail(owner, filter, isLive);
  const { pages, problem, updatedAt } = list;
  const rows = pages?.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <FilterForm key={JSON.stringify(filter)} filter={filter} onChange={go} />
      <div className={classes.controls}>
        <LiveSwitch isOn={isLive} isFailing={problem !== null} updatedAt={updatedAt} onChange={setLive} />
        <ExportButtons owner={owner} filter={filter} />
      </div>
      {problem && <ProblemAlert error={problem} onRetry={list.retry} />}
      {!pages && !problem && <PageSkeleton heights={[320]} />}
      {pages && rows.length === 0 && <Nothing isFiltered={isFiltering(filter)} />}
      {rows.length > 0 && (
        <ol className={entry.list} aria-label="Rows of the audit trail">
          {rows.map((row) => (
            <TrailRow
              key={row.id}
              row={row}
              finding={findings.find(({ first, last }) => first <= row.sequence && row.sequence <= last)}
              onNarrow={(to) => go({ ...filter, before: null, ...to })}
            />
          ))}
        </ol>
      )}
      <MoreButton list={list}>Show earlier rows</MoreButton>
    </>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState title="No row is like that">
      Names, actions and subjects have to be written as the rows have them. Clear the filter to see all.
    </EmptyState>
  ) : (
    <EmptyState title="Nothing was done yet">
      Whatever somebody changes leaves a row here, in the same moment, with who it was and why.
    </EmptyState>
  );
}
