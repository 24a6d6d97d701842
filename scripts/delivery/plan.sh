#!/usr/bin/env bash
# Plans the change that build/assembly.tar.gz is, at the P09 of P09_URL, and keeps its id in build/change: plan.sh
# A line "Impact: …" of the commit's message is what is announced.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
digest=$(sha256sum build/assembly.tar.gz | cut -d ' ' -f 1)
impact=$(git log -1 --format=%b | sed -n 's/^Impact: //p' | head -n 1)
committed=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%S)
P09_TOKEN=$("$(dirname "$0")/token.sh")
export P09_TOKEN
p09 change plan "$(git log -1 --format=%s | cut -c 1-120)" --impact "${impact:-No interruption is expected.}" \
  --commit "$(git rev-parse HEAD)" --digest "$digest" --committed-at "$committed" --json > build/change.json
python3 -c 'import json; print(json.load(open("build/change.json"))["id"])' > build/change
echo "planned: $(< build/change)"
