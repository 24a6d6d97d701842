import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { MomentInput } from "../../components/MomentInput";
import classes from "./Audit.module.css";
import { type Filter, isFiltering, NO_FILTER } from "./filter";

const FIELDS = [
  { name: "actor", label: "Who", placeholder: "person:…" },
  { name: "action", label: "Action", placeholder: "key.rotate" },
  { name: "subject", label: "Subject", placeholder: "key/…" },
] as const;

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export function FilterForm({ filter, onChange }: Props) {
  const [since, setSince] = useState(filter.since);
  const [until, setUntil] = useState(filter.until);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name)).trim() || null;
    onChange({
      actor: field("actor"),
      action: field("action"),
      subject: field("subject"),
      since,
      until,
      before: null,
    });
  };
  return (
    <form className={classes.filter} onSubmit={submit} aria-label="Filter">
      {FIELDS.map(({ name, label, placeholder }) => (
        <TextInput
          key={name}
          name={name}
          size="xs"
          label={label}
          placeholder={placeholder}
          defaultValue={filter[name] ?? ""}
          maxLength={300}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      ))}
      <MomentInput label="Since" size="xs" value={since} isOptional onChange={setSince} />
      <MomentInput label="Until" size="xs" value={until} isOptional onChange={setUntil} />
      <div className={classes.submit}>
        <Button type="submit" size="xs" variant="default">
          Filter
        </Button>
        {isFiltering(filter) && (
          <Button size="xs" variant="subtle" color="gray" onClick={() => onChange(NO_FILTER)}>
            Clear
          </Button>
        )}
      </div>
      {filter.before !== null && (
        <p className={classes.before}>Only rows before number {filter.before} are shown.</p>
      )}
    </form>
  );
}
