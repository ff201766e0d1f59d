"""What the audit log tells of which routes: the one table of it, and who writes it down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import Request, Response
from sqlalchemy.orm import Session

from vitrine.core.errors import VitrineError
from vitrine.services import audit
from vitrine.services.audit import DONE, Act
from vitrine.wiring import Runtime


@dataclass(frozen=True, slots=True)
class Audited:
    """The name of an act, and which fields of the JSON that asked for it are told, too."""

    action: str
    fields: tuple[str, ...] = ()


_RULE = ("name", "action", "filters", "words", "query_filters", "live", "starts_at", "ends_at")
_ENDS = ("end_sign_ins", "end_keys")
_OF_KEY = ("name", "origins", "filters", "facets", "per_minute", "per_visitor", "expires_at")
ACTS: Mapping[str, Audited] = {
    "sign_in": Audited("sign_in.password"),
    "finish_oidc": Audited("sign_in.oidc"),
    "sign_out": Audited("sign_in.end"),
    "change_password": Audited("user.password", _ENDS),
    "create_user": Audited("user.create", ("email", "role")),
    "change_user": Audited("user.change", ("name", "role", "password", *_ENDS)),
    "delete_user": Audited("user.delete"),
    "create_api_key": Audited("key.create", ("name", "scopes", "expires_at")),
    "revoke_api_key": Audited("key.revoke"),
    "revoke_users_key": Audited("key.revoke"),
    "create_publishable_key": Audited("publishable_key.create", _OF_KEY),
    "change_publishable_key": Audited("publishable_key.change", _OF_KEY),
    "revoke_publishable_key": Audited("publishable_key.revoke"),
    "create_webhook": Audited("webhook.create", ("url", "events")),
    "change_webhook": Audited("webhook.change", ("url", "events", "enabled")),
    "delete_webhook": Audited("webhook.delete"),
    "rotate_webhook_secret": Audited("webhook.rotate"),
    "replay_delivery": Audited("webhook.replay"),
    "delete_product": Audited("product.delete"),
    "restore_product": Audited("product.restore"),
    "change_products": Audited("product.bulk", ("action", "ids", "filters")),
    "change_offers": Audited("product.offers"),
    "delete_image": Audited("image.delete"),
    "change_crop": Audited("review.crop", ("verdict",)),
    "choose_primary_crop": Audited("review.primary", ("crop_id",)),
    "state_labels": Audited("review.labels", ("values",)),
    "answer_review": Audited("review.answer", ("outcome",)),
    "answer_reviews": Audited("review.answers"),
    "undo_review": Audited("review.undo"),
    "revert_review": Audited("review.revert"),
    "create_snapshot": Audited("snapshot.create", ("format", "licence")),
    "choose_preferences": Audited("preferences.choose", ("currency",)),
    "state_synonym": Audited("synonym.state", ("words", "means")),
    "delete_synonym": Audited("synonym.delete"),
    "add_rule": Audited("rule.create", _RULE),
    "change_rule": Audited("rule.change", _RULE),
    "delete_rule": Audited("rule.delete"),
    "start_import": Audited("import.start"),
    "create_source": Audited("source.create", ("name", "folder", "every_minutes")),
    "change_source": Audited("source.change", ("name", "folder", "every_minutes", "paused")),
    "delete_source": Audited("source.delete"),
    "pull_source": Audited("source.pull", ("confirmed",)),
    "cancel_job": Audited("job.cancel"),
    "start_training": Audited("training.start", ("kind", "snapshot_id")),
    "cancel_training": Audited("training.cancel"),
    "override_gate": Audited("training.override", ("reason",)),
    "purge": Audited("purge.start", ("confirmed",)),
    "export_audit": Audited("audit.export"),
    "build_collection": Audited(
        "collection.build", ("model_version", "margin", "padding", "text_share")
    ),
    "promote_collection": Audited("collection.promote", ("missing", "override")),
    "rollback_collection": Audited("collection.rollback", ("missing", "override")),
    "retire_collection": Audited("collection.retire"),
    "promote_detector": Audited("model.promote", ("override",)),
}
"""By route what is recorded; a route that is not here leaves no trace in the log."""

SECRETS = frozenset({"password"})
"""Fields of which is told only that there was one."""

UNTOLD = frozenset({404, 412, 413, 415, 422})
"""Mistakes: whoever asked for what there is not, or wrote it wrong, has done nothing."""

ACT = "vitrine.act"
"""Where a request's scope holds its act until it is recorded."""

WRITING = "vitrine.writing"
"""Set in the scope of a request whose transaction is open until its handler has returned."""

log = structlog.get_logger()


def tell(request: Request, **facts: Any) -> None:
    """Add to what is recorded of this request: `actor`, `actor_id`, `outcome`, or any detail."""
    request.state.audited = getattr(request.state, "audited", {}) | facts


def note_answer(request: Request, audited: Audited, answer: Response) -> None:
    """Record what was done, or what the handler said was not."""
    made = _made(answer)
    kind = audited.action.partition(".")[0]
    _keep(request, _act(request, audited, DONE, f"{kind}:{made}" if made else ""))


def note_error(request: Request, audited: Audited, error: VitrineError) -> None:
    """Record that it was refused, and why."""
    if error.status not in UNTOLD:
        _keep(request, _act(request, audited, error.code, ""))


def record_with(session: Session, request: Request) -> None:
    """Record the act of this request, if it is one, in the transaction that did it."""
    act = request.scope.pop(ACT, None)
    if act is not None:
        audit.record(session, act)


def record_after(request: Request) -> None:
    """Record the act of this request, if it is one and no transaction has done so."""
    act = request.scope.pop(ACT, None)
    if act is None:
        return
    runtime: Runtime = request.app.state.runtime
    try:
        with runtime.sessions.write() as session:
            audit.record(session, act)
    except VitrineError:
        # It is done, and to say otherwise would be wrong: so the log at least must tell it.
        log.exception("act not in the audit log", act=str(act))


def _keep(request: Request, act: Act) -> None:
    """Leave the act to the transaction that is still open, or record it at once."""
    request.scope[ACT] = act
    if not request.scope.get(WRITING):
        record_after(request)


def _act(request: Request, audited: Audited, outcome: str, made: str) -> Act:
    facts = dict(getattr(request.state, "audited", {}))
    caller = getattr(request.state, "caller", None)
    given = dict(request.path_params)
    target = _target(given) or made
    return Act(
        audited.action,
        facts.pop("actor", caller.email if caller else ""),
        facts.pop("outcome", outcome),
        actor_id=facts.pop("actor_id", caller.user_id if caller else None),
        key_id=caller.key_id if caller else None,
        target=target,
        address=request.client.host if request.client else "",
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        details=given | _asked(request, audited.fields) | facts,
    )


def _asked(request: Request, fields: tuple[str, ...]) -> dict[str, Any]:
    """Those fields of the JSON body that were sent, as they were sent."""
    body = getattr(request, "_body", b"")  # read by the guard; nobody reads it for us
    sent = json.loads(body) if fields and body else {}
    told = {name: sent[name] for name in fields if name in sent}
    return {name: name in SECRETS or value for name, value in told.items()}


def _target(given: dict[str, str]) -> str:
    """What the last id of a path names, such as `user:...`; taken out of what is given."""
    names = [name for name in given if name.endswith("_id")]
    return f"{names[-1].removesuffix('_id')}:{given.pop(names[-1])}" if names else ""


def _made(answer: Response) -> str | None:
    """The id of what was made, where the answer is of something that has one."""
    if answer.headers.get("content-type") != "application/json" or not hasattr(answer, "body"):
        return None
    told = json.loads(bytes(answer.body) or b"null")
    if not isinstance(told, dict):
        return None
    inner = told.get("job")
    found = told.get("id") or told.get("job_id") or (inner.get("id") if inner else None)
    return found if isinstance(found, str) else None
