#!/usr/bin/env bash
# Fetches what staging was proved with for a change, and refuses anything else: fetch.sh CHANGE. Needs gh, GH_TOKEN and P09_URL.
# Writes build/assembly.tar.gz and build/change.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
change=${1:?usage: fetch.sh CHANGE}
mkdir -p build
P09_TOKEN=$("$(dirname "$0")/token.sh")
export P09_TOKEN
p09 change show "$change" --json > build/change.json
read -r commit digest < <(python3 -c 'import json; c = json.load(open("build/change.json")); print(c["commit"], c["digest"])')
run=$(gh run list --workflow main.yml --branch main --commit "$commit" --limit 1 --json databaseId --jq '.[0].databaseId')
if [[ -z $run ]]; then
  echo "fetch.sh: no run of main.yml has built $commit" >&2
  exit 1
fi
rm -f build/assembly.tar.gz
gh run download "$run" --name assembly --dir build
if ! sha256sum --check --status <<< "$digest  build/assembly.tar.gz"; then
  echo "fetch.sh: run $run has another artefact than $change was approved with ($digest)" >&2
  exit 1
fi
echo "$change" > build/change
echo "the artefact of $change is in build/assembly.tar.gz"
