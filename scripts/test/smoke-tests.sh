#!/usr/bin/env bash
# The 02:00 health check by hand: smoke-tests.sh APP_URL API_URL [--read-only] [--canary FILE] [--json]; --help says
# more. Staging on a restored database is asked with --read-only: it takes no event.
# The canary's keys: of the local system by itself, of another from --canary FILE or from the environment: P09_CANARY
# holds what the secret p09-<stage>-canary holds.
exec "$(dirname "${BASH_SOURCE[0]}")/with-canary.sh" smoke_tests "$@"
