"""What each operation may refuse with, by name: derived from what its route is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi.dependencies.models import Dependant

from vitrine.api import deps, forms, idempotency, preconditions, shop_forms
from vitrine.api.admission import KINDS
from vitrine.api.guard import OTHERS_QUERY, SAFE_METHODS, STORES, UNCOUNTED, GuardedRoute
from vitrine.api.lanes import FOR_VISITORS, SLOW
from vitrine.api.permissions import NEEDS, VISIT

Codes = frozenset[str]


def _codes(text: str) -> Codes:
    return frozenset(text.split())


BY_STATUS: Mapping[int, Codes] = {
    401: _codes(
        "api_key_invalid key_invalid key_missing not_signed_in refresh_token_invalid signed_out "
        "token_expired token_invalid wrong_credentials"
    ),
    403: _codes(
        "csrf link_expired not_yours origin_refused person_needed role_too_weak scope_missing "
        "wrong_password"
    ),
    404: _codes(
        "answer_unknown api_key_unknown blob_unknown collection_unknown crop_unknown "
        "delivery_unknown image_unknown item_unknown job_unknown model_unknown not_found oidc_off "
        "photo_unknown product_unknown publishable_key_unknown query_unknown rule_unknown "
        "run_unknown snapshot_unknown source_unknown synonym_unknown user_unknown value_unknown "
        "view_unknown "
        "webhook_unknown"
    ),
    409: _codes(
        "build_incomplete changed_since collection_active collection_built conflict "
        "delivery_pending email_taken external_id_taken gate_not_passed idempotency_in_progress "
        "item_outdated job_ended job_not_failed last_admin lease_expired lease_lost "
        "model_not_stored no_result not_deleted not_indexed nothing_indexed nothing_to_go_back_to "
        "not_refused pull_running sealing_key_changed training_running versions_differ "
        "view_name_taken webhook_disabled"
    ),
    412: _codes("outdated"),
    413: _codes("body_too_large image_too_large image_too_many_pixels"),
    415: _codes("content_type image_unreadable"),
    422: _codes(
        "box_empty box_outside box_overlaps cookies_need_https crop_unknown facet_unknown "
        "idempotency_key_reused image_broken image_empty image_ids_differ image_too_small "
        "image_unknown invalid_cursor invalid_field invalid_filters invalid_form invalid_json "
        "invalid_request invalid_utf8 item_unknown kind_unknown label_unknown model_file_changed "
        "no_parts not_calibrated password_common password_length password_personal "
        "product_unknown source_refused too_many_images too_many_products upload_unknown "
        "word_unknown"
    ),
    429: _codes("too_many_attempts too_many_requests too_many_streams"),
    503: _codes(
        "blobs_busy blobs_refused blobs_unavailable bucket_missing busy database_busy "
        "database_damaged database_unavailable database_unwritable disk_full host_unknown "
        "model_unwritable signing_key_changed vectors_busy vectors_unavailable vision_busy "
        "vision_unavailable"
    ),
    507: _codes("disk_full"),
}
"""Every code that the API refuses with, by the status it comes with; some have two."""

ACCOUNT = _codes("not_signed_in token_expired token_invalid signed_out api_key_invalid")
DATABASE = _codes(
    "database_busy database_damaged database_unavailable database_unwritable disk_full"
)
PARTS = _codes(
    "blobs_busy blobs_refused blobs_unavailable bucket_missing disk_full vectors_busy "
    "vectors_unavailable vision_busy vision_unavailable"
)
BODY = _codes("body_too_large content_type invalid_json invalid_request invalid_utf8")
FORM = BODY | _codes("content_type invalid_field invalid_form")
PHOTO = _codes(
    "busy image_broken image_empty image_too_large image_too_many_pixels image_too_small "
    "image_unreadable"
)
PASSWORD = _codes("password_common password_length password_personal")
SERVING = _codes("model_file_changed model_unwritable nothing_indexed versions_differ")
SEARCHING = SERVING | _codes("invalid_request not_calibrated")
ASKED = SEARCHING | _codes(
    "box_outside facet_unknown invalid_cursor invalid_field invalid_filters invalid_json "
    "item_unknown no_parts not_indexed product_unknown upload_unknown"
)

ANSWERING = _codes(
    "box_empty box_outside box_overlaps crop_unknown facet_unknown image_unknown invalid_field "
    "item_outdated kind_unknown label_unknown lease_expired lease_lost product_unknown"
)

OF_PATH: Mapping[str, str] = {
    "collection_id": "collection_unknown",
    "answer_id": "answer_unknown",
    "crop_id": "crop_unknown",
    "delivery_id": "delivery_unknown",
    "image_id": "image_unknown",
    "item_id": "item_unknown",
    "job_id": "job_unknown",
    "key_id": "api_key_unknown",
    "product_id": "product_unknown",
    "publishable_key_id": "publishable_key_unknown",
    "photo_id": "photo_unknown",
    "query_id": "query_unknown",
    "run_id": "run_unknown",
    "rule_id": "rule_unknown",
    "source_id": "source_unknown",
    "synonym_id": "synonym_unknown",
    "user_id": "user_unknown",
    "view_id": "view_unknown",
    "webhook_id": "webhook_unknown",
}
"""What is said of an id in the path that names nothing."""

OF_DEPENDENCY: Mapping[Callable[..., Any], Codes] = {
    deps.get_streams: _codes("too_many_streams"),
    idempotency.get_once: _codes("idempotency_in_progress idempotency_key_reused invalid_field"),
    preconditions.get_if_match: _codes("invalid_field outdated"),
    forms.product_form: FORM | PHOTO,
    forms.images_form: FORM | PHOTO,
    forms.upload_form: FORM | PHOTO,
    forms.import_form: FORM,
    forms.search_form: FORM | PHOTO,
    forms.detect_form: FORM | PHOTO,
    shop_forms.search_form: FORM | PHOTO,
    shop_forms.look_form: FORM | PHOTO,
    shop_forms.detect_form: FORM | PHOTO,
}
"""What a route's dependencies refuse."""

OWN: Mapping[str, Codes] = {
    "sign_in": _codes("cookies_need_https too_many_attempts wrong_credentials"),
    "refresh": _codes("csrf refresh_token_invalid"),
    "start_oidc": _codes("oidc_off"),
    "finish_oidc": _codes("oidc_off"),
    "change_password": PASSWORD | _codes("too_many_attempts wrong_password"),
    "create_user": PASSWORD | _codes("email_taken invalid_field"),
    "change_user": PASSWORD | _codes("last_admin"),
    "delete_user": _codes("last_admin"),
    "create_api_key": _codes("invalid_field"),
    "create_product": _codes("external_id_taken"),
    "change_product": _codes("external_id_taken image_ids_differ invalid_field"),
    "list_products": _codes("facet_unknown invalid_cursor invalid_field invalid_filters"),
    "save_view": _codes("invalid_field view_name_taken"),
    "change_view": _codes("view_name_taken"),
    "restore_product": _codes("external_id_taken not_deleted"),
    "change_products": SEARCHING | _codes("facet_unknown invalid_filters too_many_products"),
    "list_duplicates": _codes("product_unknown"),
    "similar_products": ASKED | _codes("invalid_json"),
    "add_images": _codes("too_many_images"),
    "list_mappings": _codes("facet_unknown"),
    "decide_mapping": _codes("facet_unknown value_unknown word_unknown"),
    "add_rule": _codes("facet_unknown invalid_field invalid_filters"),
    "change_rule": _codes("facet_unknown invalid_field invalid_filters"),
    "choose_preferences": _codes("invalid_field"),
    "state_synonym": _codes("invalid_field"),
    "choose_primary_crop": _codes("crop_unknown"),
    "state_labels": _codes("facet_unknown label_unknown"),
    "show_image": _codes("blob_unknown"),
    "show_thumbnail": PHOTO | _codes("blob_unknown"),
    "show_media": PHOTO | _codes("blob_unknown link_expired"),
    "show_import": _codes("no_result"),
    "show_import_errors": _codes("blob_unknown no_result"),
    "show_job_result": _codes("no_result query_unknown"),
    "cancel_job": _codes("job_ended"),
    "retry_job": _codes("job_not_failed"),
    "search": ASKED,
    "detect": ASKED,
    "shop_settings": SERVING,
    "shop_search": ASKED,
    "shop_detect": ASKED,
    "shop_look": ASKED,
    "shop_look_photo": ASKED,
    "shop_product": ASKED,
    "shop_similar": ASKED,
    "shop_picture": SERVING | PHOTO | _codes("blob_unknown"),
    "shop_events": SERVING | _codes("invalid_field"),
    "show_vocabulary": SERVING,
    "build_collection": _codes("collection_built model_not_stored model_unknown"),
    "promote_collection": SERVING | _codes("build_incomplete collection_active gate_not_passed"),
    "rollback_collection": SERVING
    | _codes("build_incomplete gate_not_passed nothing_to_go_back_to"),
    "retire_collection": _codes("collection_active"),
    "promote_detector": _codes("gate_not_passed model_not_stored model_unknown"),
    "lease_review": _codes("facet_unknown"),
    "list_alike": _codes("facet_unknown"),
    "show_review_item": _codes("product_unknown"),
    "prolong_review": _codes("lease_lost product_unknown"),
    "answer_review": ANSWERING | PHOTO | _codes("blob_unknown"),
    "undo_review": _codes("changed_since item_unknown lease_lost not_yours product_unknown"),
    "revert_review": _codes("changed_since item_unknown product_unknown"),
    "health": PARTS,
    "start_training": _codes("invalid_field snapshot_unknown training_running"),
    "cancel_training": _codes("job_ended job_unknown"),
    "override_gate": _codes("invalid_field not_refused"),
    "show_training_report": _codes("blob_unknown no_result"),
    "create_publishable_key": _codes("facet_unknown invalid_field invalid_filters"),
    "change_publishable_key": _codes("facet_unknown invalid_field invalid_filters"),
    "create_source": _codes("invalid_field source_refused"),
    "change_source": _codes("invalid_field sealing_key_changed source_refused"),
    "pull_source": _codes("pull_running"),
    "create_webhook": _codes("host_unknown invalid_field signing_key_changed"),
    "change_webhook": _codes("host_unknown invalid_field signing_key_changed"),
    "rotate_webhook_secret": _codes("signing_key_changed"),
    "test_webhook": _codes("webhook_disabled"),
    "replay_delivery": _codes("delivery_pending webhook_disabled"),
}
"""What an operation's subject adds."""


def of(route: GuardedRoute) -> dict[int, list[str]]:
    """The codes that this operation may refuse with, sorted, by status."""
    codes = frozenset[str]().union(*_found(route))
    by_status = {status: sorted(codes & known) for status, known in BY_STATUS.items()}
    return {status: named for status, named in by_status.items() if named}


def _found(route: GuardedRoute) -> Iterator[Codes]:
    name = route.name
    yield OWN.get(name, Codes())
    yield from (OF_DEPENDENCY.get(call, Codes()) for call in _calls(route.dependant))
    yield from _admission(route)
    yield _sent(route)
    if route.param_convertors:
        yield _codes("not_found")
        yield Codes(OF_PATH[each] for each in route.param_convertors if each in OF_PATH)
    if deps.get_runtime in _calls(route.dependant) or NEEDS[name]:
        yield DATABASE
    if name in SLOW | FOR_VISITORS:
        yield PARTS


def _admission(route: GuardedRoute) -> Iterator[Codes]:
    """What the guard says before the route's work begins."""
    need, name = NEEDS[route.name], route.name
    if need is VISIT:
        yield _codes("key_invalid key_missing origin_refused")
    elif need is not None:
        yield ACCOUNT | {"role_too_weak", "scope_missing" if need.scope else "person_needed"}
        yield _codes("csrf") if _writes(route) else Codes()
    if name not in UNCOUNTED:
        yield _codes("too_many_requests")
    if name in STORES:
        yield _codes("disk_full")
    if name in KINDS:
        yield _codes("busy")


def _sent(route: GuardedRoute) -> Codes:
    """What is said of the query and the body, also where the route reads none."""
    query = Codes() if route.name in OTHERS_QUERY else _codes("invalid_request invalid_utf8")
    if not _writes(route):
        return query
    return query | BODY - {"content_type"} | _codes("conflict")


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for needed in dependant.dependencies:
        if needed.call is not None:
            yield needed.call
        yield from _calls(needed)


def _writes(route: GuardedRoute) -> bool:
    return not (route.methods or set()) <= SAFE_METHODS
