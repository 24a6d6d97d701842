"""`python -m local.kpi_alarms AWS_ENDPOINT TOPIC_ARN`: puts the alarms that MiniStack can't deploy and judges them; supervised."""

import sys
import time
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import aws_client
from local.composite_alarms import KpiAlarms
from local.progress import say

JUDGE_SECONDS = 15


def main() -> None:
    endpoint, topic = sys.argv[1:]
    alarms = KpiAlarms(aws_client("cloudwatch", endpoint))
    alarms.put(topic)
    while True:
        try:
            for name, verdict in alarms.judge(datetime.now(UTC)).items():
                say(f"{name}: {verdict}")
        except (BotoCoreError, ClientError) as error:
            say(f"alarms not judged: {error}")  # the local AWS restarts: judged anew the next time
        time.sleep(JUDGE_SECONDS)


if __name__ == "__main__":
    main()
