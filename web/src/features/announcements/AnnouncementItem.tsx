import { Anchor, Button } from "@mantine/core";
import { Link } from "react-router";
import { Disclosure } from "../../components/Disclosure";
import entry from "../../components/entry.module.css";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital, formatMoment, plural } from "../../components/words";
import { useMay } from "../sign-in/roles";
import classes from "./AnnouncementsPage.module.css";
import { type Announcement, type Delivery, isReplayable, useReplay } from "./announcements";
import { DeliveryMark } from "./DeliveryMark";

export function AnnouncementItem({ announcement }: { announcement: Announcement }) {
  return (
    <li className={entry.item}>
      <div className={entry.facts}>
        {formatMoment(announcement.at)} · {capital(announcement.kind.replaceAll("_", " "))}
        {announcement.by !== "" && ` · by ${announcement.by}`}
      </div>
      <div className={entry.title}>{announcement.title}</div>
      <p className={entry.text}>{announcement.summary}</p>
      <div className={entry.facts}>
        Thread <Thread thread={announcement.thread} />
      </div>
      <ul className={classes.deliveries}>
        {announcement.deliveries.map((delivery) => (
          <DeliveryLine key={delivery.id} delivery={delivery} />
        ))}
      </ul>
      <Disclosure summary="The whole text">
        <pre className={classes.whole}>{announcement.text}</pre>
        {announcement.links.map(({ text, url }) => (
          <Anchor key={url} href={url} size="xs" me="sm">
            {text}
          </Anchor>
        ))}
      </Disclosure>
    </li>
  );
}

/** What the messages of a thread are about; it leads there if it has a page. */
function Thread({ thread }: { thread: string }) {
  const [subject, id] = thread.split(":", 2);
  if (id === undefined || (subject !== "incident" && subject !== "review")) return thread;
  return (
    <Anchor component={Link} underline="always" size="xs" to={`/operations/${subject}s/${id}`}>
      {thread}
    </Anchor>
  );
}

function DeliveryLine({ delivery }: { delivery: Delivery }) {
  const mayReplay = useMay("POST /v1/announcements/replay");
  const replay = useReplay();
  return (
    <li>
      <DeliveryMark delivery={delivery} />
      <span>{factsOf(delivery)}</span>
      {mayReplay && isReplayable(delivery) && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Send again to ${delivery.name}`}
          loading={replay.isPending}
          onClick={() => replay.mutate([delivery.id])}
        >
          Send again
        </Button>
      )}
      {replay.isError && <ProblemAlert error={replay.error} />}
    </li>
  );
}

function factsOf({ sent_at, attempts, next_attempt_at, error, state }: Delivery): string {
  const facts: string[] = [];
  if (sent_at !== null) facts.push(formatMoment(sent_at));
  if (attempts > 1) facts.push(plural(attempts, "attempt"));
  if (state === "queued" && next_attempt_at !== null)
    facts.push(`next attempt ${formatMoment(next_attempt_at)}`);
  if (error !== "" && state !== "sent") facts.push(error);
  return facts.join(" · ");
}
