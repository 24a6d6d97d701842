import type { Pages } from "../../api/use-pages";
import { EmptyState } from "../../components/EmptyState";
import entry from "../../components/entry.module.css";
import { MoreButton } from "../../components/MoreButton";
import { PageSkeleton } from "../../components/PageSkeleton";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useNow } from "../../components/use-now";
import { plural } from "../../components/words";
import type { Credential, CredentialList } from "./access";
import { CredentialItem } from "./CredentialItem";

const SECOND_MS = 1_000;

/** The logins that were given out, with what is left of each. */
export function Credentials({ list }: { list: Pages<CredentialList> }) {
  const now = useNow(SECOND_MS);
  const { pages, problem } = list;
  const all = pages?.flatMap(({ credentials }) => credentials) ?? [];
  return (
    <Panel title="Database logins" hint={pages ? tallyOf(all) : "Each ends by itself, with its sessions."}>
      {problem && <ProblemAlert error={problem} onRetry={list.retry} />}
      {!pages && !problem && <PageSkeleton heights={[160]} />}
      {pages && all.length === 0 && (
        <EmptyState title="No database login was given out yet">
          Nobody reaches the database by hand. Who must asks for a login with a reason: it lasts some minutes,
          is announced, and ends by itself.
        </EmptyState>
      )}
      {all.length > 0 && (
        <ol className={entry.list} aria-label="Database logins">
          {all.map((credential) => (
            <CredentialItem key={credential.id} credential={credential} now={now} />
          ))}
        </ol>
      )}
      <MoreButton list={list}>Show earlier ones</MoreButton>
    </Panel>
  );
}

function tallyOf(all: readonly Credential[]): string {
  const open = all.filter(({ state }) => state !== "ended").length;
  const unapproved = all.filter(({ break_glass, approved_by }) => break_glass && approved_by === "").length;
  const facts = [open === 0 ? "None works now" : `${plural(open, "login")} not ended`];
  if (unapproved > 0) facts.push(`${unapproved} without the second person’s approval`);
  return facts.join(" · ");
}
