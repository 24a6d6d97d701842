import { Modal } from "@mantine/core";
import { Snippets } from "./Snippets";
import type { Site } from "./sites";

export function InstallDialog(props: { site: Site; isOpen: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={`Send events for ${props.site.domain}`}
      size="xl"
    >
      <Snippets site={props.site} />
    </Modal>
  );
}
