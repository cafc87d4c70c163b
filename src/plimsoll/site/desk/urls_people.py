"""Addresses of signing in, people, teams, organisations, one's account and roles. Those of allauth are named one by one: the rest stays shut."""

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as app_views
from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from plimsoll.site.desk import (
    account,
    decisions_page,
    keys_page,
    own_page,
    people,
    people_import,
    people_leaving,
    people_teams,
    setup,
    setup_closing,
    why,
)

urlpatterns: list[URLPattern] = [
    path("setup/", setup.setup, name="setup"),
    path("me/", own_page.OwnPage.as_view(), name="own_page"),
    path("people/<int:number>/here/", own_page.OwnPage.as_view(), name="person_here"),
    path("invitation/<str:secret>/", account.invitation, name="invitation"),
    path("accounts/login/", account_views.login, name="account_login"),
    path("accounts/logout/", account_views.logout, name="account_logout"),
    path("accounts/inactive/", account_views.account_inactive, name="account_inactive"),
    path("accounts/signup/", account_views.signup, name="account_signup"),  # says that people are invited
    path("accounts/reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account_views.password_change, name="account_change_password"),
    path("accounts/password/set/", account_views.password_set, name="account_set_password"),
    path("accounts/password/reset/", account_views.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("accounts/password/reset/key/done/", account_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("accounts/2fa/", RedirectView.as_view(pattern_name="my_account"), name="mfa_index"),
    path("accounts/2fa/authenticate/", factor_views.authenticate, name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/2fa/app/", app_views.activate_totp, name="mfa_activate_totp"),
    path("accounts/2fa/app/remove/", app_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("accounts/2fa/recovery-codes/", recovery_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/new/", recovery_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("accounts/2fa/recovery-codes/file/", recovery_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/", account.AccountPage.as_view(), name="my_account"),
    path("account/edit/", account.MePage.as_view(), name="my_entry"),
    path("account/sessions/end/", account.EndSessionPage.as_view(), name="end_session"),
    path("account/tokens/new/", account.NewTokenPage.as_view(), name="token_new"),
    path("account/tokens/<int:number>/revoke/", account.RevokeTokenPage.as_view(), name="token_revoke"),
    path("account/stand-in/", account.StandInPage.as_view(), name="stand_in"),
    path("account/stand-in/<int:number>/end/", account.EndStandInPage.as_view(), name="stand_in_end"),
    path("preferences/", account.PreferencesPage.as_view(), name="preferences"),
    path("preferences/keys/", keys_page.KeysPage.as_view(), name="keys"),
    path("preferences/theme/", account.ThemePage.as_view(), name="theme"),
    path("people/", people.PeoplePage.as_view(), name="people"),
    path("people/new/", people.NewPersonPage.as_view(), name="person_new"),
    path("people/import/", people_import.PeopleImportPage.as_view(), name="people_import"),
    path("people/<int:number>/", people.PersonPage.as_view(), name="person"),
    path("people/<int:number>/edit/", people.EditPersonPage.as_view(), name="person_edit"),
    path("people/<int:number>/leave/", people_leaving.LeavePage.as_view(), name="person_leave"),
    path("people/<int:number>/erase/", people_leaving.ErasePage.as_view(), name="person_erase"),
    path("people/<int:number>/<slug:act>/", people.PersonActPage.as_view(), name="person_act"),
    path("people/<int:number>/<slug:act>/<int:subject>/", people.PersonActPage.as_view(), name="person_act_on"),
    path("teams/", people_teams.TeamsPage.as_view(), name="teams"),
    path("teams/new/", people_teams.TeamFormPage.as_view(), name="team_new"),
    path("teams/<int:number>/", people_teams.TeamPage.as_view(), name="team"),
    path("teams/<int:number>/edit/", people_teams.TeamFormPage.as_view(), name="team_edit"),
    path("organizations/", people_teams.OrganizationsPage.as_view(), name="organizations"),
    path("organizations/new/", people_teams.OrganizationFormPage.as_view(), name="organization_new"),
    path("organizations/<int:number>/", people_teams.OrganizationPage.as_view(), name="organization"),
    path("organizations/<int:number>/edit/", people_teams.OrganizationFormPage.as_view(), name="organization_edit"),
    path("why/", why.WhyPage.as_view(), name="why"),
    path("decisions/", decisions_page.StuckPage.as_view(), name="decisions_stuck"),
    path("decisions/<int:number>/", decisions_page.OthersPage.as_view(), name="decisions_others"),
    path("duties/", setup_closing.DutiesPage.as_view(), name="duties"),
]
