"""``/healthz`` for monitors: 200 when all is well, 503 otherwise; JSON, and nothing about anybody."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from liju_contact.usecases.report_health import report_health
from liju_contact.web.rendering import current_deps

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> tuple[Response, int]:
    deps = current_deps()
    health = report_health(deps, now=deps.now())
    answer = {
        "ok": health.is_well,
        "database": health.database_is_well,
        "worker": health.worker_is_well,
        "mail": health.mail_is_well,
    }
    return jsonify(answer), 200 if health.is_well else 503
