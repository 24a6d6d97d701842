import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { CodeField, codeIn, NewPasswordFields, newPasswordIn } from "./fields";
import { StepForm } from "./StepForm";
import { useSession } from "./use-session";

/** Has a code sent by mail. */
export function ForgottenPassword(props: { onSent: (username: string) => void; onBack: () => void }) {
  const { cognito } = useSession();
  const send = useMutation({
    mutationFn: async (said: FormData) => {
      const username = String(said.get("username")).trim();
      await cognito.forgotPassword(username);
      return username;
    },
    onSuccess: props.onSent,
  });
  return (
    <StepForm
      hint="We mail you a code, with which you set another password."
      submit="Mail me a code"
      isBusy={send.isPending}
      problem={send.error}
      onSubmit={send.mutate}
      onBack={props.onBack}
    >
      {(errors) => (
        <TextInput
          label="Email"
          name="username"
          error={errors.username}
          autoComplete="username"
          required
          withAsterisk={false}
        />
      )}
    </StepForm>
  );
}

interface ResetProps {
  username: string;
  onDone: () => void;
  onBack: () => void;
}

export function ResetPassword({ username, onDone, onBack }: ResetProps) {
  const { cognito } = useSession();
  const reset = useMutation({
    mutationFn: async (said: FormData) => cognito.resetPassword(username, codeIn(said), newPasswordIn(said)),
    onSuccess: onDone,
  });
  return (
    <StepForm
      hint={`If ${username} has an account with a password of its own, a code is on its way there. It works for an hour. Nothing came after some minutes? Look in the spam folder, or ask for another invitation.`}
      submit="Set the password"
      isBusy={reset.isPending}
      problem={reset.error}
      onSubmit={reset.mutate}
      onBack={onBack}
    >
      {(errors) => (
        <>
          <CodeField errors={errors} label="Code from the mail" />
          <NewPasswordFields errors={errors} label="New password" />
        </>
      )}
    </StepForm>
  );
}
