from datetime import date, datetime
from random import Random

import pytest

from portal.kernel import clock
from portal.pages.demonstration.diary import Diary, office_time, on, through


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, 10, day, hour, minute, tzinfo=clock.SHANGHAI)


def test_lives_are_told_in_one_order_of_time():
    told = []

    def life(name, *moments):
        for moment in moments:
            yield moment
            told.append((name, clock.now().replace(microsecond=0, second=0)))

    diary = Diary(until=at(16, 9))
    diary.begin(life("a", at(9, 10), at(11, 10)))
    diary.begin(life("b", at(10, 10), at(11, 10)))
    diary.run()
    assert told == [("a", at(9, 10)), ("b", at(10, 10)), ("a", at(11, 10)), ("b", at(11, 10))]


def test_steps_at_the_same_moment_come_one_after_the_other():
    seen = []

    def life():
        yield at(9, 10)
        seen.append(clock.now())

    diary = Diary(until=at(16, 9))
    diary.begin(life())
    diary.begin(life())
    diary.run()
    assert seen[0] < seen[1]


def test_a_step_past_the_end_is_a_fault_in_the_plan():
    diary = Diary(until=at(16, 9))
    diary.begin(iter([at(16, 9, 1)]))
    with pytest.raises(RuntimeError, match="after the end"):
        diary.run()


@pytest.mark.parametrize(
    ("moment", "day"),
    [(at(13, 10), 13), (at(13, 18), 16), (at(14, 10), 16), (at(13, 7), 13), (at(13, 12, 30), 13)],
)
def test_people_work_on_working_days_in_working_hours(moment, day):
    found = office_time(moment, Random("x"))
    assert found.day == day
    assert 8 <= found.hour < 18 and found.hour != 12


def test_a_make_up_saturday_is_a_working_day():
    assert on(date(2023, 10, 7), Random("x")).date() == date(2023, 10, 7)


def test_actions_are_spread_up_to_the_deadline():
    done = []
    diary = Diary(until=at(16, 9))

    def life():
        yield at(9, 9)
        yield from through(at(13, 16), [lambda: done.append(clock.now())] * 4, Random("x"))

    diary.begin(life())
    diary.run()
    assert len({moment.date() for moment in done}) > 1
    assert done[-1].replace(second=0, microsecond=0) == at(13, 16)
