"""The functions that rows measure, by their folders' names, and the login of PostgreSQL that each of them has."""

from typing import Final

COLLECT: Final = "collect"
QUERY: Final = "query"
API: Final = "api"
WORKER: Final = "ingest_worker"
EVALUATION: Final = "kpi_evaluation"
LOGINS: Final = {COLLECT: "p09_collect", QUERY: "p09_query", API: "p09_api", WORKER: "p09_worker"}
