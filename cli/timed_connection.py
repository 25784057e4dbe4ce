"""HTTP connections that come to an end: nobody holds one by sending nothing, half a request, or by not reading."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

WITHIN = 10.0  # seconds for a whole request, since the connection or the answer before; and for some of an answer to go


class TimedConnection(H11Protocol):
    """As uvicorn serves HTTP, which has a time limit only between two requests."""

    _timer: asyncio.TimerHandle | None = None
    _went_on = False  # the other side has read since the last look

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in H11Protocol
        super().connection_made(transport)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self._look_no_more()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look_later()

    def resume_writing(self) -> None:
        self._went_on = True
        super().resume_writing()

    def _look_later(self) -> None:
        self._look_no_more()
        self._timer = self.loop.call_later(WITHIN, self._look)

    def _look_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request
        is_answering = cycle is not None and not cycle.response_complete
        if is_answering and (self._went_on or not self.flow.write_paused):
            self._went_on = False
            self._look_later()
        else:
            self.transport.abort()  # to close it would wait for whoever does not read
