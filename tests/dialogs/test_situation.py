"""Life situations: one, several, changed; and consent with its refusal."""

from tests.dialogs.test_start import TO_PLAN
from tests.talk import Talk


async def test_two_situations_at_once(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [alimony]
        < situation.more [enough] [released] [pre_release] [other]
        > [released]
        < situation.more [enough] [pre_release] [other]
        > [enough]
        < situation.ready [plan] [page]
        > [plan]
        < consent.ask [yes] [no] [full]
        > [yes]
        < consent.agreed
        < plan.list ...
    """)
    assert (await talk.citizen()).situations == ("alimony", "released")


async def test_all_situations_need_no_last_question(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > 1
        < situation.more ...
        > [pre_release]
        < situation.more ...
        > [alimony]
        < situation.more [enough] [other]
        > [other]
        < situation.ready [plan] [page]
    """)


async def test_a_situation_without_a_plan_leads_to_its_page(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [alimony]
        < situation.more ...
        > [enough]
        < situation.not_ready [page] [handover] [questions]
        > [page]
        < info.page_without_plan [handover] [questions]
        > назад
        < situation.not_ready [page] [handover] [questions]
    """)


async def test_no_to_consent_is_no_dead_end_and_nothing_is_kept(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < consent.ask ...
        > [full]
        < consent.full [yes] [no]
        > [no]
        < consent.declined [info] [questions] [handover]
        > [info]
        < info.list ...
        > [released]
        < info.page [plan] [steps:released] [questions]
        > [steps]
        < info.steps ...
        > 1
        < info.step ...
        > [next]
        < info.step ...
    """)
    citizen = await talk.citizen()
    assert citizen.consent_at is None
    assert citizen.situations == ()


async def test_consent_can_be_given_after_reading_in_full(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < consent.ask ...
        > [full]
        < consent.full ...
        > да
        < consent.agreed
        < plan.list ...
    """)
    citizen = await talk.citizen()
    assert citizen.consent_version == talk.content.consent.version


async def test_the_consent_text_carries_its_version_and_operator(talk: Talk) -> None:
    for choice in ("/start", "[released]", "[enough]", "[plan]", "[full]"):
        answers = await (talk.press(choice[1:-1]) if choice.startswith("[") else talk.say(choice))

    assert talk.content.consent.version in answers[-1].text
    assert talk.content.consent.operator.name in answers[-1].text


async def test_a_known_citizen_changes_the_situation(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.play("""
        > меню
        < menu.main ...
        > [more]
        < more.list [situation] [info] [my_data] [stop] [help]
        > [situation]
        < situation.choose ...
        > [alimony]
        < situation.more ...
        > [enough]
        < situation.not_ready ...
    """)
    assert (await talk.citizen()).situations == ("alimony",)
