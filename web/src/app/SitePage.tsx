import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ComponentType, Suspense, useState } from "react";
import { Navigate, useNavigate, useParams, useSearchParams } from "react-router";
import { Boundary } from "../components/Boundary";
import classes from "../components/card.module.css";
import { PageFailure } from "../components/Failure";
import { lazily } from "../components/lazily";
import { NotFound } from "../components/NotFound";
import { ProblemAlert } from "../components/ProblemAlert";
import { AddSiteDialog, AddSiteForm } from "../features/sites/AddSite";
import { SitePicker } from "../features/sites/SitePicker";
import { type Site, useMayAddSite, useOrganisations, useSites } from "../features/sites/sites";
import { TrafficPage } from "../features/traffic/TrafficPage";
import { SiteNavigation } from "./Navigation";
import { Shell } from "./Shell";

/** Beside its traffic, by what stands behind the site in the address. Most people come for the traffic alone. */
const PAGES = new Map<string | undefined, ComponentType<{ site: Site }>>([
  [undefined, TrafficPage],
  ["keys", lazily(() => import("../features/keys/KeysPage"))],
  ["exclusions", lazily(() => import("../features/exclusions/ExclusionsPage"))],
  ["people", lazily(() => import("../features/people/PeoplePage"))],
  ["audit", lazily(() => import("../features/audit/OrganisationAuditPage"))],
]);

/** The console's frame with the site that the address names; an address without one leads to the first. */
export function SitePage() {
  const sites = useSites();
  const mayAdd = useMayAddSite();
  const { siteId, page } = useParams();
  const [address] = useSearchParams();
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const open = (site: Site) => {
    setAdding(false);
    const rest = page === undefined ? "" : `/${page}`;
    void navigate({ pathname: `/sites/${site.site_id}${rest}`, search: address.toString() });
  };
  const current = sites.data?.find((site) => site.site_id === siteId) ?? null;
  const first = sites.data?.[0];
  const Page = PAGES.get(page) ?? NotFound;

  if (siteId === undefined && first) {
    return <Navigate replace to={{ pathname: `/sites/${first.site_id}`, search: address.toString() }} />;
  }
  return (
    <Shell
      picker={
        sites.data && sites.data.length > 0 ? (
          <SitePicker
            sites={sites.data}
            current={current}
            onChoose={open}
            onAdd={mayAdd ? () => setAdding(true) : undefined}
          />
        ) : null
      }
      pages={current && <SiteNavigation site={current} />}
    >
      {sites.isPending && <PageSkeleton />}
      {sites.isError && <ProblemAlert error={sites.error} onRetry={sites.refetch} />}
      {sites.data?.length === 0 && <FirstSite onCreated={open} />}
      {sites.data && first && current === null && <UnknownSite siteId={siteId} />}
      {current && (
        <Boundary fallback={PageFailure}>
          <Suspense fallback={<PageSkeleton />}>
            <Page key={current.site_id} site={current} />
          </Suspense>
        </Boundary>
      )}
      <AddSiteDialog isOpen={isAdding} onClose={() => setAdding(false)} onCreated={open} />
    </Shell>
  );
}

function PageSkeleton() {
  return (
    <Stack role="status" aria-label="Loading" aria-busy="true">
      <Skeleton height={36} width={240} />
      <Skeleton height={420} />
      <Skeleton height={280} />
    </Stack>
  );
}

function FirstSite({ onCreated }: { onCreated: (site: Site) => void }) {
  const organisations = useOrganisations();
  const mayAdd = useMayAddSite();
  if (organisations.isPending) return <PageSkeleton />;
  if (organisations.data && !mayAdd) return <NoSite isMember={organisations.data.length > 0} />;
  return (
    <section className={classes.card}>
      <title>Add a site · P09</title>
      <Title order={1} size="h3">
        Add your first site
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        A site is a domain whose visits are counted together.
      </Text>
      <AddSiteForm onCreated={onCreated} />
    </section>
  );
}

/** For who can't add one. */
function NoSite({ isMember }: { isMember: boolean }) {
  return (
    <section className={classes.card}>
      <title>No site · P09</title>
      <Title order={1} size="h3">
        No site of yours
      </Title>
      <Text size="sm" c="dimmed" mt={4}>
        {isMember
          ? "Your organisation has no site yet. Its owners and editors can add one."
          : "You belong to no customer’s organisation. Its owner can invite you."}
      </Text>
    </section>
  );
}

function UnknownSite({ siteId }: { siteId: string | undefined }) {
  return (
    <section className={classes.card}>
      <title>Unknown site · P09</title>
      <Title order={1} size="h3">
        There is no site {siteId} here
      </Title>
      <Text size="sm" c="dimmed" mt={4}>
        It may belong to an organisation that you are not a member of. Choose another one above.
      </Text>
    </section>
  );
}
