from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "plimsoll.site.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from plimsoll.kernel.documents.distributing import set_people_in_scope  # noqa: PLC0415 (models must be loaded first)
        from plimsoll.kernel.documents.triggers import set_triggers  # noqa: PLC0415
        from plimsoll.kernel.events import connect  # noqa: PLC0415
        from plimsoll.kernel.exchange.configuring.keeping import set_keepers  # noqa: PLC0415
        from plimsoll.kernel.figures.feeding import set_months  # noqa: PLC0415
        from plimsoll.kernel.records.beside import set_beside  # noqa: PLC0415
        from plimsoll.kernel.records.conditions import set_conditions  # noqa: PLC0415
        from plimsoll.kernel.targets.queries import set_sources  # noqa: PLC0415
        from plimsoll.kernel.ui.alike import set_answers  # noqa: PLC0415
        from plimsoll.kernel.ui.panels import hang  # noqa: PLC0415
        from plimsoll.leadership.policies.naming import set_namers  # noqa: PLC0415
        from plimsoll.leadership.policies.proofs import set_provers  # noqa: PLC0415
        from plimsoll.site import wiring  # noqa: PLC0415
        from plimsoll.site.configuring import KEEPERS  # noqa: PLC0415
        from plimsoll.site.findings import FINDERS, stated_by_objectives  # noqa: PLC0415
        from plimsoll.support.intake.linting.looking import look_after  # noqa: PLC0415

        connect(wiring.WIRING)
        hang(wiring.PANELS, wiring.ACTS, wiring.FLAGS)
        set_sources(wiring.CLOCKS)
        set_answers(wiring.ANSWERS)
        set_beside(wiring.BESIDE)
        set_months(wiring.MONTHS)
        set_namers(wiring.NAMERS)
        set_provers(wiring.PROVERS)
        set_people_in_scope(wiring.IN_SCOPE)
        set_conditions(wiring.CONDITIONS)
        set_keepers(KEEPERS)
        set_triggers(wiring.TRIGGERS)
        look_after(FINDERS, [stated_by_objectives])
        import_module("plimsoll.site.checks")
