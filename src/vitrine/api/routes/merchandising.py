"""Rules by which a shop moves products: pinned, boosted, buried, hidden."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.merchandising import Rule, RuleRequest, Rules
from vitrine.services.search import merchandising

router = guarded("/v1/merchandising", "search")


@router.get("", summary="List merchandising rules")
def list_rules(session: ReadSession) -> Rules:
    """Every rule, the newest first."""
    found = merchandising.list_rules(session)
    return Rules(rules=[Rule.model_validate(each) for each in found])


@router.post("", status_code=201, summary="Add a merchandising rule")
def add_rule(asked: RuleRequest, session: WriteSession, caller: CallerDep) -> Rule:
    """Counts from now on if it is live; before that `preview_rules` of a search shows it."""
    row = merchandising.add(session, asked.asked(), caller.user_id)
    session.flush()
    return Rule.model_validate(row)


@router.put("/{rule_id}", summary="Change a merchandising rule")
def change_rule(rule_id: str, asked: RuleRequest, session: WriteSession, caller: CallerDep) -> Rule:
    """The whole rule anew, also to have it go live."""
    row = merchandising.change(session, rule_id, asked.asked(), caller.user_id)
    session.flush()
    return Rule.model_validate(row)


@router.delete("/{rule_id}", status_code=204, summary="Delete a merchandising rule")
def delete_rule(rule_id: str, session: WriteSession) -> None:
    """Counts no more."""
    merchandising.remove(session, rule_id)
