import type { Role } from "../sign-in/roles";

/** Who reads the trail of operations, and verifies any. */
export const MAY_AUDIT: readonly Role[] = ["P09-Auditor", "P09-Lead", "P09-SRE"];
