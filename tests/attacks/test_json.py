"""What speaks JSON keeps to its description, whatever it is asked: Schemathesis makes the questions.

``LIJU_TEST_EXAMPLES=2000`` asks longer. The description is ``openapi.json`` beside this file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings

from liju_contact.usecases.report_health import beat_worker
from tests.attacks.house import House
from tests.staff_desk import at_the_desk

EXAMPLES = int(os.environ.get("LIJU_TEST_EXAMPLES", "15"))
DESCRIPTION: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))
OPERATIONS: list[Any] = [
    result.ok()  # type: ignore[union-attr]  # a description that is wrong fails here
    for result in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
]


def asked(client: FlaskClient, case: Any, headers: dict[str, str]) -> Any:
    """Ask as Schemathesis would, by our own client, which has somebody's session."""
    wanted = case.as_transport_kwargs(base_url="http://localhost")
    return client.open(
        wanted["url"].removeprefix("http://localhost"),
        method=wanted["method"],
        query_string=wanted.get("params"),
        data=wanted.get("data"),
        headers={**wanted["headers"], **headers},
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_json_keeps_to_its_description(house: House, operation: Any) -> None:
    client = house.client()
    desk = at_the_desk(house.deps, client, house.person)
    beat_worker(house.deps, now=house.deps.now())
    seen = set()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = asked(client, case, {"X-CSRF": desk.csrf})
        seen.add(answer.status_code)
        case.validate_response(answer)
        if "reference" in case.path_parameters:
            case.path_parameters["reference"] = house.submitted.reference
            answer = asked(client, case, {"X-CSRF": desk.csrf})
            seen.add(answer.status_code)
            case.validate_response(answer)

    ask()
    assert 200 in seen


def test_everything_that_speaks_json_is_described(house: House) -> None:
    client = house.client()
    desk = at_the_desk(house.deps, client, house.person)
    speaking = set()
    for method in ("GET", "POST"):
        for endpoint, path in house.addresses(method):
            changes_sessions = endpoint.partition(".")[0] in {"account", "people"}
            headers = {} if changes_sessions else {"X-CSRF": desk.csrf}
            with client.open(path, method=method, headers=headers, buffered=True) as answer:
                if answer.mimetype == "application/json":
                    speaking.add((method, path.replace(house.submitted.reference, "{reference}")))

    described = {(method.upper(), path) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert speaking == described
