import { NumberInput, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Panel } from "../../components/Panel";
import { type Kpi, type Supposition, useWhatIf } from "./kpis";
import classes from "./WhatIf.module.css";
import { WhatIfTable } from "./WhatIfTable";

type Input = number | string;

const TYPING_MS = 300;
const HINT = "The last decision, judged anew from the same measurements. Nothing is changed by asking.";

/** The last decision under another target. */
export function WhatIf({ kpi }: { kpi: Kpi }) {
  const { number, unit, milliseconds } = kpi.target;
  const [target, setTarget] = useState<Input>(number);
  const [withinMs, setWithinMs] = useState<Input>(milliseconds ?? "");
  const [supposition] = useDebouncedValue(suppositionOf(kpi, target, withinMs), TYPING_MS);
  const { data, problem } = useWhatIf(kpi, supposition);
  const isPercent = unit === "percent";
  return (
    <Panel title="What if the target were another one?" hint={HINT} isWide={kpi.burn_alerts.length === 0}>
      <div className={classes.inputs}>
        <NumberInput
          label={`${sense(kpi)} (${isPercent ? "%" : "incidents"})`}
          value={target}
          onChange={setTarget}
          min={0}
          max={isPercent ? 100 : 1000}
          step={isPercent ? 0.05 : 1}
          decimalScale={isPercent ? 4 : 0}
          allowNegative={false}
        />
        {milliseconds !== null && (
          <NumberInput
            label="Within (ms)"
            value={withinMs}
            onChange={setWithinMs}
            min={1}
            step={50}
            decimalScale={0}
            allowNegative={false}
          />
        )}
      </div>
      <div aria-live="polite">
        {problem && (
          <Text size="sm" c="var(--p09-danger)" mt="sm">
            {problem.message}
          </Text>
        )}
        {!problem && data && <WhatIfTable actual={data.actual} supposed={data.supposed} />}
      </div>
    </Panel>
  );
}

function sense({ target }: Kpi): string {
  return target.comparison === "at least" ? "At least" : "At most";
}

/** Only what differs from the runbook is supposed; an empty field supposes nothing. */
function suppositionOf({ target }: Kpi, number: Input, withinMs: Input): Supposition {
  return {
    ...(isOther(number, target.number) && { target: Number(number) }),
    ...(isOther(withinMs, target.milliseconds) && { within_ms: Number(withinMs) }),
  };
}

function isOther(input: Input, actual: number | null): boolean {
  return input !== "" && Number(input) > 0 && Number(input) !== actual;
}
