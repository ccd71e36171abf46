"""Sentences of Django's admin that our catalogues say anew; Django itself looks them up.

They put a model's name into the middle of a sentence, where Russian would have to inflect it; ours
put it before or after a colon, as it stands.
"""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Add %s"),
    _("Add %(name)s"),
    _("Add another %(verbose_name)s"),
    _("Change %s"),
    _("View %s"),
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Cannot delete %(name)s"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
)
