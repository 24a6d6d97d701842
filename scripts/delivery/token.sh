#!/usr/bin/env bash
# Prints the access token by which the pipeline writes its records: P09_TOKEN, or one for the client in P09_PIPELINE, which is what the
# secret p09-<stage>-pipeline-client holds: token.sh
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
if [[ -n ${P09_TOKEN:-} ]]; then
  echo "$P09_TOKEN"
  exit
fi
: "${P09_PIPELINE:?set it to what the secret p09-<stage>-pipeline-client holds, or P09_TOKEN to a token}"
exec p09 token --pipeline
