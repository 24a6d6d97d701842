import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { EmptyState } from "../../components/EmptyState";
import entry from "../../components/entry.module.css";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { plural } from "../../components/words";
import { useMay } from "../sign-in/roles";
import { AnnounceDialog } from "./AnnounceDialog";
import { AnnouncementItem } from "./AnnouncementItem";
import classes from "./AnnouncementsPage.module.css";
import { type AnnouncementList, MOST, PAGE, useAnnouncements } from "./announcements";
import { Channels } from "./Channels";
import { DeadLetters } from "./DeadLetters";

const ALL = "all";
const DEAD = "dead";

/** What was told to whom, what still waits, what was given up. */
export default function AnnouncementsPage() {
  const [isLive, setLive] = useState(true);
  const [shown, setShown] = useState(ALL);
  const [limit, setLimit] = useState(PAGE);
  const [isAnnouncing, setAnnouncing] = useState(false);
  const mayAnnounce = useMay("POST /v1/announcements");
  const { data, updatedAt, problem, retry } = useAnnouncements(shown === DEAD, limit, isLive);
  return (
    <Parts>
      <PageHead
        title="Announcements"
        hint={data ? tallyOf(data) : "All times in UTC"}
        live={{ isOn: isLive, isFailing: problem !== null, updatedAt, onChange: setLive }}
      >
        {mayAnnounce && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setAnnouncing(true)}>
            Announce
          </Button>
        )}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {!data && !problem && <PageSkeleton heights={[120, 420]} />}
      {data && (
        <Parts>
          <Channels list={data} />
          <Panel title="What was told" isBusy={false}>
            <div className={classes.filter}>
              <SegmentedControl
                size="xs"
                withItemsBorders={false}
                aria-label="Show"
                data={[
                  { value: ALL, label: "All" },
                  { value: DEAD, label: `Given up (${data.dead})` },
                ]}
                value={shown}
                onChange={setShown}
              />
              <DeadLetters list={data} />
            </div>
            <Told list={data} isDeadOnly={shown === DEAD} />
            {data.next_cursor !== null && limit < MOST && (
              <Button
                variant="subtle"
                size="xs"
                color="gray"
                c="dimmed"
                fullWidth
                onClick={() => setLimit(MOST)}
              >
                Show the last {MOST}
              </Button>
            )}
          </Panel>
          <AnnounceDialog
            isOpen={isAnnouncing}
            channels={data.channels}
            onClose={() => setAnnouncing(false)}
          />
        </Parts>
      )}
    </Parts>
  );
}

function Told({ list: { announcements }, isDeadOnly }: { list: AnnouncementList; isDeadOnly: boolean }) {
  if (announcements.length > 0) {
    return (
      <ol className={entry.list}>
        {announcements.map((announcement) => (
          <AnnouncementItem key={announcement.id} announcement={announcement} />
        ))}
      </ol>
    );
  }
  return isDeadOnly ? (
    <EmptyState title="No message was given up">Each one was sent, or still waits for its turn.</EmptyState>
  ) : (
    <EmptyState title="Nothing was announced yet">
      Incidents, reviews and maintenances announce themselves. Tell people of a planned deployment with
      Announce.
    </EmptyState>
  );
}

function tallyOf({ waiting, dead }: AnnouncementList): string {
  const facts = [waiting === 0 ? "nothing waits" : `${plural(waiting, "message")} waiting`];
  if (dead > 0) facts.push(`${plural(dead, "message")} given up`);
  return `${facts.join(" · ")} · all times in UTC`;
}
