"""Reading Odoo's log for warnings and errors that name our modules."""

import re

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<rest>.*)")
OURS = re.compile(r"aftersales_(service|dealer|reports)|\baftersales\.[a-z]")
LEVELS = ("WARNING", "ERROR", "CRITICAL")
# Known to be harmless; each with its reason.
KNOWN_NOISE = ()


def records(text):
    """The records of a log as (level, whole text); a traceback belongs to the record above it."""
    found = []
    for line in text.splitlines():
        match = RECORD.match(line)
        if match:
            found.append([match["level"], match["rest"]])
        elif found:
            found[-1][1] += "\n" + line
    return found


def problems(text):
    """First lines of the warnings and errors that name our modules."""
    return [
        f"{level}: {_summary(message)}"
        for level, message in records(text)
        if level in LEVELS
        and OURS.search(message)
        and not any(re.search(noise, message) for noise in KNOWN_NOISE)
    ]


def _summary(message):
    """The first line of a record, and its last when it has a traceback."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 else f"{lines[0]} … {lines[-1]}"
