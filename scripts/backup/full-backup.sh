#!/usr/bin/env bash
# A full backup of PostgreSQL by hand, waited for and verified: full-backup.sh [STAGE]
# Without a stage (or with "local") of the system on this machine, else by AWS Backup with the credentials of the environment.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python="$root/.venv/bin/python"
[[ -x $python ]] || { echo "full-backup.sh: run \`make setup\` first" >&2; exit 2; }
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
exec "$python" -m scripts.full_backup "$@"
