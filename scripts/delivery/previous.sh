#!/usr/bin/env bash
# Fetches the assembly that the last delivery that went well has deployed to a stage: previous.sh FOLDER STAGE. Needs gh and
# GH_TOKEN.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
folder=${1:?usage: previous.sh FOLDER STAGE}
workflow=main.yml
[[ ${2:?usage: previous.sh FOLDER STAGE} != prod ]] || workflow=promote.yml
run=$(gh run list --workflow "$workflow" --branch main --status success --limit 1 --json databaseId --jq '.[0].databaseId')
if [[ -z $run ]]; then
  echo "previous.sh: no delivery has gone well yet, so there is nothing to roll back to" >&2
  exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
gh run download "$run" --name assembly --dir "$folder"
tar --extract --gzip --file "$folder/assembly.tar.gz" --directory "$folder"
echo "the assembly of run $run is in $folder/assembly"
