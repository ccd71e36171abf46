"""The only writers of clearances: a clinician's permission over one passing contraindication."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.errors import NotClearable
from clients.models import Answer, Clearance, Screening
from cryoclinic.access import clinic_of
from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.models import ContraindicationKind

UNPROCESSABLE = 422


@service
def give_clearance(
    *, by: User, answer: Answer, valid_from: date, expires_on: date, reason: str
) -> Clearance:
    """Permit the procedure in spite of ``answer`` from day to day, both included.

    ``by`` needs ``clients.add_clearance``, else PermissionDenied. Raises NotClearable: only a
    passing yes of the client's current screening, from today on, before the answer ends by itself.
    """
    if not by.has_perm("clients.add_clearance"):
        raise PermissionDenied
    _refuse_other_answers(answer)
    _refuse_days(answer, valid_from, expires_on, today=clinic_of(by).today())
    if not reason.strip():
        raise NotClearable(
            _("A clearance needs its reason in writing."),
            _("Write why the procedure is possible."),
            UNPROCESSABLE,
        )
    return Clearance.objects.create(
        answer=answer,
        valid_from=valid_from,
        expires_on=expires_on,
        reason=reason.strip(),
        given_by=by,
    )


@service
def revoke_clearance(*, by: User, clearance: Clearance) -> Clearance:
    """Take a clearance back from now on; the row and the record of who did it stay.

    ``by`` needs ``clients.add_clearance``, else PermissionDenied. Raises NotClearable where it
    was revoked before.
    """
    if not by.has_perm("clients.add_clearance"):
        raise PermissionDenied
    standing = Clearance.objects.select_for_update(no_key=True).get(pk=clearance.pk)
    if standing.revoked_at is not None:
        raise NotClearable(_("This clearance was revoked already."))
    standing.revoked_at = timezone.now()
    standing.save(update_fields=["revoked_at"])
    return standing


def _refuse_other_answers(answer: Answer) -> None:
    if not answer.present:
        raise NotClearable(_("The answer was no: there is nothing to clear."))
    if answer.kind != ContraindicationKind.PASSING:
        raise NotClearable(
            _("An absolute contraindication can't be cleared by anybody."),
            _("Should the answer be wrong, screen the client again."),
        )
    asked = answer.screening.follows_id or answer.screening_id
    latest = Screening.objects.full().filter(client=answer.screening.client_id)
    if latest.order_by("-asked_at", "-id").values_list("pk", flat=True).first() != asked:
        raise NotClearable(
            _("The client has been screened again since."),
            _("Look at the answers of the new screening."),
        )


def _refuse_days(answer: Answer, first: date, last: date, *, today: date) -> None:
    if first < today or last < first:
        raise NotClearable(
            _("A clearance runs from today or later to the same day or later."),
            _("Choose other days."),
            UNPROCESSABLE,
        )
    if answer.stops_until and first >= answer.stops_until:
        raise NotClearable(
            _("It stops nothing any more from %(day)s on.")
            % {"day": date_format(answer.stops_until, "DATE_FORMAT")},
            _("Choose an earlier day, or book without a clearance."),
            UNPROCESSABLE,
        )
