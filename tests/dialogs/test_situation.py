"""Life situations: one, several, changed; and consent with its refusal."""

from tests.dialogs.transcripts import (
    AGREED_AFTER_READING,
    ALL_SITUATIONS,
    CHANGED_SITUATION,
    DECLINED,
    TWO_SITUATIONS,
    WITHOUT_PLAN,
)
from tests.talk import Talk


async def test_two_situations_at_once(talk: Talk) -> None:
    await talk.play(TWO_SITUATIONS)
    assert (await talk.citizen()).situations == ("alimony", "released")


async def test_all_situations_need_no_last_question(talk: Talk) -> None:
    await talk.play(ALL_SITUATIONS)


async def test_a_situation_without_a_plan_leads_to_its_page(talk: Talk) -> None:
    await talk.play(WITHOUT_PLAN)


async def test_no_to_consent_is_no_dead_end_and_nothing_is_kept(talk: Talk) -> None:
    await talk.play(DECLINED)
    citizen = await talk.citizen()
    assert citizen.consent_at is None
    assert citizen.situations == ()


async def test_consent_can_be_given_after_reading_in_full(talk: Talk) -> None:
    await talk.play(AGREED_AFTER_READING)
    citizen = await talk.citizen()
    assert citizen.consent_version == talk.content.consent.version


async def test_the_consent_text_carries_its_version_and_operator(talk: Talk) -> None:
    for choice in ("/start", "[released]", "[enough]", "[plan]", "[full]"):
        answers = await (talk.press(choice[1:-1]) if choice.startswith("[") else talk.say(choice))

    assert talk.content.consent.version in answers[-1].text
    assert talk.content.consent.operator.name in answers[-1].text


async def test_a_known_citizen_changes_the_situation(talk: Talk) -> None:
    await talk.play(CHANGED_SITUATION)
    assert (await talk.citizen()).situations == ("alimony",)
