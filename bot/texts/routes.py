"""Who answers which request for a person, and by when: what `routing.yaml` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LEAD = "lead"  # the role that hears complaints and of what is overdue
QUESTION = "question"  # the topic of whatever fits no other
AFTER_TAKE, NEVER = "after_take", "never"


@dataclass(frozen=True, slots=True)
class RouteTopic:
    """
    What a request is about. label: its button. role: who takes it, "" for whoever is there.

    says: beginnings of words that tell of it, lower case, е for ё. questions: topics of questions that lead here.
    flows: talks that lead here. is_private: seen by this role only, in no common chat of staff. answer_hours: working
    hours until an answer is promised, None for the usual ones.
    """

    id: str
    label: str
    role: str
    says: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    is_private: bool = False
    answer_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """
    topics: in the order shown, QUESTION among them. roles: role → how the citizen knows a specialist of it.

    silent_hours: working hours after which a case goes back from an owner who has said nothing. later_hours: by how
    many working hours «ответить позже» moves the promise. urgent_minutes: until an urgent case is overdue, day and
    night. words_in_chats: when a citizen's words are shown in a chat of staff (AFTER_TAKE or NEVER).
    """

    topics: Mapping[str, RouteTopic] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    silent_hours: int = 8
    later_hours: int = 8
    urgent_minutes: int = 15
    words_in_chats: str = AFTER_TAKE

    def topic(self, ident: str) -> RouteTopic:
        """The topic, or that of whatever fits no other: also for a topic that the content does not know any more."""
        return self.topics.get(ident) or self.topics.get(QUESTION) or RouteTopic(QUESTION, "", "")

    def of_question(self, topic: str, escalation: str) -> str:
        """The topic of a request that follows from a question: by who takes over, else by the question's own topic."""
        for route in self.topics.values():
            if escalation and route.role == escalation and not route.is_private:
                return route.id
        return next((route.id for route in self.topics.values() if topic in route.questions), QUESTION)


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """An answer that staff need again and again. topics: of requests it fits, none for all of them."""

    id: str
    title: str
    text: str
    topics: tuple[str, ...] = ()
