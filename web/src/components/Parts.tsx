import { Stack } from "@mantine/core";
import { Children, type ReactNode } from "react";
import { Boundary } from "./Boundary";

interface Props {
  /** Of a layout that is not one below another. */
  className?: string | undefined;
  children: ReactNode;
}

/** The parts of a page, each within a boundary of its own: one that fails leaves the others as they are. */
export function Parts({ className, children }: Props) {
  const parts = Children.map(children, (part) => <Boundary>{part}</Boundary>);
  return className === undefined ? <Stack gap="md">{parts}</Stack> : <div className={className}>{parts}</div>;
}
