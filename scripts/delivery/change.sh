#!/usr/bin/env bash
# Says something of a change to a deployed stage, as the pipeline: change.sh STAGE COMMAND…, the commands being those of
# `p09 change`. Needs AWS credentials of the stage and build/STAGE-outputs.json, which deploy.sh writes.
set -euo pipefail
stage=${1:?usage: change.sh STAGE COMMAND…}
shift
domain=$(python3 -c '
import json, sys
outputs = json.load(open(sys.argv[1]))
print(outputs[f"P09-{sys.argv[2]}-Web"]["DistributionDomainName"])' "build/$stage-outputs.json" "$stage")
# In the environment alone: what stands in arguments can be seen by every process.
P09_PIPELINE=$(aws secretsmanager get-secret-value --secret-id "p09-$stage-pipeline-client" --query SecretString --output text)
export P09_PIPELINE
P09_TOKEN=$(p09 token --pipeline)
export P09_TOKEN
unset P09_PIPELINE
exec p09 --url "https://$domain" change "$@"
