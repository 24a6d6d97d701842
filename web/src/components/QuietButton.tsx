import { Button } from "@mantine/core";

interface Props {
  isLoading?: boolean;
  onClick: () => void;
  children: string;
}

/** Below a list: shows more of it. */
export function QuietButton({ isLoading = false, onClick, children }: Props) {
  return (
    <Button
      variant="subtle"
      size="xs"
      color="gray"
      c="dimmed"
      fullWidth
      mt="xs"
      loading={isLoading}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
