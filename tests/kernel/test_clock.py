"""Time: one source, Asia/Shanghai, the offset in one place; working days with their make-up days."""

import contextvars
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.kernel import clock
from portal.kernel.models import ClockShift
from portal.kernel.workdays import add_workdays, is_workday, workdays_between

SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=30)


@pytest.fixture
def unmoved():
    """The clock as a fresh request finds it."""
    token = clock._offset.set(None)
    yield
    clock._offset.reset(token)


@pytest.mark.django_db
def test_business_time_is_the_wall_clock_until_it_is_moved(unmoved):
    assert abs(clock.now() - datetime.now(UTC)) < SOON
    assert str(clock.now().tzinfo) == "Asia/Shanghai"
    assert clock.offset() == timedelta()


@pytest.mark.django_db
def test_the_stored_shift_moves_both_clocks_alike(unmoved):
    ClockShift.objects.create(pk=1, shift=timedelta(days=-400))
    assert clock.load() == timedelta(days=-400)
    for reading in (clock.now(), clock.legal_now()):
        assert abs(reading - (datetime.now(UTC) - timedelta(days=400))) < SOON
    ClockShift.objects.update(shift=timedelta(days=-1))
    assert clock.offset() == timedelta(days=-400)
    clock.forget()
    assert clock.offset() == timedelta(days=-1)


@pytest.mark.django_db
def test_legal_moments_are_the_database_servers(monkeypatch):
    monkeypatch.setattr(clock.timezone, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))
    assert clock.now().year > 2024
    assert clock.legal_now().year == 2023


@pytest.mark.django_db
def test_legal_time_goes_on_inside_a_transaction():
    first = clock.legal_now()
    assert clock.legal_now() > first


def test_a_shift_ends_with_its_block():
    before = clock.now()
    with clock.shifted_to(datetime(2022, 8, 24, tzinfo=clock.SHANGHAI)):
        assert clock.today() == date(2022, 8, 24)
        with clock.shifted_to(datetime(2024, 2, 29, tzinfo=clock.SHANGHAI)):
            assert clock.today() == date(2024, 2, 29)
        assert clock.today() == date(2022, 8, 24)
    assert abs(clock.now() - before) < SOON


def test_today_is_the_day_in_shanghai():
    with clock.shifted_to(datetime(2023, 12, 31, 16, 0, 1, tzinfo=UTC)):
        assert clock.today() == date(2024, 1, 1)
    with clock.shifted_to(datetime(2023, 12, 31, 15, 59, 0, tzinfo=UTC)):
        assert clock.today() == date(2023, 12, 31)


def test_a_day_begins_at_midnight_in_shanghai():
    assert clock.at(date(2024, 1, 1)) == datetime(2023, 12, 31, 16, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_where_the_clock_may_not_be_moved_a_stored_shift_is_nothing(unmoved, settings):
    ClockShift.objects.create(pk=1, shift=timedelta(days=-400))
    settings.CLOCK_MOVABLE = False
    assert clock.load() == timedelta()
    assert abs(clock.legal_now() - datetime.now(UTC)) < SOON
    with (
        pytest.raises(RuntimeError, match="cannot be moved"),
        clock.shifted_to(datetime(2023, 1, 1, tzinfo=UTC)),
    ):
        pass


@pytest.mark.django_db
def test_only_one_shift_can_be_stored():
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        ClockShift.objects.create(pk=2, shift=SECOND)


@pytest.mark.django_db
def test_a_task_reads_the_shift_anew(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False

    def inside():
        clock._offset.set(timedelta(days=-9))
        clock._before_task(None)
        return clock.offset()

    ClockShift.objects.create(pk=1, shift=timedelta(days=-3))
    assert contextvars.copy_context().run(inside) == timedelta(days=-3)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2023, 12, 27), 5, date(2024, 1, 4)),
        (date(2023, 9, 27), 5, date(2023, 10, 10)),
        (date(2022, 9, 29), 5, date(2022, 10, 11)),
        (date(2023, 1, 18), 5, date(2023, 1, 30)),
        (date(2023, 12, 25), 7, date(2024, 1, 4)),
        (date(2023, 10, 16), 0, date(2023, 10, 16)),
    ],
)
def test_working_day_periods(start, days, end):
    assert add_workdays(start, days) == end
    assert workdays_between(start, end) == days


@pytest.mark.parametrize(
    "day",
    [
        date(2022, 10, 8),
        date(2022, 10, 9),
        date(2023, 1, 28),
        date(2023, 10, 7),
        date(2023, 10, 8),
        date(2024, 2, 4),
        date(2024, 2, 18),
    ],
)
def test_made_up_weekend_days_are_worked(day):
    assert day.weekday() >= 5
    assert is_workday(day)


@pytest.mark.parametrize("day", [date(2023, 10, 2), date(2023, 1, 23), date(2024, 1, 1), date(2023, 10, 14)])
def test_holidays_and_weekends_are_not(day):
    assert not is_workday(day)


def test_years_without_a_published_calendar_count_as_plain_weekdays():
    assert is_workday(date(2035, 10, 1))
    assert not is_workday(date(2035, 10, 6))


def test_periods_backward_are_negative():
    assert workdays_between(date(2023, 10, 20), date(2023, 10, 16)) == -4
