import { Modal } from "@mantine/core";
import type { Change } from "./changes";
import { PlanForm } from "./PlanForm";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onPlanned: (change: Change) => void;
}

export function PlanDialog({ isOpen, onClose, onPlanned }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Plan a change" size="lg" centered>
      <PlanForm onPlanned={onPlanned} />
    </Modal>
  );
}
