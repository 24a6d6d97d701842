#!/usr/bin/env bash
# Fetches the assembly that the last delivery that went well has deployed: previous.sh FOLDER. Needs gh and GH_TOKEN.
set -euo pipefail
folder=${1:?usage: previous.sh FOLDER}
run=$(gh run list --workflow delivery.yml --branch main --status success --limit 1 --json databaseId --jq '.[0].databaseId')
if [[ -z $run ]]; then
  echo "previous.sh: no delivery has gone well yet, so there is nothing to roll back to" >&2
  exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
gh run download "$run" --name assembly --dir "$folder"
tar --extract --gzip --file "$folder/assembly.tar.gz" --directory "$folder"
echo "the assembly of run $run is in $folder/assembly"
