"""Whole units between two times, as expressions name them."""

DAY = 86400
# By name: the months and the seconds of one unit.
BETWEEN = {
    "seconds between": (0, 1),
    "minutes between": (0, 60),
    "hours between": (0, 3600),
    "days between": (0, DAY),
    "weeks between": (0, 7 * DAY),
    "months between": (1, 0),
    "years between": (12, 0),
}
