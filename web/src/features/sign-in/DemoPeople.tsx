import { Skeleton, Stack, UnstyledButton } from "@mantine/core";
import { useId } from "react";
import { ProblemAlert } from "../../components/ProblemAlert";
import { OPERATIONS } from "./claims";
import classes from "./DemoPeople.module.css";
import { type DemoPerson, useDemoPeople } from "./demo-people";

interface Props {
  isBusy: boolean;
  onChoose: (person: DemoPerson) => void;
}

/** Those of each half of P09. */
export function DemoPeople(props: Props) {
  const people = useDemoPeople(true);
  if (people.isError) return <ProblemAlert error={people.error} onRetry={people.refetch} />;
  if (people.isPending) return <Skeleton height={180} aria-label="Loading the demo people" />;
  const isOperator = ({ role }: DemoPerson) => role.startsWith(OPERATIONS);
  return (
    <Stack gap="sm">
      <Half name="See a site’s visits" people={people.data.filter((each) => !isOperator(each))} {...props} />
      <Half name="Run P09" people={people.data.filter(isOperator)} {...props} />
    </Stack>
  );
}

function Half({ name, people, isBusy, onChoose }: Props & { name: string; people: readonly DemoPerson[] }) {
  const id = useId();
  if (people.length === 0) return null;
  return (
    <div>
      <div id={id} className={classes.half}>
        {name}
      </div>
      <ul className={classes.people} aria-labelledby={id}>
        {people.map((person) => (
          <li key={person.username}>
            <UnstyledButton className={classes.person} disabled={isBusy} onClick={() => onChoose(person)}>
              <span className={classes.name}>{person.name}</span>
              <span className={classes.role}>{person.role}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  );
}
