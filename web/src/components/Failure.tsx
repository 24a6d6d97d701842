import { Button, Group, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type MouseEvent, useEffect, useRef, useTransition } from "react";
import type { FallbackProps } from "react-error-boundary";
import classes from "./card.module.css";
import { DangerAlert } from "./DangerAlert";
import { NotLoaded } from "./lazily";

/** In place of a part of a page. */
export function PartFailure({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <DangerAlert title="This part of the page could not be shown">
      <Text size="sm" mb="sm">
        {reasonOf(error)} The rest of the page works.
      </Text>
      <Choices error={error} onReset={resetErrorBoundary} home="section[aria-labelledby], main" />
    </DangerAlert>
  );
}

/** In place of a whole page. It takes the focus, as a page that was opened has taken the place of another. */
export function PageFailure({ error, resetErrorBoundary }: FallbackProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section className={classes.card}>
      <title>Page not shown · P09</title>
      <Title order={1} size="h3" ref={title} tabIndex={-1} className={classes.title ?? ""}>
        This page could not be shown
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="lg">
        {reasonOf(error)} If it happens again, tell the people who run P09.
      </Text>
      <Choices error={error} onReset={resetErrorBoundary} home="main" />
    </section>
  );
}

interface ChoicesProps {
  error: unknown;
  onReset: () => void;
  /** Selects what has the focus once the buttons are gone. */
  home: string;
}

function Choices({ error, onReset, home }: ChoicesProps) {
  return (
    <Group gap="xs">
      {!(error instanceof NotLoaded) && <TryAgain onReset={onReset} home={home} />}
      <Button size="xs" variant="default" onClick={() => window.location.reload()}>
        Reload the page
      </Button>
    </Group>
  );
}

function TryAgain({ onReset, home }: Pick<ChoicesProps, "onReset" | "home">) {
  const queries = useQueryClient();
  const [isTrying, startTrying] = useTransition();
  const retry = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const next = currentTarget.closest<HTMLElement>(home);
    startTrying(async () => {
      // An answer that can't be shown must not be shown again.
      queries.removeQueries({ type: "inactive" });
      await queries.refetchQueries({ type: "active" });
      onReset();
      if (next === null) return;
      next.tabIndex = -1;
      next.focus();
    });
  };
  return (
    <Button size="xs" variant="default" loading={isTrying} onClick={retry}>
      Try again
    </Button>
  );
}

function reasonOf(error: unknown): string {
  return error instanceof NotLoaded
    ? "Its code could not be loaded. You may be offline, or a new version of the console may have replaced it."
    : "The console ran into an error. Nothing you saved is lost.";
}
