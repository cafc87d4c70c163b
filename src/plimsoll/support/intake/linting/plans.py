"""What is judged of a plan: whole references, measurable objectives, no subject missing. It reads nothing but the subject."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.reading.shapes import Grid, Listing, Section, pieces_of
from plimsoll.support.intake.linting import catalogue as rules
from plimsoll.support.intake.linting.catalogue import Lint, Subject, quoted
from plimsoll.support.intake.linting.texts import sections_about, spoken
from plimsoll.support.intake.proposing import clauses_in

# Processes by what they are called in texts.
PROCESSES = (
    (gettext_lazy("incident management"), r"\bincident management\b"),
    (gettext_lazy("problem management"), r"\bproblem management\b"),
    (gettext_lazy("request fulfilment"), r"\b(?:service )?request (?:fulfil\w+|management)\b"),
    (gettext_lazy("change management"), r"\bchange management\b"),
    (gettext_lazy("release and deployment"), r"\brelease (?:and deployment|management)\b"),
    (gettext_lazy("design and transition"), r"\bdesign and transition\b"),
    (gettext_lazy("configuration management"), r"\bconfiguration management\b"),
    (gettext_lazy("budgeting and accounting"), r"\bbudgeting\b"),
    (gettext_lazy("financial management"), r"\bfinancial management\b"),
    (gettext_lazy("capacity management"), r"\bcapacity management\b"),
    (gettext_lazy("demand management"), r"\bdemand management\b"),
    (gettext_lazy("availability management"), r"\bavailability management\b"),
    (gettext_lazy("service continuity"), r"\bcontinuity management\b"),
    (gettext_lazy("information security"), r"\binformation security (?:management(?! system)|process)\b"),
    (gettext_lazy("supplier management"), r"\bsupplier management\b"),
    (gettext_lazy("business relationship management"), r"\bbusiness relationship management\b"),
    (gettext_lazy("service level management"), r"\bservice level management\b"),
    (gettext_lazy("service catalogue management"), r"\bservice catalogu?e? management\b"),
    (gettext_lazy("knowledge management"), r"\bknowledge management\b"),
)
SUBJECTS = (
    (gettext_lazy("opportunities"), r"\brisks and opportunities\b|\bopportunit\w+ (?:beside|and) risks?\b|\bregister of opportunities\b"),
    (gettext_lazy("knowledge"), r"\bknowledge\b"),
    (gettext_lazy("demand"), r"\bdemands?\b(?! (?:that|for proof))"),
    (
        gettext_lazy("assets"),
        r"\basset (?:management|register|and configuration)\b|\basset register\b|\bmanagement of assets\b|\bassets? (?:is|are) recorded\b",
    ),
    (gettext_lazy("climate change"), r"\bclimate\b"),
)
OUTDATED = (
    (
        r"\bmanagement representative\b",
        gettext_lazy("The role “management representative” is no longer asked for; its responsibilities remain (5.3)."),
    ),
    (r"\bpreventive actions?\b", gettext_lazy("“Preventive action” is no longer a term of its own: risks and opportunities took its place (6.1).")),
)
_MEASURE = re.compile(r"\d|%|\bper ?cent\b|\bwithin (?:one|two|three|a|an)\b|\bby the end of\b", re.IGNORECASE)
_REFERENCES = r"\breference|related documents"


def check_reference_list(subject: Subject) -> Iterator[Lint]:
    """L-01: processes that the text uses and the list of references leaves out."""
    lists = sections_about(subject, _REFERENCES)
    if not lists:
        return
    listed = "\n".join(section.text for section in lists)
    names = {section.name for section in lists}
    omitted: list[str] = []
    where = (0, "")
    for name, pattern in PROCESSES:
        if re.search(pattern, listed, re.IGNORECASE):
            continue
        used = next(
            (
                (line, section)
                for line, section, text in spoken(subject, with_remarks=False)
                if section not in names and re.search(pattern, text, re.IGNORECASE)
            ),
            None,
        )
        if used is not None:
            omitted.append(str(name))
            where = where if where[0] else used
    if omitted:
        said = _("The text uses %(names)s, and the list of references leaves them out.") % {"names": ", ".join(omitted)}
        yield Lint(rules.REFERENCES_OMIT, said, _("Add their documents to the references."), where[0], where[1], quoted(", ".join(omitted)))


def check_clauses(subject: Subject) -> Iterator[Lint]:
    """L-01: clauses of the standard that sections put into practice, and that the references do not name."""
    for section in sections_about(subject, _REFERENCES):
        for block in section.blocks:
            for line, text in pieces_of(block):
                found = re.search(r"20000-1(?::(\d{4}))?", text)
                named = clauses_in(text[found.end() :]) if found else ()
                if found is None or len(named) < 2:
                    continue
                is_2011 = found[1] == "2011"
                needed: dict[str, str] = {}
                for match in subject.matches:
                    if match.ours is None or match.section.name == section.name:
                        continue
                    for clause in match.ours.clauses_2011 if is_2011 else match.ours.clauses:
                        needed.setdefault(".".join(clause.split("-")[0].split(".")[:3]), match.section.name)
                lacking = [c for c in sorted(needed, key=_order) if not any(_covers(c, n) for n in named)]
                if lacking:
                    said = _("Sections put clauses %(clauses)s into practice, which the references do not name.") % {"clauses": ", ".join(lacking)}
                    yield Lint(rules.CLAUSES_OMIT, said, _("Name them, or the clauses 4 to 10 as a whole."), line, section.name, quoted(text))


def _order(clause: str) -> tuple[int, ...]:
    return tuple(int(part) for part in clause.split(".") if part.isdecimal())


def _covers(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def check_objectives(subject: Subject) -> Iterator[Lint]:
    """L-02: an objective without a figure, a measure or a day."""
    for section in sections_about(subject, r"^(?:[\w ]*\b)?objectives?$|^goals?$|^objectives\b"):
        if "{{" in section.text or any(isinstance(b, Grid) for b in section.blocks):
            continue  # filled from records, or a table whose columns say how it is measured
        for item in (i for block in section.blocks if isinstance(block, Listing) for i in block.items):
            if not _MEASURE.search(item.text):
                said = _("“%(text)s” says neither how it is measured nor by when.") % {"text": quoted(item.text)}
                todo = _("Add a measure, where it starts, its target, the day and the owner.")
                yield Lint(rules.NOT_MEASURABLE, said, todo, item.line, section.name, quoted(item.text))


def check_risks(subject: Subject) -> Iterator[Lint]:
    """L-04: the register of risks stands in the appendix of one process, though it must cover the whole system."""
    pattern = re.compile(r"appendix of [^.)]*?\b(continuity|availability|security|supplier)\b", re.IGNORECASE)
    for section in sections_about(subject, r"\brisk"):
        for block in section.blocks:
            for line, text in pieces_of(block):
                if (found := pattern.search(text)) and re.search(r"\brisk (?:assessment|register|treatment)", text, re.IGNORECASE):
                    said = _("Risks are kept in an appendix of another process (%(process)s), where not all of them are looked for.")
                    todo = _("Keep one register of risks for the whole system.")
                    yield Lint(rules.RISKS_ELSEWHERE, said % {"process": found[1].casefold()}, todo, line, section.name, quoted(found[0]))
                    return


def check_terms(subject: Subject) -> Iterator[Lint]:
    """L-06: terms that went with an older edition."""
    for pattern, sentence in OUTDATED:
        hits = [(line, section, found[0]) for line, section, text in spoken(subject) for found in re.finditer(pattern, text, re.IGNORECASE)]
        if hits:
            line, section, quote = hits[0]
            yield Lint(
                rules.TERM_OUTDATED,
                str(sentence),
                _("Name the role of ours that has them."),
                line,
                section,
                quote,
                lines=tuple(dict.fromkeys(h[0] for h in hits)),
            )


def check_services(subject: Subject) -> Iterator[Lint]:
    """L-07: no list of the services in the body. An appendix that records fill is as good."""
    if re.search(r"\{\{\s*(?:table|list)\s+services\.", "\n".join(text for _l, _s, text in spoken(subject, with_remarks=False))):
        return
    body = [
        s
        for s in sections_about(subject, r"\bservices\b(?!.*requirement)")
        if not _is_appendix(s) and any(isinstance(b, Grid | Listing) for b in s.blocks)
    ]
    named = next(
        ((line, section) for line, section, text in spoken(subject, with_remarks=False) if re.search(r"\blist of services\b", text, re.IGNORECASE)),
        None,
    )
    if not [s for s in body if not re.search(r"new or changed|process|objective", s.name, re.IGNORECASE)]:
        said = _("The text names no service; a list stands in an appendix at best.")
        yield Lint(rules.SERVICES_APART, said, _("List the services in the text, or let a field fill the appendix."), *(named or (0, "")))


def _is_appendix(section: Section) -> bool:
    return bool(re.match(r"appendix|annex|\d+(?:\.\d+)* (?:appendices|annexes)", section.name, re.IGNORECASE))


def check_parties(subject: Subject) -> Iterator[Lint]:
    """L-08: nothing says how other parties take part in the design and transition of services."""
    skipped = {s.name for s in sections_about(subject, _REFERENCES)}
    party = re.compile(r"\b(?:other|third|external) part(?:y|ies)\b|\bsuppliers?\b|\bparty\b", re.IGNORECASE)
    work = re.compile(r"\bdesign(?:ed|ing)?\b|\btransition\b|\bnew (?:and|or) changed\b", re.IGNORECASE)
    titles = " ".join(s.name for s in subject.text.sections() if s.name not in skipped)
    texts = [titles, *(text for _l, section, text in spoken(subject, with_remarks=False) if section not in skipped)]
    sentences = [s for text in texts for s in re.split(r"(?<=[.;])\s", text)]
    if not any(party.search(s) and work.search(s) for s in sentences):
        said = _("Nothing says how other parties work with us on new and changed services.")
        yield Lint(rules.PARTIES_IN_TRANSITION, said, _("Say how a party is chosen, and what is agreed on its part in design and transition."))


def check_subjects(subject: Subject) -> Iterator[Lint]:
    """L-09: what a plan says today and did not say under an older edition."""
    told = "\n".join([*(text for _l, _s, text in spoken(subject, with_remarks=False)), *(h.title for h in subject.text.headings)])
    for name, pattern in SUBJECTS:
        if not re.search(pattern, told, re.IGNORECASE):
            yield Lint(
                rules.SUBJECT_MISSING,
                _("The text says nothing on %(subject)s.") % {"subject": name},
                _("Add what is done about it, or where that stands."),
            )


PLANS = (check_reference_list, check_clauses, check_risks, check_services, check_parties, check_subjects)
ALL = (check_objectives, check_terms)
