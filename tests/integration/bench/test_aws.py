import boto3
from botocore.config import Config

from bench.aws import aws_stand_in


def test_the_stand_in_takes_objects_that_a_worker_writes_when_a_row_takes_minutes() -> None:
    with aws_stand_in() as aws:
        client = boto3.client(
            "s3", endpoint_url=aws.endpoint, region_name="us-east-1", aws_access_key_id="bench",
            aws_secret_access_key="bench", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )  # fmt: skip
        answer = client.put_object(Bucket="bench", Key="accepted/1.jsonl.gz", Body=b"1", ContentType="application/gzip")
        client.close()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
