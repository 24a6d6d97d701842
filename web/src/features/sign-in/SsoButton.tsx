import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Redirect } from "./redirect";

/** Leads to where the company's directory signs people in, and back to the page that was asked for. */
export function SsoButton({ redirect, variant }: { redirect: Redirect; variant: "default" | "filled" }) {
  const leave = useMutation({
    mutationFn: () => redirect.begin(window.location.pathname + window.location.search),
    onSuccess: (address) => window.location.assign(address),
  });
  return (
    <>
      {leave.isError && <ProblemAlert error={leave.error} />}
      <Button fullWidth variant={variant} loading={leave.isPending} onClick={() => leave.mutate()}>
        Sign in with SSO
      </Button>
    </>
  );
}
