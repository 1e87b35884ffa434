"""A clock that stands still, for Python code that asks `datetime` and `time`. Install it before that code is loaded."""
import datetime as module
import time

_REAL = module.datetime
_now = [_REAL(2025, 1, 1, tzinfo=module.timezone.utc)]
_SLEEP_MAX_SECONDS = 0.01
_slept = [0.0]


class _AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, _REAL)

    def __subclasscheck__(cls, kind):
        return issubclass(kind, _REAL)


class _FixedDatetime(_REAL, metaclass=_AnyDatetime):
    @classmethod
    def now(cls, tz=None):
        moment = _now[0].astimezone(tz) if tz else _now[0].replace(tzinfo=None)
        return cls.combine(moment.date(), moment.timetz())

    @classmethod
    def utcnow(cls):
        return cls.now()

    @classmethod
    def today(cls):
        return cls.now()


def install():
    """Replaces the clock of everything that is imported from now on, and cuts sleeps short. What was slept counts for
    `time.time()` alone, which budgets of requests wait by."""
    module.datetime = _FixedDatetime
    real_sleep = time.sleep

    def sleep(seconds):
        _slept[0] += seconds
        real_sleep(min(seconds, _SLEEP_MAX_SECONDS))

    time.time = lambda: _now[0].timestamp() + _slept[0]
    time.sleep = sleep


def set_now(instant):
    _slept[0] = 0.0
    _now[0] = _REAL.fromtimestamp(instant.timestamp(), module.timezone.utc)
