import { Button, List, Text } from "@mantine/core";
import { Panel } from "../../components/Panel";
import { ProblemAlert } from "../../components/ProblemAlert";
import { capital } from "../../components/words";
import { type ReviewDetail, useCloseReview } from "./reviews";

/** Closes a review, once nothing is missing. */
export function CloseReview({ review }: { review: ReviewDetail }) {
  const close = useCloseReview(review.id);
  const isReady = review.missing.length === 0;
  return (
    <Panel title="Close the review">
      {isReady ? (
        <Text size="sm">Nothing is missing.</Text>
      ) : (
        <>
          <Text size="sm">Before it can be closed:</Text>
          <List size="sm" mt={4}>
            {review.missing.map((each) => (
              <List.Item key={each}>{capital(each)}</List.Item>
            ))}
          </List>
        </>
      )}
      {close.isError && <ProblemAlert error={close.error} />}
      <Button
        size="xs"
        mt="sm"
        disabled={!isReady}
        loading={close.isPending}
        onClick={() => close.mutate("")}
      >
        Close it
      </Button>
    </Panel>
  );
}
