"""How many mails a minute leave the installation, whichever workers send them.

The mail server's limit is the installation's, so this is a setting (``MAILS_PER_MINUTE``, 0 for no
limit), and the count is one row in the database: no two workers disagree, whatever Redis does.
"""

from django.conf import settings
from django.db import connection

# Each mail takes the next place in the row, places being 60 / limit seconds apart; the database's
# clock counts, not the workers'. Returns the seconds until the place taken.
_PLACE = """
INSERT INTO scheduling_sendingpace AS p (id, next_at)
VALUES (1, clock_timestamp() + %(apart)s * interval '1 second')
ON CONFLICT (id) DO UPDATE
   SET next_at = greatest(p.next_at, clock_timestamp()) + %(apart)s * interval '1 second'
 WHERE p.next_at < clock_timestamp() + %(longest)s * interval '1 second'
RETURNING greatest(0, extract(epoch FROM
                              next_at - %(apart)s * interval '1 second' - clock_timestamp()))
"""


def seconds_to_wait(*, longest: float) -> float | None:
    """Take a place for one mail, and say how long to wait for it; None where that is too long.

    A place that was taken is to be used: nobody else gets it.
    """
    limit = settings.MAILS_PER_MINUTE
    if not limit:
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"apart": 60 / limit, "longest": longest})
        found = cursor.fetchone()
    return float(found[0]) if found else None
