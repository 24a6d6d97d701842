import { Timeline, TimelineItem } from "../../components/Timeline";
import { formatMoment, personOf } from "../../components/words";
import type { Change } from "./changes";
import { lookOf } from "./marks";
import { said } from "./words";

/** What happened to a change, newest first. */
export function Story({ change, username }: { change: Change; username: string | null }) {
  return (
    <Timeline>
      {change.story
        // Lines are only ever added: a line's place is its name.
        .map((line, place) => ({ ...line, place }))
        .toReversed()
        .map(({ at, by, happened, why, place }) => (
          <TimelineItem
            key={place}
            {...lookOf(happened)}
            when={`${said(happened)} · ${formatMoment(at)} · ${personOf(by, username)}`}
            text={why}
          />
        ))}
    </Timeline>
  );
}
