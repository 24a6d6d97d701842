import { Anchor } from "@mantine/core";
import { BellIcon, FlagIcon, NoteIcon } from "../../components/icons";
import { formatMoment } from "../../components/words";
import type { Entry } from "./incidents";
import classes from "./Timeline.module.css";

const ICONS = { signal: BellIcon, change: FlagIcon, note: NoteIcon };
const KINDS = { signal: "Signal", change: "Change", note: "Note" };

/** What happened, newest first. */
export function Timeline({ entries }: { entries: readonly Entry[] }) {
  return (
    <ol className={classes.timeline} reversed>
      {entries.toReversed().map((entry) => (
        <TimelineEntry key={`${entry.at} ${entry.kind} ${entry.by} ${entry.text}`} entry={entry} />
      ))}
    </ol>
  );
}

function TimelineEntry({ entry }: { entry: Entry }) {
  const Icon = ICONS[entry.kind];
  return (
    <li className={classes.entry} data-kind={entry.kind} data-state={entry.state}>
      <span className={classes.sign}>
        <Icon />
      </span>
      <div>
        <div className={classes.when}>
          {KINDS[entry.kind]} · {formatMoment(entry.at)}
          {entry.by !== "" && ` · ${entry.by}`} · {entry.state}
          {entry.public && <span className={classes.public}>public</span>}
        </div>
        <p className={classes.text}>{entry.text}</p>
        <References links={entry.links} />
      </div>
    </li>
  );
}

/** A record is named by its id, a page by its address. */
function References({ links }: { links: Entry["links"] }) {
  const all = Object.entries(links);
  if (all.length === 0) return null;
  return (
    <ul className={classes.links}>
      {all.map(([name, target]) => (
        <li key={name}>
          {/^https?:\/\//.test(target) ? (
            <Anchor href={target} size="xs" target="_blank" rel="noreferrer">
              {name}
            </Anchor>
          ) : (
            <>
              {name} <code>{target}</code>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
