"""Logging: lines for the log of the sync."""
import sys
import traceback
from enum import IntEnum

from ._link import native as _native


class Logging:
    class Level(IntEnum):
        DEBUG = 1
        FINE = 2
        INFO = 3
        WARNING = 4
        ERROR = 5
        SEVERE = 6
        CRITICAL = 7

    LOG_LEVEL = None  # The least that a connector wants logged, where it sets it.

    @staticmethod
    def _write(level, message, exception=None):
        if Logging.LOG_LEVEL is not None and level < Logging.LOG_LEVEL:
            return
        text = str(message)
        if isinstance(exception, BaseException):
            text += "\n" + "".join(traceback.format_exception(type(exception), exception, exception.__traceback__)).rstrip()
        elif exception is not None:
            text += f"\n{exception}"
        if _native.is_open():
            _native.log(int(level), text.encode("utf-8", "backslashreplace"))
        else:
            print(f"{level.name} {text}", file=sys.stderr)

    @staticmethod
    def debug(message):
        Logging._write(Logging.Level.DEBUG, message)

    @staticmethod
    def fine(message):
        Logging._write(Logging.Level.FINE, message)

    @staticmethod
    def info(message):
        Logging._write(Logging.Level.INFO, message)

    @staticmethod
    def warning(message):
        Logging._write(Logging.Level.WARNING, message)

    @staticmethod
    def error(message, exception=None):
        Logging._write(Logging.Level.ERROR, message, exception)

    @staticmethod
    def severe(message, exception=None):
        Logging._write(Logging.Level.SEVERE, message, exception)

    @staticmethod
    def critical(message, exception=None):
        Logging._write(Logging.Level.CRITICAL, message, exception)
