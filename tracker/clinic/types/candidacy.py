"""What is asked before a needling. Answers are recorded and shown to the clinician; nothing is decided by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.errors import InvalidInput
from tracker.wording import mark, t

ISOTRETINOIN_MONTHS = 6
"""Default of how far back the question about isotretinoin looks; each clinic sets its own."""
MOST_NOTE = 500
"""Characters beside one answer: two lines on a page; more belongs into the note of the whole checklist."""
MOST_CHECKLIST_NOTE = 5_000


class Question(StrEnum):
    """What is asked, in the order of the checklist; ``{months}`` is what the clinic has set."""

    ISOTRETINOIN = "isotretinoin taken within the last {months} months"
    PREGNANCY = "pregnancy or breastfeeding"
    INFECTION = "active infection or herpes in the area"
    OPEN_WOUNDS = "open wounds in the area"
    RADIATION = "radiation treatment of the area"
    KELOID = "keloids or hypertrophic scars, ever"
    ECZEMA = "eczema or psoriasis"
    COLD_SORES = "cold sores, ever"
    ACTIVE_ACNE = "active acne in the area"


class Reply(StrEnum):
    """What was answered; nobody asked, or nobody knew, is an answer of its own."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not known"


_FLAGS = {
    Question.ISOTRETINOIN: mark("Isotretinoin within the last {months} months."),
    Question.PREGNANCY: mark("Pregnant or breastfeeding."),
    Question.INFECTION: mark("Active infection or herpes in the area."),
    Question.OPEN_WOUNDS: mark("Open wounds in the area."),
    Question.RADIATION: mark("Radiation treatment of the area."),
    Question.KELOID: mark("Keloids or hypertrophic scars before."),
    Question.ECZEMA: mark("Eczema or psoriasis."),
    Question.COLD_SORES: mark("Cold sores before: note on prophylaxis?"),
    Question.ACTIVE_ACNE: mark("Active acne in the area."),
}
_PROPHYLAXIS_NOTED = mark("Cold sores before; note on prophylaxis:")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the checklist, with what was said beside it."""

    question: Question
    reply: Reply = Reply.UNKNOWN
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.note) > MOST_NOTE:
            raise InvalidInput(
                f"Note on {self.question.name}: expected at most {MOST_NOTE} characters, found {len(self.note)}; "
                "shorten it."
            )


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One filled checklist of one patient; a later one replaces it but it stays on record.

    Parameters
    ----------
    id, patient_id : str
        Random ids.
    answers : tuple of Answer
        One for each question, in the order of :class:`Question`.
    months : int
        How far back the question about isotretinoin looked on that day.
    note : str
        Free text on the whole.
    author_id : str
        Who wrote it down; empty for the operator of the computer.
    created : datetime
        UTC.
    """

    id: str
    patient_id: str
    answers: tuple[Answer, ...]
    months: int
    note: str
    author_id: str
    created: datetime

    @property
    def flags(self) -> tuple[str, ...]:
        """What the clinician should have seen, in words."""
        return flags_of(self.answers, self.months)

    @property
    def flagged(self) -> bool:
        """Whether anything was answered with yes or is not known."""
        return any(answer.reply is not Reply.NO for answer in self.answers)


def complete(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """One answer for each question, in order; what is missing is not known.

    Raises
    ------
    InvalidInput
        A question was answered twice.
    """
    given = {answer.question: answer for answer in answers}
    if len(given) < len(answers):
        raise InvalidInput("Checklist: expected one answer for each question, found two for one; choose one.")
    return tuple(given.get(question, Answer(question)) for question in Question)


def question_words(question: Question, months: int = ISOTRETINOIN_MONTHS) -> str:
    """The question in the language of this moment; a clinic that looks back 0 months asks who takes it now."""
    if question is Question.ISOTRETINOIN and not months:
        return t("isotretinoin taken at present")
    return t(str(question), months=months)


def flags_of(answers: Sequence[Answer], months: int = ISOTRETINOIN_MONTHS) -> tuple[str, ...]:
    """What the clinician should have seen, in words: each yes with its note, then what is not known in one line.

    Parameters
    ----------
    answers : sequence of Answer
        Of the checklist.
    months : int
        How far back the question about isotretinoin looked.
    """
    flags = [_flag(answer, months) for answer in answers if answer.reply is Reply.YES]
    unknown = [question_words(answer.question, months) for answer in answers if answer.reply is Reply.UNKNOWN]
    if unknown:
        flags.append(t("Not known: {questions}.", questions="; ".join(unknown)))
    return tuple(flags)


def _flag(answer: Answer, months: int) -> str:
    if answer.question is Question.COLD_SORES and answer.note:
        return f"{t(_PROPHYLAXIS_NOTED)} {answer.note}"
    now = answer.question is Question.ISOTRETINOIN and not months
    words = t("Takes isotretinoin at present.") if now else t(_FLAGS[answer.question], months=months)
    return f"{words} {answer.note}" if answer.note else words
