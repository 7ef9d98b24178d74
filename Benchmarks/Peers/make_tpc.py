"""make_tpc.py tpch|tpcds SCALE FOLDER: writes every table as FOLDER/<table>.arrow and every query as FOLDER/queries/<number>.sql.

TPC-H's rows come from tpchgen-cli, TPC-DS's from DuckDB's extension; the query texts from DuckDB's extensions.
"""
import glob
import os
import subprocess
import sys
import tempfile

import duckdb
import pyarrow.ipc as ipc

ROWS_PER_BATCH = 122_880


def extension(name):
    """The path of an extension that came as a Python package."""
    pattern = f"{sys.prefix}/lib/python3.*/site-packages/duckdb_extension_{name}/extensions/*/{name}.duckdb_extension"
    return glob.glob(pattern)[0]


def connect(suite):
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{extension(suite)}'")
    return connection


def load(connection, suite, scale, scratch):
    """Makes the tables and returns their names."""
    if suite == "tpcds":
        connection.execute(f"CALL dsdgen(sf={scale})")
    else:
        subprocess.run(["tpchgen-cli", "parquet", "-s", scale, "--output-dir", scratch], check=True, stdout=subprocess.DEVNULL)
        for path in glob.glob(f"{scratch}/*.parquet"):
            name = os.path.basename(path).removesuffix(".parquet")
            connection.execute(f"CREATE VIEW {name} AS FROM '{path}'")
    return [row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()]


def main(suite, scale, folder):
    os.makedirs(f"{folder}/queries", exist_ok=True)
    connection = connect(suite)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        for name in load(connection, suite, scale, scratch):
            reader = connection.execute(f"FROM {name}").to_arrow_reader(ROWS_PER_BATCH)
            with ipc.new_file(f"{folder}/{name}.arrow", reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)
    for number, text in connection.execute(f"FROM {suite}_queries()").fetchall():
        with open(f"{folder}/queries/{number:02}.sql", "w") as file:
            file.write(text.strip().rstrip(";") + "\n")


main(*sys.argv[1:])
