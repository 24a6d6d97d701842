import { useMutation } from "@tanstack/react-query";
import type { Challenge, Step } from "./cognito";
import { EnrolForm } from "./EnrolForm";
import { CodeField, codeIn, NewPasswordFields, newPasswordIn } from "./fields";
import { StepForm } from "./StepForm";
import { useSession } from "./use-session";

interface Props {
  asked: Challenge;
  onStep: (step: Step) => void;
  onBack: () => void;
}

/** After a temporary password: one of their own. */
export function NewPassword({ asked, onStep, onBack }: Props) {
  const session = useSession();
  const set = useMutation({
    mutationFn: async (said: FormData) => session.setPassword(asked, newPasswordIn(said)),
    onSuccess: onStep,
  });
  return (
    <StepForm
      hint="The password that you were sent is temporary. Choose your own."
      submit="Set the password and sign in"
      isBusy={set.isPending}
      problem={set.error}
      onSubmit={set.mutate}
      onBack={onBack}
    >
      {(errors) => <NewPasswordFields errors={errors} label="New password" />}
    </StepForm>
  );
}

export function OneTimeCode({ asked, onStep, onBack }: Props) {
  const session = useSession();
  const send = useMutation({
    mutationFn: (said: FormData) => session.sendCode(asked, codeIn(said)),
    onSuccess: onStep,
  });
  return (
    <StepForm
      hint="Open your authenticator app and type the code that it shows for P09. Without the app, ask an administrator."
      submit="Sign in"
      isBusy={send.isPending}
      problem={send.error}
      onSubmit={send.mutate}
      onBack={onBack}
    >
      {(errors) => <CodeField errors={errors} label="One-time code" />}
    </StepForm>
  );
}

/** Where the pool asks everybody for a code, before anybody is let in. */
export function FirstOneTimeCode({ asked, onStep, onBack }: Props) {
  const session = useSession();
  return (
    <EnrolForm
      username={asked.username}
      begin={() => session.cognito.enrolBefore(asked)}
      verify={(enrolment, code) => session.verifyBefore(asked, enrolment, code)}
      submit="Check the code and sign in"
      onDone={onStep}
      onBack={onBack}
    />
  );
}
