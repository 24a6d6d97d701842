import { Modal } from "@mantine/core";
import { PlanForm } from "./PlanForm";

export function PlanDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Plan a maintenance or a freeze" centered>
      <PlanForm onDone={onClose} />
    </Modal>
  );
}
