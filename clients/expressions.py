"""SQL functions of the search for clients; the first migration defines them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class SearchText(models.Func):
    """What a client is found by: ``clients_search_text(name, phone, email)``, see the migration."""

    function = "clients_search_text"
    output_field = models.TextField()


class Trigrams(models.Func):
    """All runs of three characters of a search text: ``clients_trigrams(text)``."""

    function = "clients_trigrams"
    output_field = ArrayField(models.CharField(max_length=3))
