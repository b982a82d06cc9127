"""Reading what comes from outside: rows of a sheet, workbooks, 数电票, archives. Nothing here writes."""
