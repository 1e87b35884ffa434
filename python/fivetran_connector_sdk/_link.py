"""The native module, where there is one: where the package is only imported there need not be."""
try:
    from . import _native as native
except ImportError:
    class _Missing:
        """Stands for the native module, which lies beside the package that `tendril debug` brings."""

        @staticmethod
        def is_open():
            return False

        def __getattr__(self, name):
            raise RuntimeError("operations work only while a sync runs: start it with `tendril debug` or "
                               "connector.debug()")

    native = _Missing()
