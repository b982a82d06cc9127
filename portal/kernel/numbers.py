"""Numbers of files and papers: without gaps within a series, never given twice."""

from portal.kernel.models import NumberSeries


def next_number(series: str) -> int:
    """The next number of `series`. Call inside a transaction: the row stays locked until it ends."""
    NumberSeries.objects.get_or_create(pk=series)
    row = NumberSeries.objects.select_for_update(of=("self",)).get(pk=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
