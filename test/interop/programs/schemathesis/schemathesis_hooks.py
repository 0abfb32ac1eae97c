"""What schemathesis needs to know about the service beyond its specification."""

import json
import os

import schemathesis

KNOWN_IDS = json.loads(os.environ["KNOWN_IDS"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """About every second request uses an existing id, so that not every response is an error."""
    if path_parameters and "id" in path_parameters and len(str(path_parameters["id"])) % 2 == 0:
        path = context.operation.path
        for kind, part in (("account", "/accounts/"), ("requisition", "/requisitions/"), ("agreement", "/agreements/")):
            if part in path and context.operation.method.upper() != "DELETE":
                path_parameters["id"] = KNOWN_IDS[kind]
    return path_parameters


def is_error_by_field(body):
    """Whether a body has the service's own form: {"<field>": {summary, detail} or a list, "status_code": 400}."""
    if not isinstance(body, dict) or not isinstance(body.get("status_code"), int) or len(body) < 2:
        return False

    def is_problem(value):
        return isinstance(value, str) or (isinstance(value, dict) and set(value) == {"summary", "detail"})

    return all(
        name == "status_code" or is_problem(value) and not isinstance(value, str)
        or (isinstance(value, list) and value and all(is_problem(one) for one in value))
        for name, value in body.items()
    )


@schemathesis.hook
def after_call(context, case, response):
    """Converts an error by field to the flat form before the checks, because the specification only has that one."""
    if response.status_code not in (400, 404):
        return
    try:
        body = json.loads(response.content)
    except ValueError:
        return
    if is_error_by_field(body):
        flat = {"summary": "by field", "detail": "by field", "status_code": body["status_code"]}
        response.content = json.dumps(flat).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Never deletes what the other operations read: only unknown ids, and what the run itself has created."""
    if case.method.upper() == "DELETE" and (case.path_parameters or {}).get("id") in KNOWN_IDS.values():
        case.path_parameters["id"] = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
