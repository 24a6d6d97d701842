import { CircleCheckIcon, CircleDotsIcon, ClockIcon } from "../../components/icons";
import { StateMark } from "../../components/StateMark";
import type { Review } from "./reviews";

export function ReviewMark({ review: { state, overdue } }: { review: Review }) {
  if (state === "closed") return <StateMark look={{ tone: "good", icon: CircleCheckIcon }}>Closed</StateMark>;
  if (overdue) return <StateMark look={{ tone: "bad", icon: ClockIcon }}>Overdue</StateMark>;
  return <StateMark look={{ tone: "active", icon: CircleDotsIcon }}>Open</StateMark>;
}
