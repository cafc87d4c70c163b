"""The reference page of the indicators, from their registry. It writes no file."""

from plimsoll.kernel.figures.definitions import indicators

UNITS = {"count": "a number", "share": "a share, 0 to 1", "seconds": "a time, in seconds", "number": "a number with decimals"}
BETTER = {"up": "more", "down": "less", "neither": "neither"}


def page(made: str) -> str:
    """Every indicator: its rule, formula and source, its unit, its cuts, and the records that can be looked at."""
    lines = [
        "# Indicators",
        "",
        made,
        "",
        "What is measured (9.1), by which rule. A month is [start, end) in the organisation's time zone. A share or mean of nothing is undefined: "
        "pages say “no records”, the API says null. Nobody's figures count more than they may see. "
        "How to add one: [guide](../howto/add-an-indicator.md).",
        "",
        "| Number | Key | Indicator | Better is |",
        "| --- | --- | --- | --- |",
        *(f"| {i.code} | [`{i.key}`](#{i.key}) | {i.title} | {BETTER[i.better]} |" for i in indicators()),
    ]
    for i in indicators():
        lines += [
            "",
            f"## {i.key}",
            "",
            f"**{i.title}** ({i.code}, version {i.formula_version} of the formula).",
            "",
            f"{i.rule}",
            "",
            f"- Formula: {i.formula}.",
            f"- Unit: {UNITS[i.unit]}. Better is {BETTER[i.better]}.",
            f"- Source: {i.source}",
            f"- {i.cuts} As addresses write them: {', '.join(f'`{d.name}`' for d in i.dimensions)}.",
            f"- Records that can be looked at: {', '.join(f'`{name}` ({label})' for name, label in i.parts.items())}.",
        ]
    return "\n".join(lines) + "\n"
