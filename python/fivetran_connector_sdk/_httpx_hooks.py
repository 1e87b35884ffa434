"""Records and replays what goes through httpx, where it is installed."""
import importlib.util

from ._exchanges import Request, Response


def install(log):
    if importlib.util.find_spec("httpx") is None:
        return
    import httpx

    plain = httpx.HTTPTransport.handle_request
    plain_async = httpx.AsyncHTTPTransport.handle_async_request

    def asked(request):
        headers = [[name, value] for name, value in request.headers.multi_items()]
        return Request(request.method, str(request.url), headers, request.content)

    def replayed(request):
        response = log.answer(asked(request))
        return httpx.Response(response.status, headers=[tuple(pair) for pair in response.headers], content=response.body)

    def recorded(request, response, number):
        answer = Response(response.status_code, response.reason_phrase,
                          [[name, value] for name, value in response.headers.multi_items()], b"")
        tee = kinds[isinstance(response.stream, httpx.AsyncByteStream)](response.stream)
        tee.keep = _Kept(log, number, asked(request), answer)
        log.answered(number, tee.keep.finish)
        response.stream = tee
        return response

    class Tee(httpx.SyncByteStream):
        def __init__(self, stream):
            self._stream = stream

        def __iter__(self):
            with self.keep.reading():
                for part in self._stream:
                    self.keep.take(part)
                    yield part

        def close(self):
            self.keep.finish()
            self._stream.close()

    class AsyncTee(httpx.AsyncByteStream):
        def __init__(self, stream):
            self._stream = stream

        async def __aiter__(self):
            with self.keep.reading():
                async for part in self._stream:
                    self.keep.take(part)
                    yield part

        async def aclose(self):
            self.keep.finish()
            await self._stream.aclose()

    kinds = {False: Tee, True: AsyncTee}

    def handle_request(self, request):
        request.read()
        if log.replays:
            return replayed(request)
        number = log.begin()
        try:
            return recorded(request, plain(self, request), number)
        except BaseException:
            log.drop(number)
            raise

    async def handle_async_request(self, request):
        await request.aread()
        if log.replays:
            return replayed(request)
        number = log.begin()
        try:
            return recorded(request, await plain_async(self, request), number)
        except BaseException:
            log.drop(number)
            raise

    httpx.HTTPTransport.handle_request = handle_request
    httpx.AsyncHTTPTransport.handle_async_request = handle_async_request


class _Kept:
    """The bytes of an answer, as they are read."""

    def __init__(self, log, number, request, answer):
        self._log = log
        self._number = number
        self._request = request
        self._answer = answer
        self._bytes = bytearray()

    def reading(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None and kind is not GeneratorExit:
            self._log.drop(self._number)  # The next try will be the exchange.

    def take(self, part):
        self._bytes += part

    def finish(self):
        self._answer.body = bytes(self._bytes)
        self._log.end(self._number, self._request, self._answer)
