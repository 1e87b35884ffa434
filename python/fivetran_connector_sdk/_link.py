"""The native module, where there is one: where the package is only imported there need not be."""
try:
    from . import _native as native
except ImportError as missing:
    reason = str(missing)  # For whoever finds that operations do not work.

    def _refused(*_, **__):
        raise RuntimeError("operations work only while a sync runs: start it with `tendril debug` or connector.debug() "
                           f"({reason})")

    class native:
        """Stands for the native module, which lies beside the package that `tendril debug` brings."""
        open = upsert = update = delete = truncate = send = log = staticmethod(_refused)

        @staticmethod
        def is_open():
            return False
