"""Trees of files → content: what one part needs of another is read before it, what is wrong is noted."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.texts.booking import Point, Role
from bot.texts.call_terms import check_call_rules
from bot.texts.canned import read_canned
from bot.texts.check import check_passages
from bot.texts.events import Known, check_nudge, read_events
from bot.texts.figures import read_facts, read_office
from bot.texts.files import fingerprint, is_part, kind_of
from bot.texts.hearing import Alarms, Hearing, matcher_of, read_alarms, read_hearing
from bot.texts.journeys import read_situation, read_topic
from bot.texts.mistakes import Mistakes, Unsure, listed, nearest
from bot.texts.obstacles import read_obstacles
from bot.texts.office import Office
from bot.texts.points import read_calendar, read_point, read_roles
from bot.texts.profile import read_profile
from bot.texts.question import Question, Topic
from bot.texts.questionnaire import Survey
from bot.texts.reader import Passage, Reader
from bot.texts.reading import read_days, read_page
from bot.texts.routes import Routing
from bot.texts.routing import read_routing
from bot.texts.rules import Rules, Source, Style
from bot.texts.schema import Content, Need, Text, frozen
from bot.texts.services import read_services, read_visits
from bot.texts.shape import Shape
from bot.texts.situation import Event, FurtherPage, Obstacle, PlanStep, ProfileQuestion, Situation
from bot.texts.steps import check_bookings, read_plan, settle
from bot.texts.surveys import read_survey
from bot.texts.surveys import settle as settle_surveys
from bot.texts.talks import COMMON, missing, read_talk
from bot.texts.terms import read_channels, read_consent, read_rules, read_sources, read_style, read_words
from bot.texts.tree import Branch
from bot.texts.visiting import VisitWords


class Assembly:
    """Reads tree after tree; what one part needs of another is read before it."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        trees: Mapping[str, Branch],
        needs: Mapping[str, Need],
        mistakes: Mistakes,
        shapes: dict[str, Shape] | None = None,
    ) -> None:
        self._files = files
        self._trees = trees
        self._needs = {**COMMON, **needs}
        self._is_strict = bool(needs)
        self._mistakes = mistakes
        self._shapes = shapes
        self.passages: list[Passage] = []
        self._situation_ids = dict.fromkeys(file.split("/")[1] for file in files if is_part(file))
        self._item_ids: Collection[str] = ()
        self._stages: Collection[str] = ()

    def content(self) -> Content | None:
        """The whole, or None when a part is absent (noted)."""
        texts = self._texts()
        rules = self._rules()
        facts = read_facts(reader) if (reader := self._once("facts", has_figures=True)) else {}
        offices = {name: read_office(name, reader) for name, reader in self._folder("offices", has_figures=True)}
        profile = self._profile()
        situations = self._situations(profile)
        topics = self._topics(texts)
        questions = {question.id: question for topic in topics.values() for question in topic.questions}
        pages = self._pages(texts)
        channels = read_channels(reader) if (reader := self._once("channels")) else {}
        consent = read_consent(reader, rules) if (reader := self._once("consent")) else None
        known = self._leads(questions)
        sources = self._sources(known["question"])
        obstacles = self._obstacles(known)
        words = read_words(reader) if (reader := self._once("words")) else {}
        style = read_style(reader) if (reader := self._once("style")) else Style()
        self._check_questions(questions)
        self._check_pages(pages)
        events = self._events(known, profile, words)
        self._check_nudge(rules, events)
        if rules is not None and (reader := self._reader("rules.yaml")):
            check_call_rules(rules.calls, reader, known["info"])
        roles, points = self._points(offices)
        if "roles.yaml" in self._trees or not (points or "roles.yaml" in self._files):
            check_bookings(situations.values(), self._trees, roles, self._mistakes)
        calendar = read_calendar(reader) if (reader := self._once("calendar", is_optional=True)) else {}
        services = read_services(reader, known["info"]) if (reader := self._once("services", is_optional=True)) else {}
        visits = read_visits(reader) if (reader := self._once("visits", is_optional=True)) else VisitWords()
        routing = self._routing()
        surveys = self._surveys(known, events)
        has_topics = "routing.yaml" in self._trees or "routing.yaml" not in self._files
        topics_known = routing.topics if has_topics else Unsure(routing.topics)
        canned = read_canned(reader, topics_known) if (reader := self._once("canned", is_optional=True)) else {}
        hearing, alarms = self._hearing(known["page"]), self._alarms(questions, known["question"])
        default = self._default(offices)
        known_offices = offices if len(offices) == sum(file.startswith("offices/") for file in self._files) else None
        known_facts = facts if "facts.yaml" in self._trees else None
        check_passages(self.passages, known_facts, known_offices, style, self._mistakes)
        if rules is None or consent is None or default is None:
            return None
        return Content(
            texts=frozen(texts),
            words=frozen(words),
            situations=frozen(situations),
            topics=frozen(topics),
            questions=frozen(questions),
            pages=frozen(pages),
            facts=frozen(facts),
            offices=frozen(offices),
            default_office=default,
            rules=rules,
            channels=frozen(channels),
            consent=consent,
            sources=frozen(sources),
            style=style,
            fingerprint=fingerprint(self._files),
            profile=frozen(profile or {}),
            obstacles=frozen(obstacles),
            events=frozen(events),
            roles=frozen(roles),
            points=frozen(points),
            calendar=frozen(calendar),
            services=frozen(services),
            visits=visits,
            routing=routing,
            surveys=frozen(surveys),
            canned=frozen(canned),
            matcher=matcher_of(questions.values(), hearing, alarms),
        )

    def _reader(self, file: str, *, has_figures: bool = False) -> Reader | None:
        tree = self._trees.get(file)
        if tree is None:
            return None
        shape = None if self._shapes is None else self._shapes.setdefault(kind_of(file), Shape())
        return Reader(file, tree, self._mistakes, self.passages, has_figures=has_figures, shape=shape)

    def _once(self, stem: str, *, is_optional: bool = False, has_figures: bool = False) -> Reader | None:
        file = f"{stem}.yaml"
        if file not in self._files and not is_optional:
            self._mistakes.add(file, 1, "нет файла", "верните его из поставки")
        return self._reader(file, has_figures=has_figures)

    def _folder(self, folder: str, *, has_figures: bool = False) -> Iterator[tuple[str, Reader]]:
        for file in self._trees:
            if file.startswith(f"{folder}/") and (reader := self._reader(file, has_figures=has_figures)):
                yield file.removeprefix(f"{folder}/").removesuffix(".yaml"), reader

    def _named(self, folder: str) -> list[str]:
        """Ids that the files of the folder stand for, readable or not."""
        prefix = f"{folder}/"
        return [name.removeprefix(prefix).removesuffix(".yaml") for name in self._files if name.startswith(prefix)]

    def _texts(self) -> dict[str, Text]:
        needs = self._needs if self._is_strict else COMMON
        texts: dict[str, Text] = {}
        for flow, reader in self._folder("texts"):
            texts.update(read_talk(flow, reader, needs))
        missing(texts, needs, self._trees, self._mistakes)
        return texts

    def _rules(self) -> Rules | None:
        reader = self._once("rules")
        return read_rules(reader) if reader else None

    def _profile(self) -> dict[str, ProfileQuestion] | None:
        """Questions about the citizen, None when the file can't be read."""
        if "profile.yaml" not in self._files:
            return {}
        return read_profile(reader) if (reader := self._once("profile")) else None

    def _situations(self, profile: Mapping[str, ProfileQuestion] | None) -> dict[str, Situation]:
        found = []
        for ident in self._situation_ids:
            head, page, days = (
                self._reader(f"situations/{ident}/{part}.yaml") for part in ("situation", "page", "days")
            )
            for part in ("situation", "page"):
                file = f"situations/{ident}/{part}.yaml"
                if file not in self._files:
                    self._mistakes.add(file, 1, "нет файла", "добавьте его по образцу соседней жизненной ситуации")
            if head is not None:
                has_plan = f"situations/{ident}/plan.yaml" in self._files
                situation = read_situation(ident, head, page, profile, has_plan=has_plan)
                found.append(replace(situation, days=read_days(days)) if days else situation)
        if not self._situation_ids:
            self._mistakes.add("situations", 1, "нет ни одной жизненной ситуации", "верните папку из поставки")
        found.sort(key=lambda one: (one.order, one.id))
        asked = {question for situation in found for question in situation.asks}
        if len(found) < len(self._situation_ids) or asked - (profile or {}).keys():
            asked.update(profile or ())  # what is asked where is not known yet: told already
        plans = self._plans(dict.fromkeys([*(one.id for one in found), *self._situation_ids]), profile, asked)
        if any(one.is_ready and one.id not in plans for one in found):
            self._item_ids = Unsure(self._item_ids)  # its file is missing: told already
        self._stages = {step.stage for plan in plans.values() for step in plan}
        return {one.id: replace(one, plan=plans.get(one.id, ())) for one in found}

    def _plans(
        self, idents: Iterable[str], profile: Mapping[str, ProfileQuestion] | None, asked: Collection[str]
    ) -> dict[str, tuple[PlanStep, ...]]:
        files = {ident: file for ident in idents if (file := f"situations/{ident}/plan.yaml") in self._files}
        readers = {ident: reader for ident, file in files.items() if (reader := self._reader(file))}
        drafts = {ident: read_plan(reader, profile, asked) for ident, reader in readers.items()}
        unread = files.keys() - readers.keys()
        items = dict.fromkeys(item for plan in drafts.values() for item in plan)
        self._item_ids = Unsure(items) if unread else items
        return settle(drafts, unread, self._mistakes)

    def _obstacles(self, known: Mapping[str, Collection[str]]) -> dict[str, Obstacle]:
        reader = self._once("obstacles", is_optional=True)
        if reader is None:
            return {}
        return read_obstacles(reader, {kind: ids for kind, ids in known.items() if kind != "info"})

    def _leads(self, questions: Collection[str]) -> dict[str, Collection[str]]:
        """What other files may name: kind → ids. A file that can't be read is told once, not wherever it is named."""
        is_whole = all(name in self._trees for name in self._files if name.startswith("questions/"))
        return {
            "item": self._item_ids,
            "question": questions if is_whole else Unsure(questions),
            "page": self._named("pages"),
            "info": self._situation_ids,
        }

    def _topics(self, texts: Mapping[str, Text]) -> dict[str, Topic]:
        taken: dict[str, str] = {}
        found = [
            read_topic(name, reader, self._mistakes, taken, _not_sure(texts))
            for name, reader in self._folder("questions")
        ]
        return {topic.id: topic for topic in sorted(found, key=lambda one: (one.order, one.id))}

    def _pages(self, texts: Mapping[str, Text]) -> dict[str, FurtherPage]:
        found = [read_page(name, reader, _not_sure(texts)) for name, reader in self._folder("pages")]
        return {page.id: page for page in sorted(found, key=lambda one: (one.order, one.id))}

    def _sources(self, questions: Collection[str]) -> dict[str, Source]:
        reader = self._once("sources", is_optional=True)
        if reader is None:
            return {}
        sources = read_sources(reader)
        for token, source in sources.items():
            for what, ident, known in (
                ("жизненной ситуации", source.situation, self._situation_ids),
                ("вопроса", source.question, questions),
                ("офиса", source.office, self._named("offices")),
            ):
                if ident and ident not in known:
                    close = nearest(ident, known)
                    remedy = f"возможно, {close}" if close else f"есть: {listed(known)}"
                    reader.wrong(token, f"ведёт в никуда: нет {what} «{ident}»", remedy)
        return sources

    def _events(
        self,
        known: Mapping[str, Collection[str]],
        profile: Mapping[str, ProfileQuestion] | None,
        words: Mapping[str, tuple[str, ...]],
    ) -> dict[str, Event]:
        reader = self._once("events", is_optional=True)
        if reader is None:
            return {}
        commands = {word: command for command, every in words.items() for word in every}
        return read_events(reader, Known(known["info"], known["item"], known, profile, commands))

    def _points(self, offices: Mapping[str, Office]) -> tuple[dict[str, Role], dict[str, Point]]:
        """Specialists and where they receive; a point needs the file that says who they are."""
        has_points = any(file.startswith("points/") for file in self._files)
        reader = self._once("roles", is_optional=not has_points)
        roles = read_roles(reader) if reader else None if has_points else {}
        idents = [*offices, *self._named("offices")]
        points = {
            name: read_point(name, one, offices=idents, situations=self._situation_ids, roles=roles)
            for name, one in self._folder("points", has_figures=True)
        }
        return roles or {}, points

    def _routing(self) -> Routing:
        reader = self._once("routing", is_optional=True)
        return read_routing(reader, self._named("questions")) if reader else Routing()

    def _surveys(self, known: Mapping[str, Collection[str]], events: Mapping[str, Event]) -> dict[str, Survey]:
        drafts = {name: read_survey(name, reader, known) for name, reader in self._folder("surveys")}
        names = self._named("surveys")
        has_events = "events.yaml" in self._trees or "events.yaml" not in self._files
        stages = None if isinstance(self._item_ids, Unsure) else sorted(self._stages)
        settle_surveys(drafts, names, events if has_events else None, stages)
        return {name: draft.survey for name, draft in drafts.items()}

    def _hearing(self, pages: Collection[str]) -> Hearing:
        reader = self._once("hearing", is_optional=True)
        return read_hearing(reader, pages) if reader else Hearing()

    def _alarms(self, questions: Mapping[str, Question], known: Collection[str]) -> Alarms:
        reader = self._once("crisis", is_optional=True)
        return read_alarms(reader, questions, known) if reader else Alarms()

    def _check_nudge(self, rules: Rules | None, events: Mapping[str, Event]) -> None:
        if "events.yaml" in self._files and "events.yaml" not in self._trees:
            return  # its own mistake is told; what it names is not known
        if rules is not None and rules.nudge is not None and (reader := self._reader("rules.yaml")):
            check_nudge(rules.nudge, reader, events)

    def _check_questions(self, questions: Mapping[str, Question]) -> None:
        for question in questions.values():
            file = f"questions/{question.topic}.yaml"
            inside = self._trees[file].entries["questions"]
            line = inside.lines[question.id] if isinstance(inside, Branch) else 1
            self._check_meant(question.situations, file, line, question.id)

    def _check_pages(self, pages: Mapping[str, FurtherPage]) -> None:
        for page in pages.values():
            file = f"pages/{page.id}.yaml"
            line = self._trees[file].lines.get("situations", 1)
            self._check_meant(page.situations, file, line, "situations")

    def _check_meant(self, meant: Sequence[str], file: str, line: int, place: str) -> None:
        """Whom a question or a page is for: situations that there are."""
        for ident in meant:
            if ident not in self._situation_ids:
                close = nearest(ident, self._situation_ids)
                remedy = f"возможно, {close}" if close else f"есть: {listed(self._situation_ids)}"
                self._mistakes.add(file, line, f"в «{place}» нет жизненной ситуации «{ident[:60]}»", remedy)

    def _default(self, offices: Mapping[str, Office]) -> Office | None:
        chosen = [office for office in offices.values() if office.is_default]
        if len(offices) == 1:
            return next(iter(offices.values()))
        if len(chosen) == 1:
            return chosen[0]
        if not any(file.startswith("offices/") for file in self._files):
            self._mistakes.add(
                "offices", 1, "нет ни одного офиса", "добавьте файл offices/<имя>.yaml по образцу из поставки"
            )
        for office in chosen[1:] or list(offices.values())[:1]:
            what = "главных офисов больше одного" if chosen else "не сказано, какой офис главный"
            self._mistakes.add(f"offices/{office.id}.yaml", 1, what, "напишите «is_default: да» ровно в одном файле")
        return None


def _not_sure(texts: Mapping[str, Text]) -> str:
    """The sentence after what nobody confirmed."""
    return texts["common.not_sure"].text if "common.not_sure" in texts else ""
