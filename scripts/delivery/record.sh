#!/usr/bin/env bash
# Runs a step of the change in build/change and reports what it found: record.sh STEP COMMAND…, where STEP is staged, smoke,
# load_snapshot or verified. Ends as the command ends; a step that could not be reported has failed.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
step=${1:?usage: record.sh STEP COMMAND…}
shift
change=$(< build/change)
digest=$(sha256sum build/assembly.tar.gz | cut -d ' ' -f 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
"$@" 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
last=$(grep -v '^\s*$' "$log" | tail -n 1 | tr -d '\000-\037\177' | cut -c 1-900) || true
failed=()
[[ $status == 0 ]] || failed=(--failed)
P09_TOKEN=$("$(dirname "$0")/token.sh")
export P09_TOKEN
p09 change report "$change" "$step" --digest "$digest" "${failed[@]}" --why "${last:-It ended with code $status} ${RUN_URL:-}" > /dev/null
exit "$status"
