import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { PersonIcon } from "../../components/icons";
import { plural } from "../../components/words";
import { waitsForMe } from "./acts";
import classes from "./ChangesPage.module.css";
import { useOpenChanges } from "./changes";
import { useAsker } from "./use-asker";

/** On another page: that changes wait for the person who is signed in. Who decides nothing asks nothing. */
export function WaitingHint({ isLive }: { isLive: boolean }) {
  const { mayApprove } = useAsker();
  return mayApprove ? <Hint isLive={isLive} /> : null;
}

/** A problem is told where changes are shown: here it would only be beside the point. */
function Hint({ isLive }: { isLive: boolean }) {
  const asker = useAsker();
  const mine = useOpenChanges(isLive).data?.filter((change) => waitsForMe(change, asker)) ?? [];
  const [first] = mine;
  if (first === undefined) return null;
  const to = mine.length === 1 ? `/operations/changes/${first.id}` : "/operations/changes";
  return (
    <div className={classes.hint} role="status">
      <PersonIcon />
      <span>
        {plural(mine.length, "change")} {mine.length === 1 ? "waits" : "wait"} for you:{" "}
        <Anchor component={Link} to={to} size="sm" underline="always">
          {mine.length === 1 ? first.title : "see which"}
        </Anchor>
      </span>
    </div>
  );
}
