"""A file that was written for one answer: sent a piece at a time, and gone with it."""

import asyncio
import os
from typing import IO

from litestar.types import Receive, Scope, Send

from interfaces.web.front_door import PIECE


class Given:
    """`file` has no name and may be larger than memory should hold."""

    __slots__ = ("file", "headers", "media_type")

    def __init__(self, file: IO[bytes], media_type: str, headers: dict[str, str]) -> None:
        self.file = file
        self.media_type = media_type
        self.headers = headers

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        with self.file:
            length = self.file.seek(0, os.SEEK_END)
            self.file.seek(0)
            said = {"content-type": self.media_type, "content-length": str(length)} | self.headers
            headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while piece := await asyncio.to_thread(self.file.read, PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
