"""The contents page of the command line: every command, the module that holds it, and what it is for. It imports none of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command. Its module has `register(subparsers)`, which adds a parser of this name and sets its default `run`: a function
    that takes the parsed options and returns the exit code (None for 0).

    With `needs_system` the configuration is checked and Django is set up before the module is imported, so that it may import models.
    """

    name: str
    module: str
    purpose: str
    needs_system: bool = True


COMMANDS = (
    Command("demo", "plimsoll.site.cli.demo", "look around in a sample organisation"),
    Command("run", "plimsoll.site.cli.serve", "start your own system; the first start prints the code for the first visit", needs_system=False),
    Command("serve", "plimsoll.site.cli.serve", "run web server, worker and scheduler", needs_system=False),
    Command("worker", "plimsoll.site.cli.worker", "run one more worker alone"),
    Command("test", "plimsoll.site.cli.test", "run every test, on SQLite and on a real PostgreSQL", needs_system=False),
    Command("migrate", "plimsoll.site.cli.migrate", "bring the database up to date"),
    Command("check", "plimsoll.site.cli.check", "name what is wrong with the configuration, the declarations or the database"),
    Command("backup", "plimsoll.site.cli.backup", "write everything into a file, the keys into another"),
    Command("restore", "plimsoll.site.cli.restore", "put a backup into an empty system"),
    Command("verify", "plimsoll.site.cli.verify", "prove that the trail is what was written, and that what was computed from it still agrees"),
    Command("seal", "plimsoll.site.cli.seal", "seal the newest entries of the trail now instead of at the next job"),
    Command("rebuild", "plimsoll.site.cli.rebuild", "compute anew what is stored beside the records"),
    Command("verdicts", "plimsoll.site.cli.verdicts", "compare our clocks with the verdicts of an imported log"),
    Command("import", "plimsoll.site.cli.exchange", "bring records with their history in from a file of another tool"),
    Command("configure", "plimsoll.site.cli.configure", "set up roles, processes, agreements and more from a file, or write them into one"),
    Command("export", "plimsoll.site.cli.exchange", "write records out, with their history if asked"),
    Command("conformity", "plimsoll.site.cli.conformity", "print what the records prove of each requirement"),
    Command("indicators", "plimsoll.site.cli.indicators", "print the figures of a month"),
    Command("document", "plimsoll.site.cli.document", "write a document to a file: PDF, DOCX or Markdown"),
    Command("lint", "plimsoll.site.cli.lint", "judge the text of a plan or policy, ours or a file"),
    Command("people", "plimsoll.site.cli.people", "import people and teams from a CSV file"),
    Command("organizations", "plimsoll.site.cli.organizations", "list the organisations"),
    Command("roles", "plimsoll.site.cli.roles", "list the roles and who holds them"),
    Command("jobs", "plimsoll.site.cli.jobs", "look at the queue of background work, run a job again, stop one"),
    Command("redact", "plimsoll.site.cli.redact", "erase texts of a record by order"),
    Command("erase", "plimsoll.site.cli.erase", "erase a person who left"),
    Command("keys", "plimsoll.site.cli.keys", "look at and rotate the keys that prove the trail"),
    Command("show-record", "plimsoll.site.cli.show_record", "show what a record type is made of, and where each part comes from"),
    Command("diagram", "plimsoll.site.cli.diagram", "draw the workflow of a record type"),
    Command("new-record", "plimsoll.site.cli.new_record", "write the skeleton of a new record type"),
    Command("reference", "plimsoll.site.cli.reference", "write the generated reference pages anew"),
    Command("shell", "plimsoll.site.cli.shell", "open Python inside the running house"),
)
