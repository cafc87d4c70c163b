"""`plimsoll indicators`: the figures of a month, as the pages and the API tell them."""

import argparse
from typing import Any

from plimsoll.evaluation.measurements.operations import compute_ended_months
from plimsoll.evaluation.measurements.queries import answers, labels_of, month_asked, targets
from plimsoll.evaluation.measurements.shapes import answer_shape, in_order, indicator_shape
from plimsoll.evaluation.measurements.words import made_of, said, standing_in_words
from plimsoll.kernel.figures.definitions import UnknownCut, UnknownIndicator, indicator_named, indicators
from plimsoll.kernel.figures.periods import BadPeriod
from plimsoll.site.cli.house import actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "indicators",
        help="print the figures of a month",
        description="Without options: every indicator over the running month. A past month is told as it was stored, else counted now.",
    )
    parser.add_argument("indicator", nargs="*", help="only these, by their keys; --json lists them")
    parser.add_argument("--period", default="", metavar="MONTH", help="the month, written 2016-05, in the organisation's time zone")
    parser.add_argument("--cut", default="", metavar="DIMENSION", help="by service, organization, team or priority")
    parser.add_argument("--fresh", action="store_true", help="count now, whatever is stored")
    parser.add_argument("--store", action="store_true", help="first compute and store all ended months, as the nightly job does")
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    person = actor(options)
    assert person.tenant is not None
    try:
        month = month_asked(person, options.period)
        wanted = [indicator_named(key) for key in options.indicator] or indicators()
        if options.store:
            compute_ended_months(person.tenant)
        found = answers(person, wanted, [month], cut=options.cut, is_fresh=options.fresh)
    except (BadPeriod, UnknownIndicator, UnknownCut) as error:
        raise Stop(str(error.args[0])) from None
    if options.json:
        held = targets(person.tenant)
        print_json(
            {
                "period": month.name,
                "organization": person.tenant.slug,
                "indicators": [indicator_shape(i) | answer_shape(found[i.key, month.name], cut=options.cut, target=held.get(i.key)) for i in wanted],
            }
        )
        return 0
    print(f"{person.tenant.name}, {month.name} ({month.zone})")
    for indicator in wanted:
        answer = found[indicator.key, month.name]
        if not options.cut:
            needs = indicator.needs(person.tenant)
            told = needs or " ".join(filter(None, (f"{said(indicator, answer.whole.value):>14}", made_of(indicator, answer.whole))))
            print(f"{indicator.code:<10} {str(indicator.title):<32} {told}  [{standing_in_words(answer.standing)}]")
            continue
        print(f"{indicator.code} {indicator.title}")
        names = labels_of(indicator, options.cut, [f.member for f in answer.figures])
        for figure in in_order(answer.figures, names):
            print(f"    {names[figure.member]:<40} {said(indicator, figure.value):>14} {made_of(indicator, figure)}")
    return 0
