from local.stand_ins import reserved_concurrency


def test_functions_get_the_concurrency_that_their_template_reserves() -> None:
    template = {
        "Resources": {
            "Api": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"FunctionName": "api", "ReservedConcurrentExecutions": 16},
            },
            "Free": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "free"}},
            "Queue": {"Type": "AWS::SQS::Queue"},
        }
    }
    assert list(reserved_concurrency(template)) == [("api", 16)]
