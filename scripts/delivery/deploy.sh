#!/usr/bin/env bash
# Deploys an assembly that was built before, as it is: deploy.sh STAGE ASSEMBLY_FOLDER. Needs AWS credentials of the stage.
# P09_REPOSITORY, as owner/name, is whose jobs at GitHub may deploy the stage from now on; unset, it stays who it was.
# What the stacks tell (addresses, names) is written to build/STAGE-outputs.json.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
stage=${1:?usage: deploy.sh STAGE ASSEMBLY_FOLDER}
assembly=${2:?usage: deploy.sh STAGE ASSEMBLY_FOLDER}
if [[ ! -d $assembly/assembly-$stage ]]; then
  echo "deploy.sh: $assembly holds no stage $stage: make assembly writes one" >&2
  exit 2
fi
mkdir -p build
exec cdk deploy --app "$assembly" "$stage/*" --require-approval never --progress events \
  --outputs-file "build/$stage-outputs.json" ${P09_REPOSITORY:+--parameters "P09-$stage-Delivery:Repository=$P09_REPOSITORY"}
