#!/usr/bin/env bash
# A load snapshot: performance-tests.sh API_URL SECONDS [--baseline FILE] [--save FILE] [--canary FILE] [--json]; --help says
# more. The canary's keys: as those of smoke-tests.sh.
exec "$(dirname "${BASH_SOURCE[0]}")/with-canary.sh" performance_tests "$@"
