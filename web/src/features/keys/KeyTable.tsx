import { Button, Group, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { AskForm } from "../../components/AskForm";
import { Columns } from "../../components/Columns";
import table from "../../components/table.module.css";
import { formatAge, formatMoment } from "../../components/words";
import type { Site } from "../sites/sites";
import { KeyMark } from "./KeyMark";
import classes from "./Keys.module.css";
import { type Key, type MadeKey, useRevokeKey, useRotateKey } from "./keys";
import { KINDS, OVERLAPS } from "./words";

interface Common {
  site: Site;
  now: number;
  mayChange: boolean;
  onMade: (made: MadeKey) => void;
}

const COLUMNS = ["Key", { roomy: "State" }, { roomy: "Made" }, { roomy: "Last used" }];

export function KeyTable({ keys, ...common }: Common & { keys: readonly Key[] }) {
  return (
    <table className={table.table}>
      <Columns of={common.mayChange ? [...COLUMNS, { end: "Actions" }] : COLUMNS} />
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key.key_id} of={key} {...common} />
        ))}
      </tbody>
    </table>
  );
}

type Asked = "rotate" | "revoke" | null;

function KeyRow({ of, site, now, mayChange, onMade }: Common & { of: Key }) {
  const [asked, setAsked] = useState<Asked>(null);
  const done = () => setAsked(null);
  const used = of.last_used_at ? formatAge(of.last_used_at, now) : "never";
  return (
    <>
      <tr>
        <th scope="row">
          <code className={classes.prefix}>{of.prefix}…</code>
          <div className={table.dimmed}>{KINDS[of.kind]}</div>
          <div className={classes.narrow}>
            <KeyMark of={of} now={now} />
            last used: {used}
          </div>
        </th>
        <td className={table.roomy}>
          <KeyMark of={of} now={now} />
        </td>
        <td className={`${table.roomy} ${table.moment}`}>{formatMoment(of.created_at)}</td>
        <td className={table.roomy}>{used}</td>
        {mayChange && <td>{asked === null && <Choices of={of} onAsk={setAsked} />}</td>}
      </tr>
      {asked !== null && (
        <tr data-continues="true">
          <td colSpan={5}>
            {asked === "rotate" ? (
              <RotateForm of={of} site={site} onMade={onMade} onDone={done} />
            ) : (
              <RevokeForm of={of} site={site} onDone={done} />
            )}
          </td>
        </tr>
      )}
    </>
  );
}

function Choices({ of, onAsk }: { of: Key; onAsk: (asked: Asked) => void }) {
  return (
    <Group gap="xs" justify="end">
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Rotate ${of.prefix}`}
        onClick={() => onAsk("rotate")}
      >
        Rotate
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`Revoke ${of.prefix}`}
        onClick={() => onAsk("revoke")}
      >
        Revoke
      </Button>
    </Group>
  );
}

interface FormProps {
  of: Key;
  site: Site;
  onDone: () => void;
}

function RotateForm({ of, site, onMade, onDone }: FormProps & Pick<Common, "onMade">) {
  const rotate = useRotateKey(site.site_id, of.key_id);
  const submit = (form: FormData) =>
    rotate.mutate(Number(form.get("overlap")), {
      onSuccess: (made) => {
        onMade(made);
        onDone();
      },
    });
  return (
    <AskForm
      label={`Rotate ${of.prefix}`}
      warning="A new key of the same kind takes its place. Put it in wherever the old one is used before that ends."
      submit="Make the new key"
      cancel="Not now"
      isBusy={rotate.isPending}
      problem={rotate.error}
      onSubmit={submit}
      onCancel={onDone}
    >
      <NativeSelect
        name="overlap"
        size="xs"
        label="The old key ends"
        data={OVERLAPS}
        defaultValue={OVERLAPS[2]?.value ?? ""}
      />
    </AskForm>
  );
}

function RevokeForm({ of, site, onDone }: FormProps) {
  const revoke = useRevokeKey(site.site_id, of.key_id);
  return (
    <AskForm
      label={`Revoke ${of.prefix}`}
      warning="It stops working within a minute, wherever it is used. That can’t be taken back."
      submit="Revoke it"
      cancel="Keep it"
      isBusy={revoke.isPending}
      problem={revoke.error}
      onSubmit={() => revoke.mutate(undefined, { onSuccess: onDone })}
      onCancel={onDone}
    />
  );
}
