import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { AnswerPanel } from "../../components/AnswerPanel";
import { Columns } from "../../components/Columns";
import { EmptyState } from "../../components/EmptyState";
import table from "../../components/table.module.css";
import { formatDay, plural } from "../../components/words";
import { ReviewMark } from "./ReviewMark";
import { type Review, useReviews } from "./reviews";

/** The post-incident reviews, open ones first. */
export function Reviews({ isLive }: { isLive: boolean }) {
  return (
    <AnswerPanel title="Post-incident reviews" {...useReviews(isLive)} height={120}>
      {(reviews) =>
        reviews.length === 0 ? (
          <EmptyState title="There is no review yet">
            One opens by itself when a KPI is breached or an incident that affected customers is over.
          </EmptyState>
        ) : (
          <ReviewTable reviews={reviews} />
        )
      }
    </AnswerPanel>
  );
}

function ReviewTable({ reviews }: { reviews: readonly Review[] }) {
  return (
    <table className={table.table}>
      <Columns of={["Review", "State", { roomy: "Owner" }, "Due", { roomy: "Actions" }]} />
      <tbody>
        {reviews
          .toSorted((one, other) => Number(one.state === "closed") - Number(other.state === "closed"))
          .map((review) => (
            <tr key={review.id}>
              <th scope="row">
                <Anchor component={Link} size="sm" to={`/operations/reviews/${review.id}`}>
                  {review.title}
                </Anchor>
              </th>
              <td>
                <ReviewMark review={review} />
              </td>
              <td className={table.roomy}>{review.owner || "nobody"}</td>
              <td className={table.moment}>{formatDay(review.due)}</td>
              <td className={table.roomy}>
                {review.open_actions === 0 ? "none open" : `${plural(review.open_actions, "action")} open`}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
