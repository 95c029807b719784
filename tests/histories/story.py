"""Made-up articles with errors in known places, in English and in Russian."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from copydesk.errata.quote import Quote

CONTEXT = 200

_PARTS = {
    "en": (
        ("The harbour master", "A spokesman for the council", "The younger ferryman", "Her sister",
         "The keeper of the lighthouse", "An engineer from the bridge", "The night watchman"),
        ("announced", "remembered", "complained", "promised", "explained", "wrote in a letter"),
        ("that the repairs would last", "that nobody had measured the depth", "that the budget was",
         "that two boats had collided", "that the timetable had changed", "that the bell rang"),
        ("until the middle of October", "three times in one winter", "before the second tide",
         "in spite of every warning", "because of the northern wind", "without any witnesses"),
    ),
    "ru": (
        ("Начальник порта", "Представитель городского совета", "Младший паромщик", "Его соседка",
         "Смотритель маяка", "Инженер мостового управления", "Ночной сторож"),
        ("сообщил", "вспомнил", "пожаловался", "пообещал", "объяснил", "написал в письме"),
        ("что ремонт продлится", "что глубину никто не измерял", "что смета увеличится",
         "что две лодки столкнулись", "что расписание изменилось", "что колокол звонил"),
        ("до середины октября", "трижды за одну зиму", "перед вторым приливом",
         "несмотря на предупреждения", "из-за северного ветра", "без единого свидетеля"),
    ),
}  # fmt: skip
_AND = {"en": ", and", "ru": ", а"}


@dataclass(frozen=True)
class Flaw:
    """One error: the wrong word in the sentence, and the right one."""

    paragraph: int
    sentence: int
    wrong: str
    right: str


@dataclass(frozen=True)
class Story:
    """An article as it should be, and the errors it was printed with."""

    language: str
    title: str
    paragraphs: tuple[tuple[str, ...], ...]
    flaws: tuple[Flaw, ...]

    def printed(self, wrong: Collection[int]) -> list[str]:
        """Return the paragraphs with those of the flaws that are still there."""
        sentences = [list(paragraph) for paragraph in self.paragraphs]
        for number in wrong:
            flaw = self.flaws[number]
            mended = sentences[flaw.paragraph][flaw.sentence]
            sentences[flaw.paragraph][flaw.sentence] = mended.replace(flaw.right, flaw.wrong, 1)
        return [" ".join(paragraph) for paragraph in sentences if paragraph]

    def quote(self, number: int) -> Quote:
        """Return what a reader of the first printing selects."""
        text = "\n".join([self.title, *self.printed(range(len(self.flaws)))])
        start = text.index(self.flaws[number].wrong)
        end = start + len(self.flaws[number].wrong)
        return Quote(
            text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        )

    def without_sentence(self) -> "Story":
        """Return the story after the sentence of the first flaw was taken out."""
        flaw = self.flaws[0]
        left = [
            tuple(
                text
                for place, text in enumerate(paragraph)
                if (number, place) != (flaw.paragraph, flaw.sentence)
            )
            for number, paragraph in enumerate(self.paragraphs)
        ]
        return replace(self, paragraphs=tuple(left), flaws=())


def make_story(chooser: random.Random, language: str, flaws: int = 1) -> Story:
    """Return a story of five paragraphs, whose sentences all differ, with that many flaws."""
    sentences = _sentences(chooser, language)
    paragraphs = tuple(tuple(next(sentences) for _ in range(3)) for _ in range(5))
    places = chooser.sample(range(1, 4), flaws)
    whole = " ".join(text for paragraph in paragraphs for text in paragraph)
    found = tuple(_flaw(chooser, paragraphs, place, whole) for place in places)
    return Story(language, next(sentences).rstrip("."), paragraphs, found)


def _sentences(chooser: random.Random, language: str) -> Iterator[str]:
    seen: set[str] = set()
    who, did, that, when = _PARTS[language]
    while True:
        halves = [
            f"{chooser.choice(who)} {chooser.choice(did)}, {chooser.choice(that)} "
            f"{chooser.choice(when)}"
            for _ in range(2)
        ]
        number = chooser.randrange(11, 989)
        text = f"{halves[0]}{_AND[language]} {halves[1].lower()} ({number})."
        if text not in seen:
            seen.add(text)
            yield text


def _flaw(
    chooser: random.Random, paragraphs: tuple[tuple[str, ...], ...], place: int, whole: str
) -> Flaw:
    sentence = chooser.randrange(3)
    text = paragraphs[place][sentence]
    words = [word for word in text.replace(",", " ").split() if word.isalpha() and len(word) >= 6]
    while True:
        right = chooser.choice(words)
        at = chooser.randrange(1, len(right) - 2)
        wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
        # The sentence's first copy of the word must be the one that is misprinted.
        if wrong not in whole and wrong != right and f" {right}" in text:
            return Flaw(place, sentence, wrong, right)
