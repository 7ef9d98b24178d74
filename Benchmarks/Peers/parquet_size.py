"""parquet_size.py FOLDER: prints the bytes of FOLDER/*.arrow as Parquet, written by pyarrow with ZSTD at level 3."""
import glob
import os
import sys
import tempfile

import pyarrow.ipc as ipc
import pyarrow.parquet as parquet

total = 0
with tempfile.TemporaryDirectory() as scratch:
    for path in glob.glob(f"{sys.argv[1]}/*.arrow"):
        target = f"{scratch}/table.parquet"
        parquet.write_table(ipc.open_file(path).read_all(), target, compression="zstd", compression_level=3)
        total += os.path.getsize(target)
print(total)
