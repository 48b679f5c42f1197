"""The pages of the foundation: staff, journal, words, what was not delivered, what went wrong."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Request

from bot.accounts.entry import Inside
from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.flows import FLOWS
from bot.texts.files import fingerprint, read_folder
from bot.texts.packed import pack
from bot.web.console.desk import DeskParts
from bot.web.console.visit import Visit
from bot.web.gate import AnyRequest
from bot.web.words import NEEDS
from storage.database import Database
from storage.staff_sessions import StaffSession
from tests.talk import CONTENT
from tests.web.desk.conftest import Come, Hire
from tests.web.desk.mishaps import dead_letter, parked_update
from tests.web.desk.worker import PASSWORD, Worker
from tests.web.site import Site

LINK = re.compile(r"http://\S+/desk/invite\?code=[\w-]{43}")
HERE, FAR = "barnaul", "rubtsovsk"


async def acts(database: Database) -> list[tuple[str, str]]:
    """(act, subject) of the journal, oldest first."""
    async with database.read() as tx:
        return [(row.act, row.subject) for row in reversed(await tx.audit.page(actors=None, limit=100))]


class TestStaff:
    FORM = {"login": "ivan", "name": "Иван Громов", "role": "job_matcher", "office": HERE, "duty": "1"}

    async def test_somebody_is_added_and_comes_in_by_the_link(
        self, site: Site, come: Come, make_worker: Callable[[], Worker]
    ) -> None:
        admin = await come(Role.ADMIN)
        await admin.get("/staff/new")
        answer = await admin.post("/staff/new", **self.FORM)

        assert answer.status_code == 200
        link = LINK.search(admin.text)
        assert link
        assert link[0].startswith(site.url)
        await admin.get("/staff")
        assert "Иван Громов" in admin.text
        assert "ждём: ссылка до 26 ноября в 12:00" in admin.text
        assert link[0] not in admin.text, "shown once"
        newcomer = make_worker()
        code = link[0].partition("=")[2]
        await newcomer.get(f"/invite?code={code}")
        await newcomer.post("/invite", invitation=code, password=PASSWORD, again=PASSWORD)
        await newcomer.get("/me")
        assert "Специалист по подбору работы, дежурный" in newcomer.text
        assert "ЦЗН Барнаула" in newcomer.text

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"login": "и"}, "Логин: от 2 до 40"),
            ({"login": "taken"}, "Такой логин уже есть"),
            ({"name": " "}, "Впишите имя"),
            ({"role": "owner"}, "Выберите роль"),
            ({"office": "moscow"}, "Отметьте хотя бы один офис"),
        ],
    )
    async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
        self, come: Come, hired: Hire, fields: dict[str, str], words: str
    ) -> None:
        await hired(Role.LEAD, login="taken")
        admin = await come(Role.ADMIN)
        await admin.get("/staff/new")
        typed = {**self.FORM, **fields}

        assert (await admin.post("/staff/new", **typed)).status_code == 400
        assert words in admin.text
        assert f'value="{typed["login"]}"' in admin.text

    async def test_other_rights_end_the_sessions_and_a_name_does_not(self, come: Come, hired: Hire) -> None:
        admin, person = await come(Role.ADMIN), await hired(Role.SPECIALIST, offices=[HERE])
        worker = await come(person=person)
        await admin.get(f"/staff/{person.id}")

        answer = await admin.post(f"/staff/{person.id}", name="Ольга Зимина", role="specialist", office=HERE)
        assert answer.headers["location"].endswith("said=staff_changed")
        assert (await worker.get("/me")).status_code == 200
        await admin.get(f"/staff/{person.id}")
        answer = await admin.post(f"/staff/{person.id}", name="Ольга Зимина", role="lead", office="*")
        assert answer.headers["location"].endswith("said=rights_changed")
        assert (await worker.get("/me")).status_code == 303

    async def test_a_reset_gives_a_new_link_and_closes_the_old_ways(
        self, come: Come, hired: Hire, make_worker: Callable[[], Worker]
    ) -> None:
        admin, person = await come(Role.ADMIN), await hired(Role.SPECIALIST, login="olga")
        worker = await come(person=person)
        await admin.get(f"/staff/{person.id}/reset")
        assert "выйдет везде" in admin.text

        await admin.post(f"/staff/{person.id}/reset")

        assert LINK.search(admin.text)
        assert (await worker.get("/me")).status_code == 303
        assert (await make_worker().log_in("olga")).status_code == 403

    async def test_access_is_closed_and_given_back(self, site: Site, come: Come, hired: Hire) -> None:
        admin, person = await come(Role.ADMIN), await hired(Role.SPECIALIST)
        worker = await come(person=person)
        await admin.get(f"/staff/{person.id}/disable")
        answer = await admin.post(f"/staff/{person.id}/disable")
        assert answer.headers["location"].endswith("said=staff_disabled")
        assert (await worker.get("/me")).status_code == 303
        await admin.get("/staff")
        assert "доступ закрыт" in admin.text
        await admin.get(f"/staff/{person.id}/enable")
        await admin.post(f"/staff/{person.id}/enable")

        done = [(act, subject) for act, subject in await acts(site.database) if subject == f"staff:{person.id}"]
        assert done == [("staff_disabled", f"staff:{person.id}"), ("staff_enabled", f"staff:{person.id}")]

    async def test_the_last_admin_stays(self, come: Come, hired: Hire) -> None:
        chief = await hired(Role.ADMIN)
        admin = await come(person=chief)
        await admin.get(f"/staff/{chief.id}/disable")

        assert (await admin.post(f"/staff/{chief.id}/disable")).status_code == 409
        assert "другой администратор" in admin.text
        assert (await admin.get("/staff/made-up")).status_code == 404
        assert (await admin.get(f"/staff/{chief.id}/promote")).status_code == 404

    async def test_an_admin_of_one_office_sees_its_people_alone(self, come: Come, hired: Hire) -> None:
        await hired(Role.SPECIALIST, name="Ближний", offices=[HERE])
        await hired(Role.SPECIALIST, name="Дальний", offices=[FAR])
        await hired(Role.SPECIALIST, name="Всехний")
        admin = await come(Role.ADMIN, offices=[HERE], name="Местный")
        await admin.get("/staff")

        assert [name for name in ("Ближний", "Дальний", "Всехний", "Местный") if name in admin.text] == [
            "Ближний", "Местный",
        ]  # fmt: skip
        await admin.get("/staff/new")
        assert "Все офисы" not in admin.text
        assert (await admin.post("/staff/new", **{**self.FORM, "office": "*"})).status_code == 400
        assert "не подчинён" in admin.text

    async def test_markup_in_a_name_is_words(self, come: Come, hired: Hire) -> None:
        nasty = "<script>alert(1)</script>{{ 7 * 7 }}\"'=cmd|'/c calc'!A1"
        person = await hired(Role.LEAD, name=nasty, offices=[HERE])
        admin = await come(Role.ADMIN)
        await (await come(person=person)).get("/me")
        for path in ("/staff", f"/staff/{person.id}", f"/staff/{person.id}/reset", "/journal"):
            await admin.get(path)
            assert "<script>alert" not in admin.page, path
            assert nasty in admin.text, path


class TestChats:
    async def test_a_code_links_an_account_and_it_is_taken_away_again(
        self, site: Site, come: Come, hired: Hire, clock: FixedClock
    ) -> None:
        admin, person = await come(Role.ADMIN), await hired(Role.SPECIALIST, offices=[HERE])
        await admin.get(f"/staff/{person.id}/link")
        await admin.post(f"/staff/{person.id}/link")
        found = re.search(r"/staff ([A-Z2-9]{8})<", admin.page)
        assert found
        async with site.database.write() as tx:
            invitation = await tx.staff_chats.spend(found[1], now=clock.now())
            assert invitation is not None
            assert invitation.staff_id == person.id
            await tx.staff_chats.link("max", "4711", person.id, now=clock.now())
        await admin.get(f"/staff/{person.id}")
        assert "Отвечает из: MAX." in admin.text

        await admin.get(f"/staff/{person.id}/unlink")
        await admin.post(f"/staff/{person.id}/unlink")

        async with site.database.read() as tx:
            assert await tx.staff_chats.member("max", "4711") is None

    async def test_ones_own_account_needs_no_admin(
        self, site: Site, come: Come, hired: Hire, clock: FixedClock
    ) -> None:
        person = await hired(Role.SPECIALIST)
        worker = await come(person=person)
        await worker.post("/me/link")
        found = re.search(r"/staff ([A-Z2-9]{8})<", worker.page)
        assert found

        async with site.database.write() as tx:
            invitation = await tx.staff_chats.spend(found[1], now=clock.now())
        assert invitation is not None
        assert invitation.staff_id == person.id

    async def test_a_chat_is_linked_for_an_office_within_reach(self, site: Site, come: Come, clock: FixedClock) -> None:
        admin = await come(Role.ADMIN, offices=[HERE])
        await admin.get("/staff/chats")
        assert "Ни один чат не связан" in admin.text
        assert "Все офисы" not in admin.text
        for office in ("", FAR, "moscow"):
            assert (await admin.post("/staff/chats/code", office=office, role="")).status_code == 404, office
        await admin.get("/staff/chats")
        await admin.post("/staff/chats/code", office=HERE, role="lead")
        assert "только для руководителей" in admin.text
        async with site.database.write() as tx:
            await tx.staff_chats.open("c1", "vk", "f1", HERE, "lead", now=clock.now())
            await tx.staff_chats.open("c2", "vk", "f2", FAR, "", now=clock.now())
        await admin.get("/staff/chats")
        assert "Только для руководителей" in admin.text
        assert admin.page.count("Отвязать") == 1
        await admin.get("/staff/chats/c1/drop")
        await admin.post("/staff/chats/c1/drop")

        async with site.database.read() as tx:
            assert [chat.id for chat in await tx.staff_chats.all()] == ["c2"]
        assert ("chat_unlinked", "chat:c1") in await acts(site.database)


class TestJournal:
    async def test_shows_who_did_what_to_whom(self, site: Site, come: Come, hired: Hire) -> None:
        admin = await come(Role.ADMIN, name="Алла Дёмина")
        person = await hired(Role.SPECIALIST, name="Софья Ответова")
        await admin.get(f"/staff/{person.id}/disable")
        await admin.post(f"/staff/{person.id}/disable")
        await admin.get("/journal")

        row = re.sub(r"<[^>]+>|\s+", " ", admin.text.partition("<tbody>")[2].partition("</tr>")[0])
        assert re.sub(r"\s+", " ", row).strip() == (
            "сегодня в 12:00 Алла Дёмина закрыт доступ сотруднику Софья Ответова"
        )

    async def test_is_read_by_person_act_and_page(self, site: Site, come: Come, clock: FixedClock) -> None:
        admin = await come(Role.ADMIN)
        async with site.database.write() as tx:
            for number in range(70):
                await tx.audit.add(actor="citizen", act="erased", subject=f"citizen:{number:032}", now=clock.now())
            await tx.audit.add(actor="operator", act="restored", subject="epoch 2", now=clock.now())

        def rows() -> int:
            return admin.page.count("<tr>") - 1

        await admin.get("/journal")
        assert rows() == 50
        older = re.search(r'href="/desk(/journal\?[^"]*before=\d+)"', admin.text)
        assert older
        await admin.get(older[1])
        assert rows() == 21
        await admin.get("/journal?act=restored")
        assert rows() == 1
        await admin.get("/journal?who=operator&act=erased")
        assert "Записей нет" in admin.text
        await admin.get(f"/journal?subject=citizen:{7:032}")
        assert rows() == 1
        for nonsense in ("before=x", "before=" + "9" * 40, "who=%00", "act='--"):
            assert (await admin.get(f"/journal?{nonsense}")).status_code == 200

    async def test_a_lead_of_one_office_reads_of_its_people_alone(self, site: Site, come: Come, hired: Hire) -> None:
        near = await hired(Role.SPECIALIST, name="Ближний", offices=[HERE])
        far = await hired(Role.SPECIALIST, name="Дальний", offices=[FAR])
        for person in (near, far):
            worker = await come(person=person)
            await worker.post("/me/others")
        lead = await come(Role.LEAD, offices=[HERE])
        await lead.get("/journal")

        assert "Ближний" in lead.text
        assert "Дальний" not in lead.text
        await lead.get(f"/journal?who=staff:{far.id}")
        assert "Записей нет" in lead.text
        assert (await lead.get("/journal/seals")).status_code == 404

    async def test_seals_hold_until_somebody_touches_a_row(self, site: Site, come: Come, clock: FixedClock) -> None:
        admin = await come(Role.ADMIN)
        async with site.database.write() as tx:
            for number in range(3):
                await tx.audit.add(actor="citizen", act="erased", subject=str(number), now=clock.now())
            await tx.audit.seal()
        await admin.get("/journal/seals")
        assert "Все печати на месте" in admin.text

        async with site.database.write() as tx:
            await tx.handle.connection.execute("UPDATE audit SET subject = 'x' WHERE id = 2")
        await admin.get("/journal/seals")

        assert "Печать не подходит к записи № 2" in admin.text
        assert ("seals_checked", "row 2") in await acts(site.database)


class TestContent:
    @pytest.fixture
    async def site(self, make_site: Callable[..., Awaitable[Site]], clock: FixedClock, folder: Path) -> Site:
        needs = {**FLOWS.needs(), **NEEDS}
        parts = DeskParts(content_dir=folder, needs=needs)
        site = await make_site(clock=clock, takes_turns=False, desk=parts)
        files = read_folder(folder)
        changed = {**files, "facts.yaml": files["facts.yaml"] + b"# \n", "pages/new.yaml": b""}
        async with site.database.write() as tx:
            await tx.editions.accept(fingerprint=fingerprint(files), files=pack(files), now=clock.now())
            await tx.editions.accept(fingerprint="newer", files=pack(changed), now=clock.now() + timedelta(minutes=5))
        return site

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """What the admin edits: as the first edition has it."""
        for name, body in read_folder(CONTENT).items():
            file = tmp_path / "content" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        return tmp_path / "content"

    async def test_mistakes_are_told_with_file_line_and_remedy(self, site: Site, come: Come) -> None:
        lead = await come(Role.LEAD)
        await lead.get("/content")
        assert "Файлы без ошибок" in lead.text
        mistakes = [("texts/menu.yaml", 4, "нет <b>main</b>", "добавьте строку")]
        async with site.database.write() as tx:
            await tx.editions.judge_files("x", "refused", mistakes=mistakes, now=site.clock.now())

        await lead.get("/content")

        assert "texts/menu.yaml:4" in lead.text
        assert "<b>main</b>" not in lead.page
        assert "добавьте строку" in lead.text
        await lead.get("/letters")
        assert "в файлах 1 ошибка" in lead.text, "above every page"

    async def test_what_must_be_confirmed_is_listed_by_file(self, come: Come) -> None:
        lead = await come(Role.LEAD)
        await lead.get("/content/doubts", **{"HX-Request": "true"})

        assert not lead.page.startswith("<!doctype")
        assert "offices/barnaul.yaml" in lead.text
        assert "офис не подтверждён" in lead.text

    async def test_the_history_names_what_changed_and_the_way_back_is_told_first(
        self, site: Site, come: Come, folder: Path
    ) -> None:
        admin = await come(Role.ADMIN, name="Алла Дёмина")
        await admin.get("/content/history")
        assert "+ pages/new.yaml" in admin.text
        assert "facts.yaml" in admin.text
        await admin.get("/content/rollback/1")
        assert "Сейчас в силе № 2" in admin.text

        answer = await admin.post("/content/rollback/1")

        assert answer.headers["location"] == "/desk/content?said=rolled_back"
        async with site.database.read() as tx:
            assert await tx.editions.number_in_force() == 1
        await admin.get("/content")
        assert "возвращена сегодня в 12:00: Алла Дёмина" in admin.text
        assert (await admin.get("/content/rollback/1")).status_code == 404, "it is in force"
        assert (await admin.get("/content/rollback/77")).status_code == 404

    async def test_an_edition_this_program_can_not_run_is_refused(self, site: Site, come: Come) -> None:
        admin = await come(Role.ADMIN)
        async with site.database.write() as tx:
            await tx.editions.accept(fingerprint="broken", files=pack({"facts.yaml": b"- 1"}), now=site.clock.now())
            await tx.editions.roll_back(1, actor="test", now=site.clock.now())
        await admin.get("/content/rollback/3")

        assert (await admin.post("/content/rollback/3")).status_code == 409
        assert "для другой версии программы" in admin.text

    async def test_questions_without_an_answer_are_listed_until_they_are_dealt_with(
        self, site: Site, come: Come
    ) -> None:
        lead = await come(Role.LEAD)
        await lead.get("/content/unanswered")
        assert "Таких вопросов не было" in lead.text
        async with site.database.write() as tx:
            await tx.unanswered.add(["где взять <b>валенки</b>", "где взять <b>валенки</b>"], now=site.clock.now())
        await lead.get("/content/unanswered")
        assert "где взять <b>валенки</b>" in lead.text
        assert "<b>валенки" not in lead.page
        action = re.search(r'action="/desk(/content/unanswered/\w+/drop)"', lead.page)
        assert action

        assert (await lead.post(action[1])).headers["location"].endswith("said=question_dropped")

        await lead.get("/content/unanswered")
        assert "Таких вопросов не было" in lead.text

    async def test_a_lead_reads_and_puts_nothing_back(self, come: Come) -> None:
        lead = await come(Role.LEAD)
        await lead.get("/content/history")

        assert "Вернуть №" not in lead.text


class TestLetters:
    async def test_show_why_and_never_what_was_put_in(self, site: Site, come: Come, clock: FixedClock) -> None:
        await dead_letter(site.database, clock, HERE)
        await dead_letter(site.database, clock, reason="uncertain", key="no.such.text")
        await parked_update(site.database, clock)
        lead = await come(Role.LEAD)
        await lead.get("/letters")

        assert "Мессенджер не принял" in lead.text
        assert "chat not found" in lead.text
        assert "Неизвестно, дошло ли" in lead.text
        assert "Программа трижды не справилась" in lead.text
        assert "Задунайский" not in lead.text
        assert "4711" not in lead.text

    async def test_one_is_sent_again_and_one_is_dropped_after_a_word_of_warning(
        self, site: Site, come: Come, clock: FixedClock
    ) -> None:
        sent, dropped = await dead_letter(site.database, clock), await dead_letter(site.database, clock)
        lead = await come(Role.LEAD)
        await lead.get("/letters")
        assert (await lead.post(f"/letters/{sent}/send")).headers["location"].endswith("said=letter_sent")
        await lead.get(f"/letters/{dropped}/drop")
        assert "Человек его не получит" in lead.text
        assert (await lead.post(f"/letters/{dropped}/drop")).headers["location"].endswith("said=letter_dropped")

        assert (await lead.get(f"/letters/{dropped}/drop")).status_code == 404
        await lead.get("/letters")
        assert "Всё дошло" in lead.text
        done = await acts(site.database)
        assert ("letter_sent", f"letter:{sent}") in done
        assert ("letter_dropped", f"letter:{dropped}") in done
        async with site.database.write() as tx:
            assert [one.number for one in await tx.outbox.lease("vk", now=clock.now(), limit=9)] == [sent]

    async def test_all_are_sent_again_within_reach(self, site: Site, come: Come, clock: FixedClock) -> None:
        near = [await dead_letter(site.database, clock, HERE) for _ in range(3)]
        far = await dead_letter(site.database, clock, FAR)
        lead = await come(Role.LEAD, offices=[HERE])
        await lead.get("/letters/send")
        assert "Отправить ещё раз 3 сообщения?" in lead.text

        await lead.post("/letters/send")

        async with site.database.write() as tx:
            assert [one.number for one in await tx.outbox.lease("vk", now=clock.now(), limit=9)] == near
            assert await tx.letters.letter(far) is not None

    async def test_a_parked_update_takes_its_turn_again_or_is_erased(
        self, site: Site, come: Come, clock: FixedClock
    ) -> None:
        again, gone = await parked_update(site.database, clock), await parked_update(site.database, clock)
        lead = await come(Role.LEAD)
        await lead.get("/letters")
        answer = await lead.post(f"/letters/updates/{again}/send")
        assert answer.headers["location"].endswith("said=parked_again")
        await lead.get(f"/letters/updates/{gone}/drop")
        assert "Слова человека сотрутся" in lead.text
        answer = await lead.post(f"/letters/updates/{gone}/drop")
        assert answer.headers["location"].endswith("said=parked_dropped")

        async with site.database.write() as tx:
            assert [one.id for one in await tx.inbox.claim(limit=9, now=clock.now())] == [again]

    async def test_the_number_beside_the_name_is_what_this_person_sees(
        self, site: Site, come: Come, clock: FixedClock
    ) -> None:
        for office in (HERE, FAR, FAR):
            await dead_letter(site.database, clock, office)
        near, everywhere = await come(Role.LEAD, offices=[HERE]), await come(Role.LEAD)
        counts = []
        for worker in (near, everywhere):
            await worker.get("")
            found = re.search(r'Не доставлено <span class="count">(\d+)</span>', worker.text)
            counts.append(found and found[1])

        assert counts == ["1", "3"]


async def test_troubles_stand_above_every_page_until_they_are_seen(site: Site, come: Come, clock: FixedClock) -> None:
    lead, specialist = await come(Role.LEAD), await come(Role.SPECIALIST)
    async with site.database.write() as tx:
        await tx.troubles.add({"feed_failed": 2, "new_kind": 1}, now=clock.now())
    for path in ("", "/me", "/journal"):
        await lead.get(path)
        assert "Тревога: веб-чат не показывает ответы, сбой (3 раза за сутки)" in " ".join(lead.text.split()), path
    await specialist.get("")
    assert "Тревога" not in specialist.text

    await lead.get("/troubles")
    clock.move(seconds=1)
    await lead.post("/troubles/seen")
    await lead.get("")
    assert "Тревога" not in lead.text


async def test_somebody_with_nothing_to_do_is_told_so(come: Come) -> None:
    worker = await come(Role.SPECIALIST, name="Софья")
    await worker.get("")

    assert "Здравствуйте, Софья" in worker.text
    assert "Сейчас ничего не ждёт" in worker.text
    assert "Сотрудники" not in worker.text


async def test_an_address_that_is_none_is_told_to_people(come: Come) -> None:
    worker = await come(Role.SPECIALIST)

    for path in ("/nothing", "/letters/x/send", "/me/look"):
        answer = await worker.get(path)
        assert answer.status_code in (404, 405), path
        assert "Здесь ничего нет" in worker.text, path


async def test_reading_is_noted_once_while_a_page_refreshes_itself(site: Site, hired: Hire, clock: FixedClock) -> None:
    """With a page of its own: which pages hold personal data, their own tests know."""
    person = await hired(Role.SPECIALIST)
    inside = Inside(person, StaffSession(person.id, "inside", clock.now(), clock.now()))
    assert site.desk is not None

    async def read(*, is_live: bool) -> None:
        headers = [(b"x-live", b"1")] if is_live else []
        request: AnyRequest = Request({"type": "http", "headers": headers, "path": "/desk/x", "query_string": b""})
        await Visit(site.desk, request, "token", inside).saw("read", "citizen:ivan")

    async def noted() -> int:
        return len([act for act, _ in await acts(site.database) if act == "read"])

    for _ in range(3):
        await read(is_live=True)
    assert await noted() == 1, "the first counts, whatever the browser says of itself"
    await read(is_live=False)
    await read(is_live=False)
    assert await noted() == 3
    clock.move(minutes=15)
    await read(is_live=True)
    assert await noted() == 4
