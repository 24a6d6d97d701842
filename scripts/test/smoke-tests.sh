#!/usr/bin/env bash
# The 02:00 health check by hand: smoke-tests.sh APP_URL API_URL [--canary FILE] [--json]; --help says more.
# The canary's keys: of the local system by itself, of another from --canary FILE or from the environment: P09_CANARY
# holds what the secret p09-<stage>-canary holds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python="$root/.venv/bin/python"
[[ -x $python ]] || python=python3
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
  echo "smoke-tests.sh needs Python 3.11 or newer" >&2
  exit 2
fi
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
if [[ -n ${P09_CANARY:-} && " $* " != *" --canary"* ]]; then
  exec "$python" -m scripts.smoke_tests "$@" --canary /dev/stdin <<< "$P09_CANARY"
fi
exec "$python" -m scripts.smoke_tests "$@"
