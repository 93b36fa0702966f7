"""Forms of KoboToolbox and ODK Central: what they send into fields, fields into what a row of a list says,
and that into the decisions by which people record the same.

    came = payloads.of_kobo(body)            an instance of a form: its name and what was filled in
    row = mapping.row(tells, columns, came)  by the keys of `fields.py` of lists
    entry = taking.read(came)                as a row of a list is read
    await coming.take_in()                   recorded as imported; an edit takes the place of what it edits
"""
