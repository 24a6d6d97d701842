import { Textarea } from "@mantine/core";

interface Props {
  name: string;
  label: string;
  description: string;
  error?: string | undefined;
  isOptional?: boolean;
  /** The most letters that the API takes. */
  most: number;
}

/** Words of a person, that grow with what they have to say. */
export function NoteInput({ name, label, description, error, isOptional = false, most }: Props) {
  return (
    <Textarea
      name={name}
      label={label}
      description={description}
      error={error}
      required={!isOptional}
      withAsterisk={false}
      autosize
      minRows={2}
      maxLength={most}
    />
  );
}
