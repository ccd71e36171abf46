"""The e-mails to clients and to the desk.

They speak their reader's language and the clinic's clock, and say nothing about what is treated,
where or why: a mailbox is read by others too. ``kinds`` has one function each, ``building`` makes
a mail of what it says, ``wire`` writes it out, ``words`` are the parts that a manager may word,
``shipped`` what they say otherwise.
"""

from scheduling.emails.kinds import compose as compose
from scheduling.emails.kinds import kind_of as kind_of
from scheduling.emails.wire import Mail as Mail
