import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Answer } from "../api/use-answer";
import type { Live } from "./LiveSwitch";
import { PageHead } from "./PageHead";
import { PageSkeleton } from "./PageSkeleton";
import { Parts } from "./Parts";
import { ProblemAlert } from "./ProblemAlert";

interface Props<T> {
  /** The list that it stands in. */
  list: { name: string; to: string };
  title: string;
  hint: ReactNode;
  answer: Answer<T>;
  live: Pick<Live, "isOn" | "onChange">;
  /** Of the parts that will stand there. */
  heights: readonly number[];
  /** Beside the title. */
  mark?: ReactNode;
  children: (found: T, now: number) => ReactNode;
}

/** The frame of a page about one thing: the way back, its name, and the thing once it is here. */
export function DetailPage<T>({ list, title, hint, answer, live, heights, mark, children }: Props<T>) {
  const { data, updatedAt, problem, retry } = answer;
  return (
    <Parts>
      <Anchor component={Link} to={list.to} size="sm" w="fit-content">
        {list.name}
      </Anchor>
      <PageHead title={title} hint={hint} live={{ ...live, isFailing: problem !== null, updatedAt }}>
        {mark}
      </PageHead>
      {problem && <ProblemAlert error={problem} onRetry={retry} />}
      {data && children(data, updatedAt)}
      {!data && !problem && <PageSkeleton heights={heights} />}
    </Parts>
  );
}
