"""What ships logs to Loki is a configuration that Fluent Bit knows, and reads what `p09 logs --json` prints."""

import json
from datetime import datetime
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from scripts.generate.__main__ import ROOT
from scripts.p09.operations import record

FILE: Final = ROOT / "monitoring/fluent-bit/fluent-bit.yaml"


def _of(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_TEXT: Final = {"type": "string", "minLength": 1}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_SWITCH: Final = {"type": "boolean"}
# The options of what is used, as docs.fluentbit.io names them: YAML configuration, parsers, standard input, Loki.
SCHEMA: Final = _of(
    ["service", "parsers", "pipeline"],
    service=_of(
        [],
        flush={"type": "number"}, grace=_NUMBER, daemon=_SWITCH, http_server=_SWITCH, http_listen=_TEXT, http_port=_NUMBER,
        log_level={"enum": ["off", "error", "warn", "info", "debug", "trace"]},
    ),
    parsers={
        "type": "array",
        "items": _of(
            ["name", "format"],
            name=_TEXT, format={"enum": ["json", "regex", "ltsv", "logfmt"]}, regex=_TEXT,
            time_key=_TEXT, time_format=_TEXT, time_offset=_TEXT, time_keep=_SWITCH, types=_TEXT,
        ),
    },
    pipeline=_of(
        ["inputs", "outputs"],
        inputs={
            "type": "array", "minItems": 1,
            "items": _of(
                ["name", "tag"], name={"const": "stdin"}, tag=_TEXT, parser=_TEXT,
                buffer_size={"type": "string", "pattern": "^[0-9]+[kKmMgG]?$"}, threaded=_SWITCH,
            ),
        },
        outputs={
            "type": "array", "minItems": 1,
            "items": _of(
                ["name", "match", "host", "port"],
                name={"const": "loki"}, match=_TEXT, host=_TEXT, port=_TEXT, uri=_TEXT, tls=_SWITCH, http_user=_TEXT,
                http_passwd=_TEXT, bearer_token=_TEXT, tenant_id=_TEXT, tenant_id_key=_TEXT, labels=_TEXT, label_keys=_TEXT,
                label_map_path=_TEXT, structured_metadata=_TEXT, remove_keys=_TEXT, drop_single_key=_SWITCH,
                line_format={"enum": ["json", "key_value"]}, auto_kubernetes_labels=_SWITCH, retry_limit=_TEXT,
                workers=_NUMBER,
            ),
        },
    ),
)  # fmt: skip


@pytest.fixture
def configuration() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


def test_each_option_is_one_of_those_that_fluent_bit_has(configuration: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMA).validate(configuration)
    configuration["pipeline"]["outputs"][0]["label_key"] = "$function"
    with pytest.raises(ValidationError, match="label_key"):
        Draft202012Validator(SCHEMA).validate(configuration)


def test_what_is_read_has_a_parser_and_somewhere_to_go(configuration: dict[str, Any]) -> None:
    parsers = {one["name"] for one in configuration["parsers"]}
    pipeline = configuration["pipeline"]
    assert {one["parser"] for one in pipeline["inputs"]} == parsers
    assert {one["tag"] for one in pipeline["inputs"]} == {one["match"] for one in pipeline["outputs"]}


def test_a_printed_line_has_the_time_and_the_labels_that_are_asked_for(configuration: dict[str, Any]) -> None:
    [parser], [output] = configuration["parsers"], configuration["pipeline"]["outputs"]
    said = {"level": "INFO", "message": "request", "timestamp": "2026-11-23 12:00:00,123+0000", "request_id": "r-1"}
    line = record({"timestamp": 1_795_435_200_123, "function": "api", "message": json.dumps(said) + "\n"})
    at = datetime.strptime(line[parser["time_key"]], parser["time_format"].replace("%L", "%f"))  # noqa: DTZ007 -- see below
    assert at == datetime(2026, 11, 23, 12, 0, 0, 123_000)  # noqa: DTZ001 -- the format has no zone: Fluent Bit takes UTC
    assert {key.removeprefix("$") for key in output["label_keys"].split(",")} <= set(line)
    assert "request_id" in line
    assert "request_id" not in output["label_keys"]


@pytest.mark.parametrize("text", ["REPORT RequestId: r-1 Duration: 3 ms\n", "[1, 2]", "{half"])
def test_what_a_function_has_not_said_in_json_is_the_message(text: str) -> None:
    line = record({"timestamp": 0, "function": "api", "message": text})
    assert line == {"time": "1970-01-01T00:00:00.000Z", "function": "api", "message": text.rstrip()}
