import { Anchor, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { DetailPage } from "../../components/DetailPage";
import { Panel } from "../../components/Panel";
import { Parts } from "../../components/Parts";
import { formatDay, formatMoment } from "../../components/words";
import { IncidentTimeline } from "../incidents/IncidentTimeline";
import { useMay } from "../sign-in/roles";
import { Actions } from "./Actions";
import { CloseReview } from "./CloseReview";
import { ReviewMark } from "./ReviewMark";
import { type ReviewDetail, useReview } from "./reviews";
import { Sections } from "./Sections";

const LIST = { name: "All incidents and reviews", to: "/operations/incidents" };

/** One post-incident review: what happened, why, and what is done about it. */
export default function ReviewPage() {
  const { reviewId = "" } = useParams();
  const [isLive, setLive] = useState(true);
  const review = useReview(reviewId, isLive);
  return (
    <DetailPage
      list={LIST}
      title={review.data?.title ?? reviewId}
      hint={review.data ? <About review={review.data} /> : reviewId}
      answer={review}
      live={{ isOn: isLive, onChange: setLive }}
      heights={[240, 160, 300]}
      mark={review.data && <ReviewMark review={review.data} />}
    >
      {(found) => <Found review={found} />}
    </DetailPage>
  );
}

function About({ review }: { review: ReviewDetail }) {
  const about =
    review.incident !== null ? (
      <Anchor component={Link} underline="always" size="xs" to={`/operations/incidents/${review.incident}`}>
        {review.incident}
      </Anchor>
    ) : (
      `decision ${review.decision}`
    );
  return (
    <>
      {review.id} · about {about} · {review.owner ? `owned by ${review.owner}` : "nobody owns it"} · due{" "}
      {formatDay(review.due)}
    </>
  );
}

function Found({ review }: { review: ReviewDetail }) {
  const mayRespond = useMay("PATCH /v1/reviews/{review_id}");
  const isEditable = mayRespond && review.state === "open";
  return (
    <Parts>
      <Panel title="What happened and why">
        <Sections review={review} isEditable={isEditable} />
      </Panel>
      <Panel title="Actions" hint="What is done so that it does not happen again.">
        <Actions review={review} isEditable={isEditable} />
      </Panel>
      {isEditable && <CloseReview review={review} />}
      {review.closed_at !== null && (
        <Text size="sm" c="dimmed">
          Closed {formatMoment(review.closed_at)} UTC by {review.closed_by}.
        </Text>
      )}
      <Panel title="Timeline" hint="Filled in from the records.">
        {review.timeline.length > 0 ? (
          <IncidentTimeline entries={review.timeline} />
        ) : (
          <Text size="sm" c="dimmed">
            Nothing is recorded.
          </Text>
        )}
      </Panel>
    </Parts>
  );
}
