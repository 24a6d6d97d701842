#!/usr/bin/env bash
# Writes a file as the pull request's comment, instead of the one that it wrote before: comment.sh NUMBER FILE. Needs gh and GH_TOKEN.
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
number=${1:?usage: comment.sh NUMBER FILE}
file=${2:?usage: comment.sh NUMBER FILE}
most=60000 # GitHub takes 65,536 characters
body=$(mktemp)
trap 'rm -f "$body"' EXIT
head --bytes "$most" "$file" > "$body"
if [[ $(wc --bytes < "$file") -gt $most ]]; then
  printf '\n```\n\nThe rest is in the artefact `infra-diff` of this run.\n' >> "$body"
fi
gh pr comment "$number" --edit-last --create-if-none --body-file "$body"
