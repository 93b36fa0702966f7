"""A control: granian as it comes, with an app that waits for whatever is sent to it."""

from litestar.types import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if str(scope["type"]) != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
