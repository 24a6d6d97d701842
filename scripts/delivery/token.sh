#!/usr/bin/env bash
# Prints the access token by which the pipeline writes its records: P09_TOKEN, or one that P09_TOKEN_URL gives for P09_CLIENT_ID and
# P09_CLIENT_SECRET (OAuth client credentials): token.sh
set -euo pipefail
if [[ ${1:-} == --help ]]; then sed -n '2,/^set /s/^# //p' "$0"; exit; fi
if [[ -n ${P09_TOKEN:-} ]]; then
  echo "$P09_TOKEN"
  exit
fi
url=${P09_TOKEN_URL:?set P09_TOKEN, or P09_TOKEN_URL, P09_CLIENT_ID and P09_CLIENT_SECRET}
# The secret comes through a pipe: what a process is called with can be read by others.
printf 'user = "%s:%s"\n' "${P09_CLIENT_ID:?}" "${P09_CLIENT_SECRET:?}" \
  | curl --config - --silent --show-error --fail --max-time 20 --retry 3 --data grant_type=client_credentials "$url" \
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
