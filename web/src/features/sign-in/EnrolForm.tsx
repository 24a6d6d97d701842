import { Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { QRCodeSVG } from "qrcode.react";
import { useId } from "react";
import { CopyBlock } from "../../components/CopyBlock";
import { ProblemAlert } from "../../components/ProblemAlert";
import type { Enrolment } from "./cognito";
import classes from "./EnrolForm.module.css";
import { CodeField, codeIn } from "./fields";
import { StepForm } from "./StepForm";

interface Props<T> {
  username: string;
  begin: () => Promise<Enrolment>;
  verify: (enrolment: Enrolment, code: string) => Promise<T>;
  submit: string;
  onDone: (result: T) => void;
  onBack?: () => void;
}

/** Gives an authenticator app its secret, and has one code of it to see that it arrived. */
export function EnrolForm<T>({ username, begin, verify, submit, onDone, onBack }: Props<T>) {
  const id = useId();
  // A secret is good for this form alone: it is asked for once, and forgotten with it.
  const secret = useQuery({
    queryKey: ["enrolment", id],
    queryFn: begin,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const check = useMutation({
    mutationFn: (said: FormData) => verify(secret.data as Enrolment, codeIn(said)),
    onSuccess: onDone,
  });
  if (secret.isError) return <ProblemAlert error={secret.error} onRetry={secret.refetch} />;
  if (secret.isPending) return <Skeleton height={320} aria-label="Asking for a secret" />;
  return (
    <StepForm
      hint="Scan this with an authenticator app, or type the secret into it. Then type the code that the app shows."
      submit={submit}
      isBusy={check.isPending}
      problem={check.error}
      onSubmit={check.mutate}
      {...(onBack && { onBack })}
    >
      {(errors) => (
        <>
          <div className={classes.code}>
            <QRCodeSVG
              value={address(username, secret.data.secret)}
              size={176}
              title="The secret as a QR code"
            />
          </div>
          <CopyBlock label="secret" code={spaced(secret.data.secret)} />
          <CodeField errors={errors} label="One-time code" />
        </>
      )}
    </StepForm>
  );
}

/** As authenticator apps read it: whose the codes are, and where they are asked for. */
function address(username: string, secret: string): string {
  const label = encodeURIComponent(`P09:${username}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=P09`;
}

function spaced(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
