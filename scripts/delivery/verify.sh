#!/usr/bin/env bash
# Is a stage that was just deployed well? verify.sh STAGE [all|smoke|load] [SECONDS]: the smoke test, then a load snapshot
# against the stage's last accepted one; or one of them. What they found is written to build/smoke.json and build/load.json. Needs AWS credentials of the stage and build/STAGE-outputs.json, which deploy.sh writes.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
stage=${1:?usage: verify.sh STAGE [all|smoke|load] [SECONDS]}
what=${2:-all}
seconds=${3:-30}
folder=$(dirname "${BASH_SOURCE[0]}")
domain=$(python3 -c '
import json, sys
outputs = json.load(open(sys.argv[1]))
print(outputs[f"P09-{sys.argv[2]}-Web"]["DistributionDomainName"])' "build/$stage-outputs.json" "$stage")
P09_CANARY=$(aws secretsmanager get-secret-value --secret-id "p09-$stage-canary" --query SecretString --output text)
export P09_CANARY
[[ $what == load ]] || "$folder/../test/smoke-tests.sh" "https://$domain" "https://$domain" --report build/smoke.json
[[ $what != smoke ]] || exit 0
eval "$(aws configure export-credentials --format env)"
exec "$folder/../test/performance-tests.sh" "https://$domain" "$seconds" --stage "$stage" --report build/load.json
