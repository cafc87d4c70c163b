from importlib import import_module

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "plimsoll.site.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from plimsoll.kernel.events import connect  # noqa: PLC0415 (models must be loaded first)
        from plimsoll.kernel.records.beside import set_beside  # noqa: PLC0415
        from plimsoll.kernel.targets.queries import set_sources  # noqa: PLC0415
        from plimsoll.kernel.ui.alike import set_answers  # noqa: PLC0415
        from plimsoll.kernel.ui.panels import hang  # noqa: PLC0415
        from plimsoll.planning.objectives.feeding import set_months  # noqa: PLC0415
        from plimsoll.site.findings import FINDERS, stated_by_objectives  # noqa: PLC0415
        from plimsoll.site.wiring import ACTS, ANSWERS, BESIDE, CLOCKS, FLAGS, MONTHS, PANELS, WIRING  # noqa: PLC0415
        from plimsoll.support.intake.linting.looking import look_after  # noqa: PLC0415

        connect(WIRING)
        hang(PANELS, ACTS, FLAGS)
        set_sources(CLOCKS)
        set_answers(ANSWERS)
        set_beside(BESIDE)
        set_months(MONTHS)
        look_after(FINDERS, [stated_by_objectives])
        import_module("plimsoll.site.checks")
