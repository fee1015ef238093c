"""What Lambda tells a handler about the invocation."""

from sandbox.accounts import PROVIDER, REGION


class Context:
    """The context of an invocation."""

    function_name = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{PROVIDER}:function:function"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"
