"""An expression that counts the rows of a query, as a column of another query."""

from django.db.models import IntegerField, Subquery


class Size(Subquery):
    """Counts the rows of a query: one that is cut to a bound costs no more than the bound."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0
