"""Lists that are brought in: the file, its cells and rows, and loading them."""

from typing import Final

from application.lists import cells as list_cells
from application.lists import named as list_named
from application.lists import one_row as list_one_row
from application.lists import places as list_places
from application.lists import rows as list_rows
from domain import lists
from infrastructure.lists import kept as kept_lists
from infrastructure.lists import table as list_files
from interfaces.web.language import mark
from interfaces.web.refusals.sentences import Reasons, Sentences

TABLE: Final[Sentences] = {
    list_files.FileTooLarge: (413, mark("The file is larger than %(limit)s MB. Please split it.")),
    list_files.Protected: (
        422,
        mark("The file asks for a password. Please save it without one (File, Info, Protect Workbook)."),
    ),
    list_files.OldWorkbook: (
        422,
        mark(
            "This is a workbook of another kind (.xls, .ods, Strict Open XML). Please save it as “Excel "
            "workbook (.xlsx)” or as CSV."
        ),
    ),
    list_files.HasMacros: (
        422,
        mark("The file holds macros (.xlsm), which are never taken. Please save it as .xlsx."),
    ),
    list_files.NotAList: (422, mark("This is neither an Excel workbook (.xlsx) nor a CSV file.")),
    list_files.Damaged: (
        422,
        mark("The file cannot be read: it is damaged, or not what it says it is. Please save it again."),
    ),
    list_files.SeveralSheets: (
        422,
        mark("The workbook has several sheets with rows: %(sheets)s. Please say which one is meant."),
    ),
    list_files.NoSuchSheet: (422, mark("There is no sheet of that name. There are: %(sheets)s.")),
    list_files.NothingInside: (
        422,
        mark("There is no table in the file: a row with headings, and rows under it."),
    ),
    list_files.TooManyRows: (422, mark("A list has at most %(limit)s rows. Please split it.")),
    list_files.UnknownLetters: (
        422,
        mark(
            "The letters cannot be read: the file is not written in Unicode (it may be TCVN3 or VNI). "
            "Please save it as UTF-8."
        ),
    ),
    list_files.Merged: (
        422,
        mark("The cell is merged with others. Please unmerge it and write the value into each row."),
    ),
    list_files.NoValue: (
        422,
        mark("The cell holds a formula without a value. Please write the value itself."),
    ),
    list_files.FailedFormula: (
        422,
        mark("The formula in this cell went wrong. Please write the value itself."),
    ),
    list_cells.EmptyCell: (422, mark("This cell is empty.")),
    list_cells.NotADay: (422, mark("This is no day. Please write it like 20/11/2026.")),
    list_cells.NotANumber: (422, mark("This is no whole number.")),
    list_cells.NotAYear: (422, mark("This is no year of birth. Please write it like 1956.")),
    list_cells.NoSuchGroup: (
        422,
        mark(
            "This group is not known. Please write: people, public sector, pupils and students, or workers."
        ),
    ),
    list_cells.NoSuchSkill: (422, mark("This skill is not known. Please write it as the program calls it.")),
    list_cells.OldEncoding: (
        422,
        mark("The letters are those of an old font (TCVN3 or VNI). Please convert them to Unicode."),
    ),
    list_places.NoSuchPlace: (422, mark("No commune of this name or code lies in the unit of the list.")),
    list_places.SeveralPlaces: (422, mark("Several communes are called so. Please write the official code.")),
    list_places.PlaceIsNoMore: (
        422,
        mark("This commune is no more since the mergers. Please write the name of today: %(now)s."),
    ),
    list_places.WhichPlace: (422, mark("The row does not say in which commune.")),
    list_places.NoSuchHamlet: (422, mark("No hamlet of this name is known in the commune.")),
    list_one_row.RowTwice: (422, mark("The same stands in row %(line)s already.")),
    list_one_row.RowsApart: (
        422,
        mark("The rows of one household have to stand together; others of it stand at row %(line)s."),
    ),
    list_rows.OtherRowIsBad: (
        422,
        mark("Row %(line)s, which belongs to it, is not taken: they are taken together."),
    ),
    list_named.UnknownTeam: (
        422,
        mark("No team of this name is known there. Please bring in the list of teams first."),
    ),
    list_named.SeveralTeams: (
        422,
        mark("Several teams of the commune are called so. Please write the hamlet."),
    ),
    list_named.UnknownMarket: (
        422,
        mark("No market of this name is known there. Please bring in the list of markets first."),
    ),
    list_named.UnknownMentor: (
        422,
        mark("Nobody of this name and phone is known. Please bring in the members of teams first."),
    ),
    kept_lists.StillUnderWay: (
        409,
        mark("The list is being looked at or loaded just now. Please remove it when that is over."),
    ),
    kept_lists.ColumnsStand: (
        409,
        mark(
            "Rows of this list were recorded by these columns already; by others they would be recorded once "
            "more. Please leave the columns as they are."
        ),
    ),
    lists.ListExists: (409, mark("Another list was brought in under this id.")),
}

WHY: Final[Reasons] = {
    (list_one_row.RowTwice, "leader"): mark("Row %(line)s names the leader of this team already."),
}
