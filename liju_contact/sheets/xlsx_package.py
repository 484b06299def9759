"""The fixed parts of an XLSX file. Source: ECMA-376, parts 1 and 2; of its many parts these are those that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_SCHEMAS}/spreadsheetml/2006/main"'
_RELATIONS = f"{_SCHEMAS}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'

HEADER_STYLE, MOMENT_STYLE = 1, 2
"""Places in the styles' ``cellXfs``."""
_STYLES = f"""{_HEAD}<styleSheet {_MAIN}>\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>\
<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def sheet_path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def package_parts(sheet_names: Sequence[str]) -> dict[str, str]:
    """Return everything but the sheets themselves, by its path."""
    numbers = range(1, len(sheet_names) + 1)
    overrides = "".join(
        f'<Override PartName="/{sheet_path(number)}" ContentType="{_TYPES}.worksheet+xml"/>' for number in numbers
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheet_names, 1)
    )
    related = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers] + [("styles", "styles.xml")]
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
        f'<Default Extension="rels"{_XML}<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": _related([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} xmlns:r="{_RELATIONS}">'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _related(related),
        "xl/styles.xml": _STYLES,
    }


def sheet_beginning(widths: Sequence[int], *, is_first: bool) -> str:
    """Return a sheet up to its rows: the first row and column stay in sight."""
    selected = ' tabSelected="1"' if is_first else ""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    return (
        f'{_HEAD}<worksheet {_MAIN}><sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )


SHEET_END = "</sheetData></worksheet>"


def column_letters(place: int) -> str:
    """Return what the column at ``place``, counted from 0, is called."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _related(targets: Sequence[tuple[str, str]]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">{relations}</Relationships>'
