import { type MantineSize, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";

interface Props<T> {
  isOpen: boolean;
  onClose: () => void;
  size?: MantineSize;
  /** Of the form, and of what came of it. */
  titleOf: (made: T | null) => string;
  form: (onMade: (made: T) => void) => ReactNode;
  /** What is shown this once. */
  shown: (made: T, onClose: () => void) => ReactNode;
}

/** Asks for something that is shown only once: while it is, no stray click or key closes it. */
export function OnceModal<T>({ isOpen, onClose, size = "md", titleOf, form, shown }: Props<T>) {
  const [made, setMade] = useState<T | null>(null);
  const close = () => {
    setMade(null);
    onClose();
  };
  const isClosable = made === null;
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={titleOf(made)}
      centered
      size={size}
      closeOnClickOutside={isClosable}
      closeOnEscape={isClosable}
      withCloseButton={isClosable}
    >
      {made === null ? form(setMade) : shown(made, close)}
    </Modal>
  );
}
