#!/usr/bin/env bash
# Plans the change that build/assembly.tar.gz is, at the P09 of P09_URL, and keeps its id in build/change: plan.sh
# A line "Impact: …" of the commit's message is what is announced. It is made of the commits that production does not have
# yet (P09 knows the commit of the newest change that was verified there): lead time counts from the oldest of them, and
# nobody who wrote one of them approves the change.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
digest=$(sha256sum build/assembly.tar.gz | cut -d ' ' -f 1)
impact=$(git log -1 --format=%b | sed -n 's/^Impact: //p' | head -n 1)
P09_TOKEN=$("$(dirname "$0")/token.sh")
export P09_TOKEN
in_production=$(p09 change list --limit 100 --json | python3 -c '
import json, sys
print(next((change["commit"] for change in json.load(sys.stdin) if change["state"] == "verified" and not change["demo"]), ""))')
since=(-1) # of a first delivery, or of a history that was written anew, the last commit is what is known
if [[ -n $in_production && $in_production != $(git rev-parse HEAD) ]] &&
  git merge-base --is-ancestor "$in_production" HEAD 2> /dev/null; then
  since=("$in_production..HEAD")
fi
committed=$(TZ=UTC git log "${since[@]}" --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%S | sort | sed -n 1p)
mapfile -t committers < <(git log "${since[@]}" --format=--committer=%ae | sort -u | sed -n 1,50p)
p09 change plan "$(git log -1 --format=%s | cut -c 1-120)" --impact "${impact:-No interruption is expected.}" \
  --commit "$(git rev-parse HEAD)" --digest "$digest" --committed-at "$committed" "${committers[@]}" --json > build/change.json
python3 -c 'import json; print(json.load(open("build/change.json"))["id"])' > build/change
echo "planned: $(< build/change)"
