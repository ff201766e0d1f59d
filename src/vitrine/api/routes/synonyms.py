"""Words of shoppers that the shop has read as its own."""

from __future__ import annotations

from vitrine.api.deps import CallerDep, ReadSession, WriteSession
from vitrine.api.guard import router as guarded
from vitrine.api.schemas.synonyms import NewSynonym, Synonym, Synonyms
from vitrine.services.search import synonyms

router = guarded("/v1/synonyms", "search")


@router.get("", summary="List synonyms")
def list_synonyms(session: ReadSession) -> Synonyms:
    """Every synonym, by its words."""
    found = synonyms.list_synonyms(session)
    return Synonyms(synonyms=[Synonym.model_validate(each) for each in found])


@router.put("", summary="Have words read as others")
def state_synonym(asked: NewSynonym, session: WriteSession, caller: CallerDep) -> Synonym:
    """Every search reads them so from now on; what they were read as before is forgotten."""
    row = synonyms.state(session, asked.words, asked.means, caller.user_id)
    session.flush()
    return Synonym.model_validate(row)


@router.delete("/{synonym_id}", status_code=204, summary="Delete a synonym")
def delete_synonym(synonym_id: str, session: WriteSession) -> None:
    """Its words are read as they stand again."""
    synonyms.remove(session, synonym_id)
