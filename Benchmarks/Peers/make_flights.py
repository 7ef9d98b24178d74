"""make_flights.py FIXTURES FOLDER: writes each table of FIXTURES/nycflights13 as FOLDER/<table>.arrow, typed as pyarrow reads them."""
import glob
import lzma
import os
import sys

import pyarrow.csv as csv
import pyarrow.ipc as ipc

fixtures, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
for path in glob.glob(f"{fixtures}/nycflights13/*.csv.xz"):
    options = csv.ConvertOptions(null_values=["", "NA"], strings_can_be_null=True)
    with lzma.open(path) as file:
        table = csv.read_csv(file, convert_options=options)
    name = os.path.basename(path).removesuffix(".csv.xz")
    with ipc.new_file(f"{folder}/{name}.arrow", table.schema) as writer:
        writer.write_table(table, max_chunksize=122_880)
