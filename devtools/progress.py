"""What the user sees while long steps run: one line at the start, now and then, and at the end."""

import sys
import threading
import time
from contextlib import contextmanager

HEARTBEAT_SECONDS = 10

_print_lock = threading.Lock()


def say(text=""):
    """Print one line at once, whole even when several threads speak."""
    with _print_lock:
        print(text, file=sys.stderr, flush=True)


class Step:
    """A long step: `tell` notes how far it is, shown at most every few seconds."""

    def __init__(self, title):
        self.title = title
        self.started = self.last_line = time.monotonic()

    def elapsed(self):
        """Seconds since the step began."""
        return time.monotonic() - self.started

    def tell(self, detail):
        """Show how far the step is, unless something was shown a moment ago."""
        now = time.monotonic()
        if now - self.last_line >= HEARTBEAT_SECONDS:
            self.last_line = now
            say(f"  … {self.title}: {detail} ({self.elapsed():.0f} s)")


@contextmanager
def step(title):
    """Announce a step, and tell how long it took when it is done."""
    say(f"  → {title}")
    current = Step(title)
    yield current
    say(f"  ✓ {title} ({current.elapsed():.0f} s)")
