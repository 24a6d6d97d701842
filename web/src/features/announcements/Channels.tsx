import { Text } from "@mantine/core";
import classes from "./AnnouncementsPage.module.css";
import type { AnnouncementList, Channel, Delivery } from "./announcements";
import { LOOKS, WORDS } from "./DeliveryMark";

const STATES = ["sent", "sending", "queued", "unconfigured", "dead"] as const;
const VIA: Record<Channel["via"], string> = { slack: "Slack", email: "E-mail", webhook: "Webhook" };

/** Where announcements go, and what became of those below in each place. */
export function Channels({ list: { channels, announcements } }: { list: AnnouncementList }) {
  const deliveries = announcements.flatMap((announcement) => announcement.deliveries);
  return (
    <ul className={classes.channels} aria-label="Channels">
      {channels.map((channel) => (
        <ChannelCard
          key={channel.id}
          channel={channel}
          deliveries={deliveries.filter((delivery) => delivery.channel === channel.id)}
        />
      ))}
    </ul>
  );
}

function ChannelCard({ channel, deliveries }: { channel: Channel; deliveries: readonly Delivery[] }) {
  const counts = STATES.map((state) => ({
    state,
    count: deliveries.filter((delivery) => delivery.state === state).length,
  })).filter(({ count }) => count > 0);
  return (
    <li className={classes.channel}>
      <span className={classes.title}>{channel.name}</span>
      <div className={classes.bar} aria-hidden="true">
        {counts.map(({ state, count }) => (
          <span key={state} data-tone={LOOKS[state].tone} style={{ flex: count }} />
        ))}
      </div>
      <Text size="xs">
        {counts.map(({ state, count }) => `${count} ${WORDS[state]}`).join(" · ") ||
          "nothing below went here"}
      </Text>
      <Text size="xs" c="dimmed">
        {VIA[channel.via]} · {subjectsOf(channel.kinds).join(", ") || "only what is sent here by hand"}
      </Text>
    </li>
  );
}

/** Kinds of one subject, such as `incident_opened` and `incident_resolved`, are told as that subject. */
function subjectsOf(kinds: readonly string[]): string[] {
  const subjects = kinds.map((kind) => {
    const [subject = kind] = kind.split("_");
    return SUBJECTS.has(subject) ? `${subject}s` : kind.replaceAll("_", " ");
  });
  return [...new Set(subjects)];
}

const SUBJECTS = new Set(["incident", "review", "maintenance", "freeze"]);
