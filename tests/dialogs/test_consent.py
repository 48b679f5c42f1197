"""Consent: what it names, and that new words take nothing from those who agreed to earlier ones."""

from dataclasses import replace

from tests.dialogs.transcripts import TO_PLAN
from tests.talk import CONTENT, Talk


async def test_who_agreed_to_earlier_words_keeps_the_plan(talk: Talk) -> None:
    newest = talk.content
    talk.content = replace(newest, consent=replace(newest.consent, version="2026-01"))
    await talk.play(TO_PLAN)
    talk.content = newest

    await talk.play("""
        > /plan
        < plan.list ...
        > 1
        < plan.item ...
    """)


def test_the_consent_names_what_is_kept_and_is_marked_as_a_sample(talk: Talk) -> None:
    consent = talk.content.consent

    for kept in ("ситуация", "ответы", "день освобождения", "центр занятости", "отметки", "переписка", "обращения"):
        assert kept in consent.full.lower(), kept
    for told in ("Зачем", "Сколько храним", "Как отозвать", "Удалить мои данные", "добровольное"):
        assert told in consent.full, told
    assert consent.operator.needs_verification
    for name in ("consent.yaml", "pages/privacy.yaml"):
        assert (CONTENT / name).read_text(encoding="utf-8").startswith("# ОБРАЗЕЦ"), name
