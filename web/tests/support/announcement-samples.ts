import type { Schema } from "../../src/api/client";

type Announcement = Schema["AnnouncementView"];
type Delivery = Schema["DeliveryView"];
type Channel = Schema["ChannelView"];

export const CHANNELS: Channel[] = [
  {
    id: "release_updates",
    name: "#release-updates",
    via: "slack",
    kinds: ["planned_deployment", "notice", "maintenance_planned", "maintenance_began"],
  },
  {
    id: "incidents",
    name: "#incidents",
    via: "slack",
    kinds: ["incident_opened", "incident_resolved", "review_opened"],
  },
  {
    id: "email",
    name: "subscribers by e-mail",
    via: "email",
    kinds: ["planned_deployment", "incident_opened"],
  },
];

function deliveryOf(announcement: string, channel: number, change: Partial<Delivery> = {}): Delivery {
  const { id = "", name = "", via = "slack" } = CHANNELS[channel] ?? {};
  return {
    id: `${announcement}.${id}`,
    channel: id,
    name,
    via,
    state: "sent",
    attempts: 1,
    next_attempt_at: null,
    sent_at: "2026-11-23T15:52:03Z",
    error: "",
    dedup_key: `${announcement}.${id}`,
    ...change,
  };
}

export const OPENED: Announcement = {
  id: "20261123T155200Z-0123456789ab",
  at: "2026-11-23T15:52:00Z",
  kind: "incident_opened",
  thread: "incident:INC-20261123-155200-a1b2",
  sequence: 1,
  title: "Event collection and analytics do not answer",
  summary: "3 probes in a row failed. Customers are affected.",
  facts: [{ name: "Severity", value: "page" }],
  links: [
    { text: "Incident and timeline", url: "https://app.example.com/incidents/INC-20261123-155200-a1b2" },
  ],
  text: "Incident: Event collection and analytics do not answer\n3 probes in a row failed. Customers are affected.",
  event: "IncidentChanged",
  by: "",
  deliveries: [
    deliveryOf("20261123T155200Z-0123456789ab", 1),
    deliveryOf("20261123T155200Z-0123456789ab", 2, {
      state: "dead",
      attempts: 9,
      sent_at: null,
      error: "SNS answered 403 AuthorizationError",
    }),
  ],
};

export const DEPLOYMENT: Announcement = {
  ...OPENED,
  id: "20261123T100000Z-0123456789cd",
  at: "2026-11-23T10:00:00Z",
  kind: "planned_deployment",
  thread: "change:2026-11-23-api",
  title: "API 2.14 goes out at 14:00 UTC",
  summary: "Funnels answer twice as fast.",
  text: "Planned deployment: API 2.14 goes out at 14:00 UTC\nFunnels answer twice as fast.",
  links: [],
  event: "",
  by: "linus",
  deliveries: [
    deliveryOf("20261123T100000Z-0123456789cd", 0),
    deliveryOf("20261123T100000Z-0123456789cd", 2, {
      state: "queued",
      attempts: 2,
      sent_at: null,
      next_attempt_at: "2026-11-23T16:12:00Z",
      error: "timed out after 5 s",
    }),
  ],
};

export const REVIEW: Announcement = {
  ...OPENED,
  id: "20261104T114500Z-0123456789ef",
  at: "2026-11-04T11:45:00Z",
  kind: "review_opened",
  thread: "review:PIR-20261104-114500-0a0b",
  title: "Post-incident review: Sign-in is slow",
  summary: "Due on 11 Nov.",
  deliveries: [
    deliveryOf("20261104T114500Z-0123456789ef", 1, { state: "unconfigured", attempts: 0, sent_at: null }),
  ],
};

export const LIST: Schema["AnnouncementList"] = {
  announcements: [OPENED, DEPLOYMENT, REVIEW],
  next_cursor: null,
  waiting: 1,
  dead: 1,
  channels: CHANNELS,
};
