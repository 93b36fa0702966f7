"""Lists that offices bring in: columns into fields, rows into entries, entries into decisions.

    columns = guess(kind, headings)                     fields.py: what each column holds
    rows = Rows(ground, actor, kind, unit, ...)         rows.py: a row of cells -> an `Entry`, or why not
    for entry in rows.read(line, cells): ...
    await load(ground, actor, entry)                    loading.py: an entry -> the use case people use

Where the cells come from (a workbook, a CSV, the export of a survey) is no matter here.
"""
