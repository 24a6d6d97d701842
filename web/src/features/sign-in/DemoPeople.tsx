import { Skeleton, UnstyledButton } from "@mantine/core";
import { ProblemAlert } from "../../components/ProblemAlert";
import classes from "./DemoPeople.module.css";
import { type DemoPerson, useDemoPeople } from "./demo-people";

export function DemoPeople(props: { isBusy: boolean; onChoose: (person: DemoPerson) => void }) {
  const people = useDemoPeople(true);
  if (people.isError) return <ProblemAlert error={people.error} onRetry={people.refetch} />;
  if (people.isPending) return <Skeleton height={180} aria-label="Loading the demo people" />;
  return (
    <ul className={classes.people} aria-label="Demo people">
      {people.data.map((person) => (
        <li key={person.username}>
          <UnstyledButton
            className={classes.person}
            disabled={props.isBusy}
            onClick={() => props.onChoose(person)}
          >
            <span className={classes.name}>{person.name}</span>
            <span className={classes.role}>{person.role}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
