import { AnswerPanel } from "../../components/AnswerPanel";
import { PageHead } from "../../components/PageHead";
import { Parts } from "../../components/Parts";
import { useMayAsMember } from "../people/people";
import type { Site } from "../sites/sites";
import { ExclusionsForm } from "./ExclusionsForm";
import { useExclusions } from "./exclusions";

const HINT =
  "Events that match are counted by their reason and not stored. The dashboard says how many there were. Bots are always left out.";

/** What the site leaves out of its numbers. */
export default function ExclusionsPage({ site }: { site: Site }) {
  const mayChange = useMayAsMember("PUT /v1/sites/{site_id}/exclusions", site.organisation_id);
  const { data, dataUpdatedAt, error, refetch } = useExclusions(site.site_id);
  return (
    <Parts>
      <PageHead title="Exclusions" hint={`Of ${site.domain}`} />
      <AnswerPanel
        title="Left out of the numbers"
        hint={`${HINT}${mayChange ? " Write one value on each line." : ""}`}
        data={data}
        problem={error}
        retry={refetch}
        height={360}
      >
        {(exclusions) => (
          <ExclusionsForm site={site} exclusions={exclusions} asOf={dataUpdatedAt} mayChange={mayChange} />
        )}
      </AnswerPanel>
    </Parts>
  );
}
