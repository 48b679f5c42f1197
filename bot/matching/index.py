"""
The index: four sparse TF-IDF cosines, of characters and of lemmas, with every phrase and with every whole entry.

    s(entry) = .15 best phrase by characters + .15 best phrase by lemmas + .40 entry by characters + .30 entry by lemmas

Words the base does not know stay in the query's norm with the greatest weight: that is what turns foreign subjects
away. Measured best of twenty ways without model files (reference text-matching, section 1).
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log, sqrt

from bot.matching.morphology import lemma
from bot.matching.reading import ADDED, Dictionary, Read, lemmas_of, read

WEIGHTS = (0.15, 0.15, 0.40, 0.30)
GRAMS = (3, 4)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What can be found. phrases: ways to say it. keywords: words that fit no neighbour. excluded: with the words of one
    of these lines in the text it is something else.
    """

    id: str
    phrases: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """score: 0 to 1. covered: the share, by weight, of the words written that the entry has."""

    id: str
    score: float
    covered: float


class Index:
    """Built once, asked often; never changes. synonyms: words as people write them → words of the base."""

    def __init__(self, entries: Sequence[Entry], synonyms: Mapping[str, str] | None = None) -> None:
        self._ids = [entry.id for entry in entries]
        self._excluded = [[frozenset(_lemmas(line)) for line in entry.excluded] for entry in entries]
        phrases = [[read(phrase) for phrase in (*entry.phrases, *entry.keywords)] for entry in entries]
        flat = [one for every in phrases for one in every]
        owners = [number for number, every in enumerate(phrases) for _ in every]
        whole = [[form for one in every for form in one.lemmas] for every in phrases]
        meant = {tuple(lemma(word) for word in key.split()): value.split() for key, value in (synonyms or {}).items()}
        known = {word for one in flat for word in one.words} | {w for key in (synonyms or {}) for w in key.split()}
        self.dictionary = Dictionary(sorted(word for word in known if len(word) > 3), meant, known)
        self._own = [frozenset(one) for one in whole]
        self._spaces = (
            _Space([_grams_of(one.words) for one in flat], owners),
            _Space([Counter(one.lemmas) for one in flat], owners),
            _Space([_sum(_grams_of(one.words) for one in every) for every in phrases], None),
            _Space([Counter(one) for one in whole], None),
        )

    def find(self, text: str, limit: int = 5) -> list[Hit]:
        """The likeliest entries, best first; none for a text without a word."""
        seen = read(text, self.dictionary)
        if not self._ids or seen.is_empty:
            return []
        grams = _query(_grams_of(seen.words), _grams_of(seen.added))
        lemmas = _query(Counter(seen.lemmas), Counter(lemmas_of(seen.added)))
        totals = [0.0] * len(self._ids)
        for weight, space, query in zip(WEIGHTS, self._spaces, (grams, lemmas, grams, lemmas), strict=True):
            space.add(query, weight, totals)
        said = frozenset(seen.lemmas)
        for number, lines in enumerate(self._excluded):
            if any(line <= said for line in lines):
                totals[number] = 0.0
        best = nlargest(limit, range(len(totals)), key=totals.__getitem__)
        return [
            Hit(self._ids[number], totals[number], self._covered(seen, number)) for number in best if totals[number] > 0
        ]

    def _covered(self, seen: Read, number: int) -> float:
        own, heavy = self._own[number], self._spaces[-1].idf
        meant = self.dictionary.synonyms
        total = got = 0.0
        for said in frozenset(seen.lemmas):
            weight = heavy(said)
            total += weight
            if said in own or not own.isdisjoint(lemmas_of(meant.get((said,), ()))):
                got += weight
        return got / total if total else 0.0


class _Space:
    """One vector space. owners: whose each document is, the best of them counts; None: each is its own."""

    def __init__(self, documents: Sequence[Mapping[str, float]], owners: Sequence[int] | None) -> None:
        count = len(documents)
        found: Counter[str] = Counter(feature for document in documents for feature in document)
        self._idf = {feature: log((1 + count) / (1 + often)) + 1 for feature, often in found.items()}
        self._strange = log(1 + count) + 1
        self._size = count
        self._owners = owners
        self._numbers: dict[str, array[int]] = {feature: array("H") for feature in found}
        self._weights: dict[str, array[float]] = {feature: array("f") for feature in found}
        for number, document in enumerate(documents):
            vector = {feature: _tf(often) * self._idf[feature] for feature, often in document.items()}
            norm = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
            for feature, weight in vector.items():
                self._numbers[feature].append(number)
                self._weights[feature].append(weight / norm)

    def idf(self, feature: str) -> float:
        """How much a feature tells; the most for one that the base does not know."""
        return self._idf.get(feature, self._strange)

    def add(self, query: Mapping[str, float], weight: float, totals: list[float]) -> None:
        """The cosine of the query with each owner's documents, times the weight, goes on top of the totals."""
        vector = {feature: often * self._idf.get(feature, self._strange) for feature, often in query.items()}
        norm = sqrt(sum(value * value for value in vector.values()))
        if not norm:
            return
        scores = [0.0] * self._size
        for feature, value in vector.items():
            numbers = self._numbers.get(feature)
            if numbers is None:
                continue
            share = value * weight / norm
            for number, own in zip(numbers, self._weights[feature], strict=True):
                scores[number] += share * own
        if self._owners is None:
            for number, score in enumerate(scores):
                totals[number] += score
            return
        best = [0.0] * len(totals)
        for owner, score in zip(self._owners, scores, strict=True):
            if score > best[owner]:
                best[owner] = score
        for number, score in enumerate(best):
            totals[number] += score


def _tf(often: float) -> float:
    return 1 + log(often) if often >= 1 else often


def _grams_of(words: Sequence[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    text = f" {' '.join(words)} "
    for size in GRAMS:
        for start in range(len(text) - size + 1):
            found[text[start : start + size]] += 1
    return found


def _query(own: Counter[str], added: Counter[str]) -> dict[str, float]:
    """What was written, and what a synonym adds to it with less weight."""
    query = {feature: _tf(often) for feature, often in own.items()}
    for feature in added:
        query[feature] = max(query.get(feature, 0.0), ADDED)
    return query


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counters:
        total.update(one)
    return total


def _lemmas(line: str) -> list[str]:
    return read(line).lemmas
