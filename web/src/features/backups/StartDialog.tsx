import { Modal } from "@mantine/core";
import { StartForm } from "./StartForm";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onStarted: (id: string) => void;
}

export function StartDialog({ isOpen, onClose, onStarted }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Start a drill or restore" size="lg" centered>
      <StartForm onStarted={onStarted} />
    </Modal>
  );
}
