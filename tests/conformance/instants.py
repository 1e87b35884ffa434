"""Instants in the formats of manifests, and ISO 8601 durations."""
import datetime as clock
import re

UTC = clock.timezone.utc
_EPOCH = clock.datetime(1970, 1, 1, tzinfo=UTC)
_UNIX = {"%s": 1, "%s_as_float": 1, "%ms": 1000, "%epoch_microseconds": 1000000}
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_DURATION = re.compile(
    r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$")
_COMMON = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z",
           "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%Y-%m-%dT%H:%MZ",
           "%Y-%m-%dT%H:%M:%S.%_msZ", "%Y-%m-%dT%H:%M:%S.%_ms%z", "%Y/%m/%d", "%d/%m/%Y", "%Y-%m", "%s", "%ms")


def text_of(instant, form):
    """Formats an instant the way the manifest's formats say."""
    if form in _UNIX:
        microseconds = (instant - _EPOCH) // clock.timedelta(microseconds=1)
        if form == "%s_as_float":
            return str(microseconds / 1e6)
        return str(microseconds * _UNIX[form] // 1000000)
    if "%_ms" in form:
        form = form.replace("%_ms", f"{instant.microsecond // 1000:03d}")
    return instant.strftime(form)


def instant_of(text, forms):
    """Returns the instant that `text` is in one of the formats, or None."""
    for form in forms:
        try:
            if form in _UNIX:
                return _EPOCH + clock.timedelta(seconds=float(text) / _UNIX[form])
            found = clock.datetime.strptime(str(text), form.replace("%_ms", "%f"))
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None


def instants_in(text):
    """Returns the instants that stand anywhere in a text, in ISO form."""
    found = (instant_of(part.replace("Z", "+0000") if part.endswith("Z") else part, _COMMON)
             for part in _ISO.findall(str(text)))
    return [instant for instant in found if instant]


def common_form(accepts, preferred=()):
    """Returns the first usual format whose text of a day passes the check, or None."""
    day = clock.datetime(2024, 1, 31, 0, 0, 0, tzinfo=UTC)
    for form in (*preferred, *_COMMON):
        if accepts(text_of(day, form)):
            return form
    return None


def form_of(example):
    """Returns the usual format that an example is in, or None."""
    for form in _COMMON:
        if instant_of(example, (form,)):
            return form
    return None


def duration_of(text):
    """Returns the length of an ISO 8601 duration, months as 30 days; None when it is none."""
    found = _DURATION.match(text or "")
    if not found or not any(found.groups()):
        return None
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return clock.timedelta(days=years * 365 + months * 30 + weeks * 7 + days, hours=hours, minutes=minutes,
                           seconds=seconds)
