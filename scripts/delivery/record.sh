#!/usr/bin/env bash
# Runs a step of the change in build/change and reports what it found: record.sh STEP COMMAND…, where STEP is staged, smoke,
# load_snapshot or verified. What verify.sh has measured goes along: P09 judges it. Ends as the command ends; a step that could not be reported has failed.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
step=${1:?usage: record.sh STEP COMMAND…}
shift
run=${GITHUB_RUN_ID:?record.sh: only a run of the pipeline proves something: GITHUB_RUN_ID is its id}
change=$(< build/change)
digest=$(sha256sum build/assembly.tar.gz | cut -d ' ' -f 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
rm -f build/smoke.json build/load.json # of another step
status=0
"$@" 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
last=$(grep -v '^\s*$' "$log" | tail -n 1 | tr -d '\000-\037\177' | cut -c 1-900) || true
failed=()
[[ $status == 0 ]] || failed=(--failed)
figures=()
[[ ! -f build/smoke.json ]] || figures+=(--checks build/smoke.json)
[[ ! -f build/load.json ]] || figures+=(--snapshot build/load.json)
P09_TOKEN=$("$(dirname "$0")/token.sh")
export P09_TOKEN
p09 change report "$change" "$step" --digest "$digest" "${failed[@]}" --run "$run" \
  --run-url "${RUN_URL:-}" "${figures[@]}" --why "${last:-It ended with code $status}" > /dev/null
exit "$status"
