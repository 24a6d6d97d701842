import type { Pages } from "../api/use-pages";
import { QuietButton } from "./QuietButton";

/** Reads on in a list that goes on. */
export function MoreButton({ list, children }: { list: Pages<unknown>; children: string }) {
  if (list.more === null) return null;
  return (
    <QuietButton isLoading={list.isLoadingMore} onClick={list.more}>
      {children}
    </QuietButton>
  );
}
