"""Writes an Arrow file of two batches whose column `word` is dictionary-encoded.

    write_dictionary.py PATH
"""

import sys

import pyarrow as pa
import pyarrow.ipc as ipc

words = pa.array(["pear", "apple", None, "apple"] * 5).dictionary_encode()
batch = pa.record_batch([words], names=["word"])
with ipc.new_file(sys.argv[1], batch.schema) as out:
    out.write_batch(batch)
    out.write_batch(batch)
