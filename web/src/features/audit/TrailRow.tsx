import { UnstyledButton } from "@mantine/core";
import { Disclosure } from "../../components/Disclosure";
import entry from "../../components/entry.module.css";
import { CircleOffIcon, WarningIcon } from "../../components/icons";
import { type Look, StateMark } from "../../components/StateMark";
import { formatExactly } from "../../components/words";
import classes from "./Audit.module.css";
import type { Finding, Row } from "./audit";
import type { Filter } from "./filter";

const TOUCHED: Look = { tone: "bad", icon: WarningIcon };

const REFUSED: Look = { tone: "warning", icon: CircleOffIcon };

interface Props {
  row: Row;
  finding: Finding | undefined;
  onNarrow: (to: Partial<Filter>) => void;
}

export function TrailRow({ row, finding, onNarrow }: Props) {
  return (
    <li className={classes.row} data-touched={finding !== undefined}>
      <div className={classes.when}>
        <span>{row.sequence}</span>
        <time dateTime={row.done_at}>{formatExactly(row.done_at)}</time>
        <Narrow name="actor" value={row.actor} onNarrow={onNarrow} />
        {row.outcome === "refused" && <StateMark look={REFUSED}>Refused</StateMark>}
        {finding && <StateMark look={TOUCHED}>{finding.what}</StateMark>}
      </div>
      <div className={classes.did}>
        <div className={classes.what}>
          <strong>
            <Narrow name="action" value={row.action} onNarrow={onNarrow} />
          </strong>{" "}
          <Narrow name="subject" value={row.subject} onNarrow={onNarrow} />
        </div>
        {row.reason !== null && <p className={entry.text}>{row.reason}</p>}
        <Disclosure summary="Details" label={`Details of row ${row.sequence}`}>
          <dl className={classes.details}>
            <Detail name="Before" value={row.before && JSON.stringify(row.before, null, 2)} />
            <Detail name="After" value={row.after && JSON.stringify(row.after, null, 2)} />
            <Detail name="Written" value={row.at === row.done_at ? null : formatExactly(row.at)} />
            <Detail name="From" value={row.origin} />
            <Detail name="Request" value={row.request_id} />
            <Detail name="Hash" value={row.hash} />
            <Detail name="Hash before" value={row.previous} />
          </dl>
        </Disclosure>
      </div>
    </li>
  );
}

interface NarrowProps {
  name: "actor" | "action" | "subject";
  value: string;
  onNarrow: (to: Partial<Filter>) => void;
}

/** A value that shows only its rows. */
function Narrow({ name, value, onNarrow }: NarrowProps) {
  return (
    <UnstyledButton
      className={classes.narrow}
      aria-label={`${value}: only this ${name}`}
      onClick={() => onNarrow({ [name]: value })}
    >
      {value}
    </UnstyledButton>
  );
}

function Detail({ name, value }: { name: string; value: string | null }) {
  if (value === null || value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
