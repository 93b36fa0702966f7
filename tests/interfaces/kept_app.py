"""One Litestar for many houses: registering our routes takes longer than most tests do."""

import copy
from typing import Any

from litestar import Litestar
from litestar.datastructures import State


class KeptLitestar:
    """Stands in for `Litestar`: what was last built of the same parts is taken again, with a state and a
    lifespan of its own. Handlers, hooks and exception handlers that a test replaced are other parts."""

    def __init__(self) -> None:
        self._built: Litestar | None = None
        self._of: tuple[Any, ...] = ()

    def __call__(self, routes: list[Any], *, state: State, lifespan: list[Any], **parts: Any) -> Litestar:
        if self._built is None or self._of != (routes, parts):
            self._built, self._of = Litestar(routes, state=state, lifespan=lifespan, **parts), (routes, parts)
        app = copy.copy(self._built)
        app.state = state
        app.asgi_router = copy.copy(app.asgi_router)
        app.asgi_router.app = app  # whose lifespan it runs
        app._lifespan_managers = list(lifespan)
        return app
