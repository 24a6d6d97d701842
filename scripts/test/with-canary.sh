#!/usr/bin/env bash
# Runs a module of scripts/ that needs the canary's keys, with any Python from 3.11: with-canary.sh MODULE ARGUMENTS...
# The keys: of the local system by itself, of another from --canary FILE or from the environment: P09_CANARY holds what
# the secret p09-<stage>-canary holds.
set -euo pipefail
module=${1:?usage: with-canary.sh MODULE ARGUMENTS...}
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python="$root/.venv/bin/python"
[[ -x $python ]] || python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
  echo "${module//_/-}.sh needs Python 3.11 or newer" >&2
  exit 2
fi
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
if [[ -n ${P09_CANARY:-} && " $* " != *" --canary"* ]]; then
  exec "$python" -m "scripts.$module" "$@" --canary /dev/stdin <<< "$P09_CANARY"
fi
exec "$python" -m "scripts.$module" "$@"
