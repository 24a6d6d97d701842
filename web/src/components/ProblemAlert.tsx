import { Button, List, Text } from "@mantine/core";
import { ProblemError } from "../api/problem";
import { DangerAlert } from "./DangerAlert";

/** What went wrong, in the words of the problem document, with a way to try again where that can help. */
export function ProblemAlert({ error, onRetry }: { error: Error; onRetry?: (() => unknown) | undefined }) {
  const problem = error instanceof ProblemError ? error : null;
  return (
    <DangerAlert title={problem?.title ?? "Something went wrong"}>
      <Text size="sm">{sentence(error.message)}</Text>
      {problem !== null && problem.items.length > 0 && (
        <List size="sm" mt="xs">
          {problem.items.map((item) => (
            <List.Item key={`${item.where} ${item.detail}`}>
              {item.where !== null && <code>{item.where}</code>} {item.detail}
            </List.Item>
          ))}
        </List>
      )}
      {onRetry && (
        <Button size="xs" variant="default" mt="sm" onClick={() => void onRetry()}>
          Try again
        </Button>
      )}
    </DangerAlert>
  );
}

/** Details come as clauses, to stand behind a title; alone they are a sentence. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
