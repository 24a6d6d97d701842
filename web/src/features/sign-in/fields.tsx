import { PasswordInput, TextInput } from "@mantine/core";
import { ProblemError } from "../../api/problem";
import type { FieldErrors } from "./StepForm";

/** As the user pool asks for it (infra/stacks/access.py). */
const RULES = "At least 12 characters, with a capital letter, a small letter, a digit and a symbol.";

export function CodeField({ errors, label }: { errors: FieldErrors; label: string }) {
  return (
    <TextInput
      name="code"
      label={label}
      error={errors.code}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9 ]{6,7}"
      title="Six digits"
      maxLength={7}
      required
      withAsterisk={false}
      data-autofocus
    />
  );
}

/** The new password, twice: nobody sees what they type. */
export function NewPasswordFields({ errors, label }: { errors: FieldErrors; label: string }) {
  const shared = { autoComplete: "new-password", required: true, withAsterisk: false, maxLength: 256 };
  return (
    <>
      <PasswordInput
        {...shared}
        {...invalid(errors.password)}
        name="password"
        label={label}
        description={RULES}
      />
      <PasswordInput {...shared} {...invalid(errors.again)} name="again" label="The same again" />
    </>
  );
}

/** Mantine shows a password's error, and does not say that the field has one. */
function invalid(error: string | undefined) {
  return error === undefined ? {} : { error, "aria-invalid": true };
}

export function codeIn(said: FormData): string {
  return String(said.get("code")).replaceAll(" ", "");
}

/** Raises `ProblemError` when the two are not the same. */
export function newPasswordIn(said: FormData): string {
  const [password, again] = [String(said.get("password")), String(said.get("again"))];
  if (password !== again) {
    const detail = "The two passwords differ. Type the same in both fields.";
    throw new ProblemError({
      status: 400,
      title: "Signing in failed",
      detail,
      items: [{ where: "/again", detail }],
    });
  }
  return password;
}
