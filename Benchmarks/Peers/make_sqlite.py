"""make_sqlite.py FOLDER: writes the tables FOLDER/*.arrow into the SQLite database FOLDER/tables.sqlite.

Dates and times become texts of ISO 8601, decimals numbers.
"""
import glob
import os
import sqlite3
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc


def declared(kind):
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    if pa.types.is_floating(kind):
        return "REAL"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_date(kind):
        return "DATE"
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else "TEXT"


def values(column):
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.string())
    elif pa.types.is_timestamp(kind):
        column = pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    elif pa.types.is_date(kind):
        column = pc.strftime(column.cast(pa.timestamp("s")), format="%Y-%m-%d")
    return column.to_pylist()


def main(folder):
    path = f"{folder}/tables.sqlite"
    for old in glob.glob(path + "*"):
        os.remove(old)
    connection = sqlite3.connect(path)
    for file in sorted(glob.glob(f"{folder}/*.arrow")):
        table = ipc.open_file(file).read_all()
        name = os.path.basename(file).removesuffix(".arrow")
        columns = ", ".join(f'"{field.name}" {declared(field.type)}' for field in table.schema)
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" * table.num_columns)
        for batch in table.to_batches():
            rows = zip(*(values(column) for column in batch.columns))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    connection.commit()
    connection.close()


main(sys.argv[1])
