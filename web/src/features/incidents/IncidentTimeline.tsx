import { Anchor } from "@mantine/core";
import { BellIcon, FlagIcon, NoteIcon } from "../../components/icons";
import type { Tone } from "../../components/StateMark";
import { Timeline, TimelineItem } from "../../components/Timeline";
import { formatMoment } from "../../components/words";
import classes from "./IncidentTimeline.module.css";
import type { Entry } from "./incidents";

const ICONS = { signal: BellIcon, change: FlagIcon, note: NoteIcon };
const KINDS = { signal: "Signal", change: "Change", note: "Note" };

export function IncidentTimeline({ entries }: { entries: readonly Entry[] }) {
  return (
    <Timeline>
      {entries.toReversed().map((entry) => (
        <TimelineItem
          key={`${entry.at} ${entry.kind} ${entry.by} ${entry.text}`}
          icon={ICONS[entry.kind]}
          tone={toneOf(entry)}
          when={<When entry={entry} />}
          text={entry.text}
        >
          <References links={entry.links} />
        </TimelineItem>
      ))}
    </Timeline>
  );
}

function toneOf({ kind, state }: Entry): Tone {
  if (kind === "change") return state === "resolved" ? "good" : "active";
  return kind === "signal" ? "warning" : "quiet";
}

function When({ entry }: { entry: Entry }) {
  return (
    <>
      {KINDS[entry.kind]} · {formatMoment(entry.at)}
      {entry.by !== "" && ` · ${entry.by}`} · {entry.state}
      {entry.public && <span className={classes.public}>public</span>}
    </>
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
