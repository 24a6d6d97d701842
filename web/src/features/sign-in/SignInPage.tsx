import { Divider, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { BrandMark } from "../../components/BrandMark";
import { ColorSchemeMenu } from "../../components/ColorSchemeMenu";
import { ProblemAlert } from "../../components/ProblemAlert";
import { FirstOneTimeCode, NewPassword, OneTimeCode } from "./Challenges";
import type { Challenge, Step } from "./cognito";
import { DemoPeople } from "./DemoPeople";
import { ForgottenPassword, ResetPassword } from "./ForgottenPassword";
import { type Credentials, PasswordForm } from "./PasswordForm";
import classes from "./SignInPage.module.css";
import { SsoButton } from "./SsoButton";
import { useRedirect, useSession } from "./use-session";

/** Where somebody is on their way in; `isReset`: their password was just set anew. */
type Place =
  | { kind: "begin"; isReset?: boolean }
  | { kind: "forgotten" }
  | { kind: "reset"; username: string }
  | Challenge;

const TITLES: Record<Place["kind"], string> = {
  begin: "Sign in",
  forgotten: "Forgotten password",
  reset: "Set another password",
  "new-password": "Choose a password",
  "one-time-code": "One-time code",
  "set-up-code": "Set up one-time codes",
};

export function SignInPage({ hasDemoPeople }: { hasDemoPeople: boolean }) {
  const [place, setPlace] = useState<Place>({ kind: "begin" });
  const title = TITLES[place.kind];
  return (
    <main className={classes.page}>
      <title>{`${title} · P09`}</title>
      <div className={classes.scheme}>
        <ColorSchemeMenu />
      </div>
      <Stack className={classes.card} gap="lg">
        <BrandMark />
        <Heading key={place.kind} isFirst={place.kind === "begin" && !place.isReset}>
          {title}
        </Heading>
        <Here place={place} hasDemoPeople={hasDemoPeople} onPlace={setPlace} />
      </Stack>
    </main>
  );
}

/** Of a question that follows another, those who hear the page are told. */
function Heading({ isFirst, children }: { isFirst: boolean; children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
  }, [isFirst]);
  return (
    <Title ref={heading} order={1} size="h3" tabIndex={-1} className={classes.title}>
      {children}
    </Title>
  );
}

interface HereProps {
  place: Place;
  hasDemoPeople: boolean;
  onPlace: (place: Place) => void;
}

function Here({ place, hasDemoPeople, onPlace }: HereProps) {
  const onBack = () => onPlace({ kind: "begin" });
  // Who is in has no place here: the console takes over.
  const onStep = (step: Step) => step.kind !== "done" && onPlace(step);
  switch (place.kind) {
    case "forgotten":
      return (
        <ForgottenPassword onSent={(username) => onPlace({ kind: "reset", username })} onBack={onBack} />
      );
    case "reset":
      return (
        <ResetPassword
          username={place.username}
          onDone={() => onPlace({ kind: "begin", isReset: true })}
          onBack={onBack}
        />
      );
    case "new-password":
      return <NewPassword asked={place} onStep={onStep} onBack={onBack} />;
    case "one-time-code":
      return <OneTimeCode asked={place} onStep={onStep} onBack={onBack} />;
    case "set-up-code":
      return <FirstOneTimeCode asked={place} onStep={onStep} onBack={onBack} />;
    default:
      return (
        <Begin
          isReset={place.isReset ?? false}
          hasDemoPeople={hasDemoPeople}
          onStep={onStep}
          onForgotten={() => onPlace({ kind: "forgotten" })}
        />
      );
  }
}

interface BeginProps {
  isReset: boolean;
  hasDemoPeople: boolean;
  onStep: (step: Step) => void;
  onForgotten: () => void;
}

function Begin({ isReset, hasDemoPeople, onStep, onForgotten }: BeginProps) {
  const session = useSession();
  const redirect = useRedirect();
  const signIn = useMutation({
    mutationFn: ({ username, password }: Credentials) => session.signIn(username, password),
    onSuccess: onStep,
  });
  return (
    <>
      {signIn.isError && <ProblemAlert error={signIn.error} />}
      {isReset && !signIn.isError && (
        <Text size="sm" role="status">
          Your password is set. Sign in with it.
        </Text>
      )}
      {hasDemoPeople && !isReset && (
        <>
          <Text size="sm" c="dimmed" mt={-8}>
            This system runs on your machine. Go on as one of these people:
          </Text>
          <DemoPeople isBusy={signIn.isPending} onChoose={signIn.mutate} />
        </>
      )}
      {redirect && (
        // Where a company's directory signs people in, that comes first; on a developer's machine one click does.
        <SsoButton redirect={redirect} variant={hasDemoPeople ? "default" : "filled"} />
      )}
      {(hasDemoPeople || redirect) && <Divider label="or with a password" />}
      <PasswordForm
        isBusy={signIn.isPending}
        isSecond={redirect !== null}
        onSubmit={signIn.mutate}
        onForgotten={onForgotten}
      />
    </>
  );
}
