"""The application as the web server's worker processes load it: the WSGI application, in a process that ends with its parent."""

import gc
import signal
from collections.abc import Iterable
from typing import Any

from plimsoll.site.serving.processes import die_with_parent

# Before the imports that take time: the server's parent may be gone before they end. KILL, as the server's own workers
# take TERM for a wish of their parent and wait for it.
die_with_parent(signal.SIGKILL)

from plimsoll.site.wsgi import application as served  # noqa: E402 (see above)


class Settled:
    """The application; what is loaded once it has answered stays for good, and is no longer looked through for garbage.

    Looked through, its 170,000 objects held a request up for a tenth of a second every few hundred.
    """

    def __init__(self) -> None:
        self.is_settled = False

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = served(environ, start_response)
        if not self.is_settled:
            self.is_settled = True
            gc.freeze()
        return answer


application = Settled()

__all__ = ["application"]
