"""Writers: one tree of chapters becomes a web page, a workbook, tables and pictures, one writer a file."""
