"""What import files may set up, in the order in which it is written: what is named stands before what names it."""

from collections.abc import Sequence

from plimsoll.agreements.levels.bringing import AgreementKeeper
from plimsoll.agreements.suppliers.record import SUPPLIER
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.interested_parties.record import PARTY
from plimsoll.context.obligations.record import LIMITATION, OBLIGATION
from plimsoll.context.parts.bringing import DeclaredParts
from plimsoll.context.processes.parts import ALL as PARTS_OF_PROCESSES
from plimsoll.context.processes.record import PROCESS
from plimsoll.context.scopes.record import LOCATION, UNIT
from plimsoll.kernel.exchange.configuring.keeping import Keeper
from plimsoll.kernel.exchange.configuring.kept import CalendarKeeper, OrganizationKeeper, TeamKeeper
from plimsoll.kernel.exchange.configuring.records import RecordKeeper
from plimsoll.kernel.exchange.configuring.roles import RoleKeeper
from plimsoll.leadership.authorities.models import TOUCHABLE
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.leadership.authorities.record import SMS_CHANGE
from plimsoll.portfolio.services.record import SERVICE
from plimsoll.resolution.incidents.bringing import MatrixKeeper
from plimsoll.support.communication.record import COMMUNICATION
from plimsoll.support.competence.record import COMPETENCE
from plimsoll.support.tools.record import TOOL

KEEPERS: Sequence[Keeper] = [
    OrganizationKeeper(),
    TeamKeeper(),
    CalendarKeeper(),
    RoleKeeper(),
    RecordKeeper(UNIT),
    RecordKeeper(LOCATION),
    RecordKeeper(PARTY, DeclaredParts(REQUIREMENTS)),
    RecordKeeper(OBLIGATION),
    RecordKeeper(LIMITATION),
    RecordKeeper(PROCESS, *(DeclaredParts(part_type) for part_type in PARTS_OF_PROCESSES)),
    RecordKeeper(TOOL),
    RecordKeeper(COMPETENCE),
    # What was told is no plan: tellings are moves.
    RecordKeeper(COMMUNICATION, leave=("told_on", "told_by", "reached", "told_as")),
    RecordKeeper(SERVICE),
    RecordKeeper(SUPPLIER),
    MatrixKeeper(),
    AgreementKeeper(),
    RecordKeeper(SMS_CHANGE, DeclaredParts(TOUCHED, *TOUCHABLE)),
]
