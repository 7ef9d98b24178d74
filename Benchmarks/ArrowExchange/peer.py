"""What the suite `arrow` asks of pyarrow.

    peer.py make PATH BYTES                  write an uncompressed stream of 8 columns and about that many bytes
    peer.py JOB DATA PATH CODEC REPEATS      do a job several times; print seconds, processor seconds,
                                             peak memory in bytes and the version

Jobs: `write` a stream of what DATA holds to PATH; `read` the stream at PATH; `map` the file at PATH into memory, with the
checks that keep reads within it. `file` writes the file that `map` wants.
"""

import json
import os
import sys
import time

import pyarrow as pa
import pyarrow.ipc as ipc

ROWS = 1 << 18


def make(path, byte_count):
    import random

    random.seed(1)
    words = [f"{random.choice(['red', 'green', 'blue', 'grey'])} {random.choice(['cup', 'plate', 'fork'])} {n}" for n in range(997)]
    notes = [" ".join(random.choice(words) for _ in range(1 + n % 3)) for n in range(4001)]
    pool = random.randbytes(8 * ROWS)
    numbers = pa.Array.from_buffers(pa.int64(), ROWS, [None, pa.py_buffer(pool)])
    codes = pa.array([f"code {n}" for n in range(300)])
    written = 0
    options = ipc.IpcWriteOptions()
    with pa.OSFile(path, "wb") as sink:
        out = None
        start = 0
        while written < byte_count:
            turn = random.randrange(1 << 30)
            pick = [(row * 7919 + turn) % 1000003 for row in range(ROWS)]
            columns = {
                "id": pa.array(range(start, start + ROWS), pa.int64()),
                "quantity": pa.array([None if n % 10 == 0 else n % 5000 for n in pick], pa.int32()),
                "price": pa.array([n % 100000 / 100 for n in pick], pa.float64()),
                "at": pa.array([1700000000000000 + (start + row) * 1000 + n for row, n in enumerate(pick)], pa.timestamp("us")),
                "hash": numbers,
                "name": pa.array([words[n % 997] for n in pick], pa.utf8()),
                "note": pa.array([notes[n % 4001] for n in pick], pa.string_view()),
                "code": pa.DictionaryArray.from_arrays(pa.array([n % 300 for n in pick], pa.int16()), codes),
            }
            batch = pa.RecordBatch.from_pydict(columns)
            if out is None:
                out = ipc.new_stream(sink, batch.schema, options=options)
            out.write_batch(batch)
            written = sink.tell()
            start += ROWS
        out.close()


def peak_byte_count():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def load(path):
    with pa.OSFile(path) as source:
        return list(ipc.open_stream(source))


def write(data, path, codec):
    options = ipc.IpcWriteOptions(compression=codec, use_threads=True)
    with pa.OSFile(path, "wb") as sink, ipc.new_stream(sink, data[0].schema, options=options) as out:
        for batch in data:
            out.write_batch(batch)


def write_file(data, path, codec):
    with pa.OSFile(path, "wb") as sink, ipc.new_file(sink, data[0].schema) as out:
        for batch in data:
            out.write_batch(batch)


def read(data, path, codec):
    return load(path)


def map_file(data, path, codec):
    reader = ipc.open_file(pa.memory_map(path))
    batches = [reader.get_batch(index) for index in range(reader.num_record_batches)]
    for batch in batches:
        batch.validate(full=True)
    return batches


def main(job, data_path, path, codec, repeats):
    pa.set_cpu_count(2)
    codec = None if codec == "none" else pa.Codec(codec, compression_level=1) if codec == "zstd" else codec
    data = load(data_path) if job in ("write", "file") else None
    work = {"write": write, "read": read, "map": map_file, "file": write_file}[job]
    reset_peak()
    seconds, processor = [], []
    for _ in range(int(repeats)):
        start, worked = time.perf_counter(), time.process_time()
        result = work(data, path, codec)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - worked)
        del result
    found = {"seconds": seconds, "processorSeconds": processor, "peakByteCount": peak_byte_count()}
    print(json.dumps(found | {"version": f"pyarrow {pa.__version__}"}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        main(*sys.argv[1:])
