"""One Litestar for many houses: registering our routes takes longer than most tests do."""

import copy
from collections.abc import Callable
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

    def once(self, check: Callable[[Litestar], object]) -> Callable[[Litestar], None]:
        """A check of the routes, made of each that was built, not of those that are it with another state."""
        checked: list[Any] = [None]

        def checking(app: Litestar) -> None:
            if app.routes is not checked[0]:
                check(app)
                checked[0] = app.routes

        return checking
