"""``python -m scripts.aws_gate cdk.out``: what AWS would refuse or never deliver, without an account. Exit code 1 with findings."""

import sys
from pathlib import Path

from scripts.aws_gate import accepted, gate


def main() -> int:
    assembly = Path(sys.argv[1] if len(sys.argv) > 1 else "cdk.out")
    left = accepted.remaining(gate.findings(gate.stages(assembly)), accepted.load())
    for one in left:
        print(one)
    print(f"AWS: {len(left)} findings in {len(gate.STAGES)} stages" if left else "AWS: no findings")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
