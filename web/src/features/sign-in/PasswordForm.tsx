import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";

export interface Credentials {
  username: string;
  password: string;
}

interface Props {
  isBusy: boolean;
  isSecond: boolean;
  onSubmit: (credentials: Credentials) => void;
  onForgotten: () => void;
}

export function PasswordForm({ isBusy, isSecond, onSubmit, onForgotten }: Props) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ username: String(form.get("username")).trim(), password: String(form.get("password")) });
  };
  const shared = { required: true, withAsterisk: false };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput {...shared} label="Email or username" name="username" autoComplete="username" />
        <PasswordInput {...shared} label="Password" name="password" autoComplete="current-password" />
        <Button type="submit" variant={isSecond ? "default" : "filled"} loading={isBusy} mt="xs">
          Sign in
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={onForgotten}>
          Forgotten your password?
        </Anchor>
      </Stack>
    </form>
  );
}
