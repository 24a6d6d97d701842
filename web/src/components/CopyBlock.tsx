import { Button, CopyButton } from "@mantine/core";
import classes from "./CopyBlock.module.css";
import { CheckIcon, CopyIcon } from "./icons";

/** Code to be pasted elsewhere. `label` says what it is, for those who do not see it. */
export function CopyBlock({ label, code }: { label: string; code: string }) {
  return (
    <div className={classes.block}>
      {/* biome-ignore-start lint/a11y: what scrolls must be reachable by keyboard, and then it needs a name */}
      <pre className={classes.code} tabIndex={0} role="region" aria-label={label}>
        <code>{code}</code>
      </pre>
      {/* biome-ignore-end lint/a11y: as above */}
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
