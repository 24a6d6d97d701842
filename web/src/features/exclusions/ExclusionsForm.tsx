import { Button, Group, SimpleGrid, Stack, Text, Textarea } from "@mantine/core";
import type { SubmitEvent } from "react";
import { fieldsOf } from "../../api/problem";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Site } from "../sites/sites";
import { type Exclusions, usePutExclusions } from "./exclusions";
import { exclusionsIn, FIELDS, type Field } from "./fields";

interface Props {
  site: Site;
  exclusions: Exclusions;
  /** When they were read or saved: what was saved comes back as it is compared, and is shown so. */
  asOf: number;
  mayChange: boolean;
}

/** A field for each kind of exclusion, a value on each line. */
export function ExclusionsForm({ site, exclusions, asOf, mayChange }: Props) {
  const put = usePutExclusions(site.site_id);
  const errors = fieldsOf(put.error);
  const isAtFields = FIELDS.some(({ name }) => name in errors);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    put.mutate(exclusionsIn(new FormData(event.currentTarget)));
  };
  return (
    <form onSubmit={submit} onChange={() => put.isSuccess && put.reset()}>
      <Stack gap="md">
        <SimpleGrid key={asOf} cols={{ base: 1, sm: 2 }} verticalSpacing="md">
          {FIELDS.map((field) => (
            <Lines
              key={field.name}
              field={field}
              values={exclusions[field.name]}
              error={errors[field.name]}
              mayChange={mayChange}
              isBusy={put.isPending}
            />
          ))}
        </SimpleGrid>
        {put.isError && !isAtFields && <ProblemAlert error={put.error} />}
        {mayChange ? (
          <Group gap="sm">
            <Button type="submit" size="xs" loading={put.isPending}>
              Save exclusions
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {put.isSuccess && "Saved. They apply within a minute, to events that arrive from then on."}
            </Text>
          </Group>
        ) : (
          <Text size="xs" c="dimmed">
            Owners and editors of the organisation choose what is left out.
          </Text>
        )}
      </Stack>
    </form>
  );
}

interface LinesProps {
  field: Field;
  values: readonly string[];
  error: string | undefined;
  mayChange: boolean;
  isBusy: boolean;
}

function Lines({ field, values, error, mayChange, isBusy }: LinesProps) {
  return (
    <Textarea
      name={field.name}
      label={field.label}
      description={field.help}
      placeholder={mayChange ? field.example : field.empty}
      defaultValue={values.join("\n")}
      error={error}
      readOnly={!mayChange || isBusy}
      autosize
      minRows={mayChange ? 3 : 1}
      maxRows={12}
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
    />
  );
}
