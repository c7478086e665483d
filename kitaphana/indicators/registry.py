"""The registry of indicators. Where ISO 11620 has the indicator or ISO 2789 the statistic, its name stands beside ours; the
others are those of Kazakhstan's school libraries (order No. 827, the roadmap). Codes are ours and never change."""

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


_FROM_WORK = _("Loans, visits, registrations and acts of the libraries; counted by the system.")
_KEEPER = _("Republican Scientific and Pedagogical Library")


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured, how, whence, and who answers for the definition."""

    code: str
    standard: str
    """The name of the standard's indicator or statistic it is or is built of; empty: of Kazakhstan's school libraries."""
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
    source: Text = _FROM_WORK
    owner: Text = _KEEPER


_READERS = (Measure.READERS,)
_COPIES = (Measure.COPIES,)

INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator(
            "U1", "ISO 11620: Loans per capita", Part.USE, _("Loans per reader"),
            _("How many books other than textbooks a registered reader borrows in a year (readability)."),
            _("Loans of the year without textbooks, divided by registered readers."), (Measure.LOANS,), _READERS,
        ),
        Indicator(
            "U2", "ISO 11620: Collection turnover", Part.USE, _("Turnover of the collection"),
            _("How many times a book of the fund other than a textbook is lent in a year."),
            _("Loans of the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.LOANS,), _COPIES,
        ),
        Indicator(
            "U3", "ISO 11620: Library visits per capita", Part.USE, _("Visits per reader"),
            _("How often a registered reader comes in a year; each day of coming counts once."),
            _("Visits of the year, divided by registered readers."), (Measure.VISITS,), _READERS,
        ),
        Indicator(
            "U4", "ISO 2789: Renewals", Part.USE, _("Renewals per 100 loans"),
            _("How often a loan is prolonged instead of returned: many renewals point to too short terms."),
            _("Renewals of the year, divided by loans without textbooks, times 100."),
            (Measure.RENEWALS,), (Measure.LOANS,), better=Better.NEITHER, per=100,
        ),
        Indicator(
            "U5", "ISO 2789: Loans", Part.USE, _("Share of the collection on loan"),
            _("What part of the fund other than textbooks is in readers' hands."),
            _("Copies on loan without textbooks, divided by copies in the fund without textbooks."),
            (Measure.ON_LOAN,), _COPIES, Unit.PERCENT,
        ),
        Indicator(
            "U6", "", Part.USE, _("Share of overdue loans"),
            _("What part of what is lent should have come back already."),
            _("Overdue copies without textbooks, divided by copies on loan without textbooks."),
            (Measure.OVERDUE,), (Measure.ON_LOAN,), Unit.PERCENT, Better.DOWN,
        ),
        Indicator(
            "U7", "", Part.USE, _("Textbooks issued per reader"),
            _("How many textbooks a registered reader was given in a year."),
            _("Loans of textbooks in the year, divided by registered readers."),
            (Measure.TEXTBOOK_LOANS,), _READERS, better=Better.NEITHER,
        ),
        Indicator(
            "R1", "ISO 11620: Percentage of target population reached", Part.READERS, _("Share of readers who came"),
            _("What part of the registered readers came at least once in the year."),
            _("Readers who came in the year, divided by registered readers."),
            (Measure.ACTIVE,), _READERS, Unit.PERCENT,
        ),
        Indicator(
            "R2", "ISO 2789: Registered users", Part.READERS, _("Registered readers"),
            _("Everybody with a reader's card that is in force."),
            _("Forms open at the end of the month."), _READERS, better=Better.NEITHER,
        ),
        Indicator(
            "R3", "ISO 2789: New registered users", Part.READERS, _("New readers"),
            _("Readers registered for the first time in the library."), _("Registrations of the year."),
            (Measure.NEW_READERS,), better=Better.NEITHER,
        ),
        Indicator(
            "F1", "ISO 2789: Collection", Part.FUND, _("Books per reader"),
            _("How many books other than textbooks there are for a registered reader."),
            _("Copies in the fund without textbooks, divided by registered readers."), _COPIES, _READERS,
        ),
        Indicator(
            "F2", "ISO 2789: Additions", Part.FUND, _("Renewal of the fund"),
            _("What part of the fund other than textbooks came in the year; the roadmap wants 20 % of the core fund."),
            _("Copies received in the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.RECEIVED,), _COPIES, Unit.PERCENT,
        ),
        Indicator(
            "F3", "ISO 2789: Withdrawals", Part.FUND, _("Withdrawal from the fund"),
            _("What part of the fund other than textbooks was withdrawn in the year."),
            _("Copies withdrawn in the year without textbooks, divided by copies in the fund without textbooks."),
            (Measure.WITHDRAWN,), _COPIES, Unit.PERCENT, Better.NEITHER,
        ),
        Indicator(
            "F4", "ISO 2789: Acquisition expenditure", Part.FUND, _("Acquisitions per reader, tenge"),
            _("What the books other than textbooks that came in the year cost for a registered reader."),
            _("Worth of what was received in the year without textbooks, divided by registered readers."),
            (Measure.SPENT,), _READERS, Unit.TENGE,
        ),
        Indicator(
            "F5", "ISO 2789: Collection", Part.FUND, _("Books in the fund"),
            _("Copies of the fund other than textbooks by the books of account."),
            _("Receipts less withdrawals to the end of the month."), _COPIES, better=Better.NEITHER,
        ),
        Indicator(
            "F6", "", Part.FUND, _("Textbooks in the fund"),
            _("Volumes of the textbook fund by the books of account."),
            _("Receipts less withdrawals to the end of the month."), (Measure.TEXTBOOKS,), better=Better.NEITHER,
        ),
        Indicator(
            "P1", "", Part.PROVISION, _("Coverage of the core lists"),
            _("What part of the copies that the core lists want for the pupils is in the fund."),
            _("Copies provided, at most as many as needed of each title, divided by copies needed."),
            (Measure.LIST_PROVIDED,), (Measure.LIST_NEEDED,), Unit.PERCENT,
            source=_("Published core lists, pupils by grade, the funds; counted when one of them changes."),
        ),
        Indicator(
            "P2", "", Part.PROVISION, _("Provision with textbooks"),
            _("What part of the textbooks that the sets want for the pupils is there and usable."),
            _("Textbooks provided, at most as many as needed of each title, divided by textbooks needed."),
            (Measure.SETS_PROVIDED,), (Measure.SETS_NEEDED,), Unit.PERCENT,
            source=_("Textbook sets of the school year, pupils by class, the funds; counted when one of them changes."),
        ),
        Indicator(
            "E1", "ISO 2789: Attendances at library events", Part.EVENTS, _("Attendance of events per reader"),
            _("How many times a registered reader came to an event of the library in a year."),
            _("People who came to events in the year, divided by registered readers."), (Measure.ATTENDANCE,), _READERS,
            source=_("The library's diary."),
        ),
        Indicator(
            "E2", "ISO 2789: Library events", Part.EVENTS, _("Events per 100 readers"), _("How many events the library held in a year."),
            _("Events of the year, divided by registered readers, times 100."), (Measure.EVENTS,), _READERS, per=100,
            source=_("The library's diary."),
        ),
        Indicator(
            "E3", "ISO 2789: Information requests", Part.EVENTS, _("References answered"),
            _("Thematic, factual, address and clarifying references given to readers."), _("References of the year."),
            (Measure.REFERENCES,), better=Better.NEITHER, source=_("The library's diary."),
        ),
    )
}  # fmt: skip


def measures(codes: Iterable[str]) -> set[Measure]:
    """The measures that some indicators need."""
    return {measure for code in codes for measure in (*INDICATORS[code].numerator, *INDICATORS[code].denominator)}
