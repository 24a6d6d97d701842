import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { PlusIcon } from "../../components/icons";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Site } from "../sites/sites";
import { Invitations } from "./Invitations";
import { InviteDialog } from "./InviteDialog";
import { MemberTable } from "./MemberTable";
import { useMayAsMember, useMembers, useOrganisationName } from "./people";

/** Who belongs to the site's organisation, and who is invited to it. */
export default function PeoplePage({ site: { organisation_id: organisationId } }: { site: Site }) {
  const [isInviting, setInviting] = useState(false);
  const { data, problem, retry } = useMembers(organisationId);
  const name = useOrganisationName(organisationId);
  const isOwner = useMayAsMember("POST /v1/organisations/{organisation_id}/invitations", organisationId);
  return (
    <Parts>
      <PageHead
        title="People"
        hint={name === "" ? "Of the site’s organisation" : `Of the organisation ${name}`}
      >
        {isOwner && (
          <Button size="xs" leftSection={<PlusIcon />} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        )}
      </PageHead>
      <Panel title="Members" hint="They see all sites of the organisation.">
        {problem && <ProblemAlert error={problem} onRetry={retry} />}
        {!data && !problem && <PageSkeleton heights={[160]} />}
        {data && <MemberTable members={data} organisationId={organisationId} isOwner={isOwner} />}
        {data && !isOwner && (
          <Text size="xs" c="dimmed" mt="sm">
            Owners invite people, change roles and remove people.
          </Text>
        )}
      </Panel>
      {isOwner && <Invitations organisationId={organisationId} />}
      <InviteDialog organisationId={organisationId} isOpen={isInviting} onClose={() => setInviting(false)} />
    </Parts>
  );
}
