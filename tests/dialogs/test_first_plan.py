"""The main job: from the first hello to a plan worked through."""

from tests.talk import Talk


async def test_a_citizen_starts_agrees_and_gets_a_plan(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose [released] [pre_release] [alimony] [other]
        > [released]
        < situation.more [enough] ...
        > [enough]
        < situation.ready [plan] [page]
        > [plan]
        < consent.ask [yes] [no] [full]
        > [yes]
        < consent.agreed
        < plan.list ...
    """)
