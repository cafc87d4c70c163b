"""Who there is: tenants, organizations, people, teams. It knows nothing of records, roles or the trail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Tenant(models.Model):
    """One provider with its customers and suppliers: the outermost wall."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(max_length=16, default="en-gb")
    # Everything cached per process (workflows, matrices, custom fields) is keyed by this number: a change of settings adds one.
    settings_version = models.PositiveIntegerField(default=1)
    settings = models.JSONField(default=dict, blank=True)
    is_demonstration = models.BooleanField(default=False)
    set_up_at = models.DateTimeField(null=True, blank=True)
    set_up_closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """The provider, its units, customers and suppliers. A record is for one of them."""

    KINDS = (("provider", _("Provider")), ("unit", _("Unit")), ("customer", _("Customer")), ("supplier", _("Supplier")))

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="organizations")
    kind = models.CharField(_("kind"), max_length=16, choices=KINDS)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    external_reference = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", Lower("name"), name="organization_name_once", violation_error_message=_("There is already an organisation of that name.")
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(kind="provider"),
                name="one_provider",
                violation_error_message=_("There is already a provider; further parts of it are units."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds people for sign-in: by address, never by number."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who acts or is named. `kind` says whether it is a human, the system itself, or a name that an import brought."""

    KINDS = (("human", _("Person")), ("system", _("System")), ("imported", _("Imported name")))

    tenant = models.ForeignKey(Tenant, null=True, on_delete=models.PROTECT, related_name="people")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("organisation")
    )  # the main one; memberships hold all, with dates
    kind = models.CharField(max_length=16, choices=KINDS, default="human")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), null=True, blank=True, unique=True)
    external_reference = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(max_length=16, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"
        indexes: ClassVar = [models.Index(fields=["tenant", "name"], name="person_by_name")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "external_reference"],
                condition=~Q(external_reference=""),
                name="person_external_once",
                violation_error_message=_("There is already a person with that external reference."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or (self.email or "")

    @property
    def is_staff(self) -> bool:
        """No one enters the Django admin by right; access is decided in `kernel.access`."""
        return False

    def has_perm(self, word: str, record: Any = None) -> bool:
        """Templates and third-party code ask the same oracle (through the authentication backends)."""
        from django.contrib.auth import get_backends  # noqa: PLC0415 (identity lies below access, which holds the backend)

        return any(b.has_perm(self, word, record) for b in get_backends() if hasattr(b, "has_perm"))

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Membership(models.Model):
    """A person in an organization for a time. Half-open: `ended_at` is exclusive; empty means still."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    title = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="membership_ends_after_start",
                violation_error_message=_("A membership ends after it starts."),
            ),
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=Q(ended_at=None),
                name="membership_once_at_a_time",
                violation_error_message=_("This person is already a member."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.organization}"


class Team(models.Model):
    """People who work together on records; belongs to the provider, one of its units, or a supplier."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="teams")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="teams", verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=200)
    external_reference = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    moves_settings: ClassVar = True  # each change of one moves `settings_version` on, so names may be kept in memory

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "tenant", Lower("name"), name="team_name_once", violation_error_message=_("There is already a team of that name.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """A person in a team for a time; half-open as `Membership`."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="team_memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "team"],
                condition=Q(ended_at=None),
                name="team_membership_once_at_a_time",
                violation_error_message=_("This person is already in the team."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class ApiToken(models.Model):
    """A key for programs: only its digest is kept, and it is shown once. `scopes` narrows what its person may do."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)  # words such as "read", "incident:open"; "*" for all that the person may
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Logo(models.Model):
    """The picture that stands for an organization on what is printed; documents that were approved keep the one of their day."""

    TYPES = (("png", "PNG"), ("jpeg", "JPEG"), ("svg", "SVG"))

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="logo")
    type = models.CharField(max_length=4, choices=TYPES)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organization}: {self.digest[:8]}"


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads what falls due for its person; only the digest of the secret is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="feeds")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    is_mine = models.BooleanField(default=False)  # only what its person answers for, not all that they may see
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Invitation(models.Model):
    """A link that lets one person choose a password; only the digest of its secret is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Invitation of {self.person}"


class PersonSession(AbstractBaseSession):
    """Where somebody is signed in. The row is the session itself, so that ending it signs out at once, and it names its person."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")  # empty before sign-in
    started_at = models.DateTimeField(null=True)
    user_agent = models.CharField(max_length=250, blank=True)
    address = models.CharField(max_length=64, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"Session of {self.person_id or 'nobody'}"
