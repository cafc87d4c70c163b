"""The addresses of the settings pages, of the demonstration's sign-in, and of the rooms' own pages."""

from django.urls import URLPattern, URLResolver, path

from plimsoll.site.desk import (
    demo_signin,
    notice_settings,
    settings_escalation,
    settings_fields,
    settings_hours,
    settings_incidents,
    settings_indicators,
    settings_pages,
    settings_workflow,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/sign-in/", demo_signin.sign_in, name="demo_sign_in"),
    path("settings/", settings_pages.IndexPage.as_view(), name="settings"),
    path("settings/organisation/", settings_pages.OrganisationPage.as_view(), name="settings_organisation"),
    path("settings/mail/", settings_pages.MailPage.as_view(), name="settings_mail"),
    path("settings/log/", settings_pages.LogPage.as_view(), name="settings_log"),
    path("settings/hours/", settings_hours.CalendarsPage.as_view(), name="settings_hours"),
    path("settings/hours/new/", settings_hours.CalendarPage.as_view(), name="settings_hours_new"),
    path("settings/hours/<int:number>/", settings_hours.CalendarPage.as_view(), name="settings_hours_edit"),
    path("settings/hours/<int:number>/holidays/", settings_hours.HolidaysPage.as_view(), name="settings_holidays"),
    path("settings/categories/", settings_incidents.CategoriesPage.as_view(), name="settings_categories"),
    path("settings/categories/new/", settings_incidents.CategoryPage.as_view(), name="settings_category_new"),
    path("settings/categories/<int:number>/", settings_incidents.CategoryPage.as_view(), name="settings_category"),
    path("settings/priorities/", settings_incidents.MatrixPage.as_view(), name="settings_priorities"),
    path("settings/assignment-rules/", settings_incidents.RulesPage.as_view(), name="settings_rules"),
    path("settings/assignment-rules/new/", settings_incidents.RulePage.as_view(), name="settings_rule_new"),
    path("settings/assignment-rules/<int:number>/", settings_incidents.RulePage.as_view(), name="settings_rule"),
    path("settings/assignment-rules/<int:number>/try/", settings_incidents.TryRulePage.as_view(), name="settings_rule_try"),
    path("settings/escalation/", settings_escalation.EscalationPage.as_view(), name="settings_escalation"),
    path("settings/notices/", notice_settings.NoticeSettingsPage.as_view(), name="settings_notices"),
    path("preferences/notices/", notice_settings.NoticePreferencesPage.as_view(), name="notice_preferences"),
    path("settings/indicators/", settings_indicators.TargetsPage.as_view(), name="settings_indicators"),
    path("settings/indicators/rules/", settings_indicators.RulesPage.as_view(), name="settings_indicator_rules"),
    path("settings/indicators/<str:key>/", settings_indicators.TargetPage.as_view(), name="settings_indicator"),
    path("settings/fields/", settings_fields.FieldsPage.as_view(), name="settings_fields"),
    path("settings/fields/new/", settings_fields.FieldPage.as_view(), name="settings_field_new"),
    path("settings/fields/<int:number>/", settings_fields.FieldPage.as_view(), name="settings_field"),
    path("settings/fields/<int:number>/retire/", settings_fields.RetireFieldPage.as_view(), name="settings_field_retire"),
    path("settings/workflows/", settings_workflow.WorkflowsPage.as_view(), name="settings_workflows"),
    path("settings/workflows/<str:kind>/", settings_workflow.WorkflowPage.as_view(), name="settings_workflow"),
]
