import { NotYours } from "../../components/NotYours";
import { PageHead } from "../../components/PageHead";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Parts } from "../../components/Parts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useMayAsMember, useMembers, useOrganisationName } from "../people/people";
import type { Site } from "../sites/sites";
import { Chain } from "./Chain";

/** Who did what in the site's organisation, for its owners. */
export default function OrganisationAuditPage({ site: { organisation_id: id } }: { site: Site }) {
  const members = useMembers(id);
  const mayRead = useMayAsMember("GET /v1/organisations/{organisation_id}/audit", id);
  if (members.problem) return <ProblemAlert error={members.problem} onRetry={members.retry} />;
  if (!members.data) return <PageSkeleton heights={[480]} />;
  if (mayRead) return <OwnersPage id={id} />;
  return <NotYours title="Audit">The audit trail of an organisation is for its owners.</NotYours>;
}

function OwnersPage({ id }: { id: string }) {
  const name = useOrganisationName(id);
  return (
    <Parts>
      <PageHead
        title="Audit"
        hint={`${name === "" ? "Of the site’s organisation" : `Of the organisation ${name}`} · all times in UTC`}
      />
      {/* Another chain is another page: what was found in one is not shown beside the other. */}
      <Chain key={id} owner={{ kind: "organisation", id }} />
    </Parts>
  );
}
