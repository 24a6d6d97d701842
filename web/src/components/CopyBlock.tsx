import { Button, CopyButton } from "@mantine/core";
import classes from "./CopyBlock.module.css";
import { CheckIcon, CopyIcon } from "./icons";

/** Code to be pasted elsewhere. `label` says what it is, for those who do not see it. */
export function CopyBlock({ label, code }: { label: string; code: string }) {
  return (
    <div className={classes.block}>
      <pre className={classes.code}>
        <code>{code}</code>
      </pre>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button
            className={classes.copy}
            size="compact-xs"
            variant="default"
            leftSection={copied ? <CheckIcon /> : <CopyIcon />}
            aria-label={`Copy the ${label}`}
            onClick={copy}
          >
            <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
