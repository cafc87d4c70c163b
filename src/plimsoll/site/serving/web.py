"""The application as the web server's worker processes load it: the WSGI application, in a process that ends with its parent."""

import signal

from plimsoll.site.serving.processes import die_with_parent

# Before the imports that take time: the server's parent may be gone before they end. KILL, as the server's own workers
# take TERM for a wish of their parent and wait for it.
die_with_parent(signal.SIGKILL)

from plimsoll.site.wsgi import application  # noqa: E402 (see above)

__all__ = ["application"]
