"""The registry of indicators. Codes and names follow ISO 11620:2014 and ISO 2789:2013 where they have the indicator;
those of Kazakhstan's school libraries (order No. 827, the roadmap) bear codes of their own (``KZ``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.indicators.enums import Better, Measure, Part, Unit

Text = str | Promise
FLOWS = frozenset(
    {
        Measure.VISITS, Measure.LOANS, Measure.TEXTBOOK_LOANS, Measure.RENEWALS, Measure.NEW_READERS, Measure.EVENTS,
        Measure.ATTENDANCE, Measure.REFERENCES, Measure.RECEIVED, Measure.SPENT, Measure.WITHDRAWN,
    }
)  # fmt: skip
"""Measures that months add up; the others stand at the last month."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, how, whence, and who answers for the definition."""

    code: str
    part: Part
    name: Text
    definition: Text
    formula: Text
    numerator: tuple[Measure, ...]
    denominator: tuple[Measure, ...] = ()
    unit: Unit = Unit.NUMBER
    better: Better = Better.UP
    per: int = 1
    """The quotient is told for so many of the denominator."""
    source: Text = _("Loans, visits, registrations and acts of the libraries; counted by the system.")
    owner: Text = _("Republican Scientific and Pedagogical Library")


_FORMULA = _("Numerator divided by denominator.")
_READERS = (Measure.READERS,)
_COPIES = (Measure.COPIES,)

INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator(
            "B.2.1.1", Part.USE, _("Loans per reader"),
            _("How many books other than textbooks a registered reader borrows in a year (readability)."),
            _("Loans of the year without textbooks, divided by registered readers."), (Measure.LOANS,), _READERS,
        ),
        Indicator(
            "B.2.1.2", Part.USE, _("Turnover of the collection"),
            _("How many times a book of the fund other than a textbook is lent in a year."),
            _("Loans of the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.LOANS,), _COPIES,
        ),
        Indicator(
            "B.2.2.1", Part.USE, _("Visits per reader"),
            _("How often a registered reader comes in a year; each day of coming counts once."),
            _("Visits of the year, divided by registered readers."), (Measure.VISITS,), _READERS,
        ),
        Indicator(
            "KZ.1", Part.USE, _("Renewals per 100 loans"),
            _("How often a loan is prolonged instead of returned: many renewals point to too short terms."),
            _("Renewals of the year, divided by loans without textbooks, times 100."),
            (Measure.RENEWALS,), (Measure.LOANS,), better=Better.NEITHER, per=100,
        ),
        Indicator(
            "B.2.1.4", Part.USE, _("Share of the collection on loan"),
            _("What part of the fund other than textbooks is in readers' hands."),
            _("Copies on loan without textbooks, divided by copies in the fund without textbooks."),
            (Measure.ON_LOAN,), _COPIES, Unit.PERCENT,
        ),
        Indicator(
            "KZ.2", Part.USE, _("Share of overdue loans"),
            _("What part of what is lent should have come back already."),
            _("Overdue copies without textbooks, divided by copies on loan without textbooks."),
            (Measure.OVERDUE,), (Measure.ON_LOAN,), Unit.PERCENT, Better.DOWN,
        ),
        Indicator(
            "KZ.3", Part.USE, _("Textbooks issued per reader"),
            _("How many textbooks a registered reader was given in a year."),
            _("Loans of textbooks in the year, divided by registered readers."),
            (Measure.TEXTBOOK_LOANS,), _READERS, better=Better.NEITHER,
        ),
        Indicator(
            "B.2.2.2", Part.READERS, _("Share of readers who came"),
            _("What part of the registered readers came at least once in the year."),
            _("Readers who came in the year, divided by registered readers."),
            (Measure.ACTIVE,), _READERS, Unit.PERCENT,
        ),
        Indicator(
            "2789.6.2.2", Part.READERS, _("Registered readers"),
            _("Everybody with a reader's card that is in force."),
            _("Forms open at the end of the month."), _READERS, better=Better.NEITHER,
        ),
        Indicator(
            "2789.6.2.3", Part.READERS, _("New readers"),
            _("Readers registered for the first time in the library."), _("Registrations of the year."),
            (Measure.NEW_READERS,), better=Better.NEITHER,
        ),
        Indicator(
            "B.1.1.2", Part.FUND, _("Books per reader"),
            _("How many books other than textbooks there are for a registered reader."),
            _("Copies in the fund without textbooks, divided by registered readers."), _COPIES, _READERS,
        ),
        Indicator(
            "B.1.1.3", Part.FUND, _("Renewal of the fund"),
            _("What part of the fund other than textbooks came in the year; the roadmap wants 20 % of the core fund."),
            _("Copies received in the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.RECEIVED,), _COPIES, Unit.PERCENT,
        ),
        Indicator(
            "KZ.4", Part.FUND, _("Withdrawal from the fund"),
            _("What part of the fund other than textbooks was withdrawn in the year."),
            _("Copies withdrawn in the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.WITHDRAWN,), _COPIES, Unit.PERCENT, Better.NEITHER,
        ),
        Indicator(
            "B.3.1.1", Part.FUND, _("Acquisitions per reader, tenge"),
            _("What the books other than textbooks that came in the year cost for a registered reader."),
            _("Worth of what was received in the year without textbooks, divided by registered readers."),
            (Measure.SPENT,), _READERS, Unit.TENGE,
        ),
        Indicator(
            "2789.6.3", Part.FUND, _("Books in the fund"),
            _("Copies of the fund other than textbooks by the books of account."),
            _("Receipts less withdrawals to the end of the month."), _COPIES, better=Better.NEITHER,
        ),
        Indicator(
            "KZ.5", Part.FUND, _("Textbooks in the fund"),
            _("Volumes of the textbook fund by the books of account."),
            _("Receipts less withdrawals to the end of the month."), (Measure.TEXTBOOKS,), better=Better.NEITHER,
        ),
        Indicator(
            "KZ.L6", Part.PROVISION, _("Coverage of the core lists"),
            _("What part of the copies that the core lists want for the pupils is in the fund."),
            _("Copies provided, at most as many as needed of each title, divided by copies needed."),
            (Measure.LIST_PROVIDED,), (Measure.LIST_NEEDED,), Unit.PERCENT,
            source=_("Published core lists, pupils by grade, the funds; counted when one of them changes."),
        ),
        Indicator(
            "KZ.6", Part.PROVISION, _("Provision with textbooks"),
            _("What part of the textbooks that the sets want for the pupils is there and usable."),
            _("Textbooks provided, at most as many as needed of each title, divided by textbooks needed."),
            (Measure.SETS_PROVIDED,), (Measure.SETS_NEEDED,), Unit.PERCENT,
            source=_("Textbook sets of the school year, pupils by class, the funds; counted when one of them changes."),
        ),
        Indicator(
            "B.2.3.1", Part.EVENTS, _("Attendance of events per reader"),
            _("How many times a registered reader came to an event of the library in a year."),
            _("People who came to events in the year, divided by registered readers."), (Measure.ATTENDANCE,), _READERS,
            source=_("The library's diary."),
        ),
        Indicator(
            "KZ.7", Part.EVENTS, _("Events per 100 readers"), _("How many events the library held in a year."),
            _("Events of the year, divided by registered readers, times 100."), (Measure.EVENTS,), _READERS, per=100,
            source=_("The library's diary."),
        ),
        Indicator(
            "2789.6.2.7", Part.EVENTS, _("References answered"),
            _("Thematic, factual, address and clarifying references given to readers."), _("References of the year."),
            (Measure.REFERENCES,), better=Better.NEITHER, source=_("The library's diary."),
        ),
    )
}  # fmt: skip


def measures(codes: Iterable[str]) -> set[Measure]:
    """The measures that some indicators need."""
    return {measure for code in codes for measure in (*INDICATORS[code].numerator, *INDICATORS[code].denominator)}
