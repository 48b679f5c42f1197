"""A situation as a picture: all that an admin wrote is in it, and what no talk came to is marked."""

import xml.etree.ElementTree as ET

from bot.flows import FLOWS
from bot.rehearsal.chart import Box, Chart, chart
from bot.rehearsal.svg import svg
from tests.rehearsal.conftest import REHEARSAL, shipped
from tests.talk import real_content

CONTENT = real_content(FLOWS)
TALK = """# a
> /start release
< …
< …
> [Собрать мой план]
< …
> да
< …
< …
< …
> [Потом]
< …
> 1
< …
"""


def drawn(talk: str = TALK) -> Chart:
    met = REHEARSAL.report({"talks/a.md": talk.encode()}, CONTENT).met
    return chart(CONTENT, CONTENT.situations["released"], met)


def box(picture: Chart, ident: str) -> Box:
    (found,) = [one for one in picture.boxes if one.id == ident]
    return found


def test_every_step_stands_in_its_order() -> None:
    plan = CONTENT.situations["released"].plan

    titles = [one.title for one in drawn().boxes if one.id.startswith("step ")]

    assert titles == [f"{number}. {step.title}" for number, step in enumerate(plan, start=1)]


def test_what_no_talk_comes_to_is_marked() -> None:
    first, second = [step.id for step in CONTENT.situations["released"].plan][:2]
    picture = drawn()

    assert box(picture, f"step {first}").is_met
    assert not box(picture, f"step {second}").is_met
    assert box(picture, "source release").is_met
    assert box(picture, "page").is_met
    assert not box(picture, "plan.stuck").is_met
    assert not box(picture, "button").is_met


def test_every_arrow_leads_somewhere_and_the_file_is_a_picture() -> None:
    for situation in CONTENT.situations.values():
        picture = chart(CONTENT, situation, REHEARSAL.report(shipped(), CONTENT).met)
        known = {one.id for one in picture.boxes}
        assert not [arrow for arrow in picture.arrows if arrow.start not in known or arrow.end not in known]

        root = ET.fromstring(svg(picture))

        words = "".join(root.itertext())
        assert situation.label in words
        frames = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("rx") == "6"]
        assert len(frames) == len(known)
        right = max(int(one.get("x", 0)) + int(one.get("width", 0)) for one in frames)
        assert right <= int(root.get("width", 0))
