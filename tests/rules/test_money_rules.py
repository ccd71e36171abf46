"""Rule 13: money is Decimal, payments are only ever added, balances are derived."""

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from scheduling.models import Course, Payment
from scheduling.services.courses import record_payment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(clinic, reception) -> Payment:
    course = factories.CourseFactory(clinic=clinic, price=Decimal("1250.50"))
    return record_payment(by=reception, course=course, amount=Decimal("3000.25"))


def test_a_payment_is_a_decimal_of_the_course_s_currency(payment, reception):
    payment.refresh_from_db()
    assert (payment.amount, payment.currency, payment.received_by) == (
        Decimal("3000.25"),
        "RUB",
        reception,
    )


@pytest.mark.parametrize("statement", ["UPDATE {table} SET amount = 1", "DELETE FROM {table}"])
def test_a_payment_is_never_changed(payment, broken, statement):
    with broken() as names, connection.cursor() as cursor:
        cursor.execute(statement.format(table="scheduling_payment"))
    assert names == ["pgtrigger: Cannot update or delete rows from scheduling_payment table"]


def test_a_payment_of_nothing_is_refused(payment, broken):
    with broken() as names:
        Payment.objects.create(
            course=payment.course,
            amount=0,
            currency="RUB",
            received_at=timezone.now(),
            received_by=payment.received_by,
        )
    assert names == ["payment_not_zero"]


def test_the_balance_is_what_was_agreed_less_what_was_paid(payment, reception):
    course = payment.course
    record_payment(by=reception, course=course, amount=Decimal("-0.25"), comment="change")
    with_money = Course.objects.with_money().get(pk=course.pk)
    assert [getattr(with_money, name) for name in ("agreed", "paid", "balance")] == [
        Decimal("12505.00"),
        Decimal("3000.00"),
        Decimal("9505.00"),
    ]
