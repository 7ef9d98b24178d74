"""The other side of the Arrow exchange tests: reads and writes Arrow data with pyarrow.

    peer.py read PATH [stream|file]        print what the stream or file holds
    peer.py write STREAM FILE CODEC        write every type to both and print the same
    peer.py dictionaries STREAM FILE KIND  write a growing and a replaced dictionary and print the same
    peer.py seeds FOLDER                   write small streams and files of every type, for a fuzzer to damage

Values are printed so that two implementations can be compared as text: values of fixed width as the hexadecimal bytes of
their memory, text and bytes as hexadecimal bytes, a null as a full stop.
"""

import bisect
import struct
import sys

import pyarrow as pa
import pyarrow.ipc as ipc

ANY = pa.dense_union(
    [
        pa.field("null", pa.null()),
        pa.field("integer", pa.int64()),
        pa.field("real", pa.float64()),
        pa.field("text", pa.utf8()),
        pa.field("blob", pa.binary()),
    ],
    type_codes=[0, 1, 2, 3, 4],
)

FIXED = [
    (pa.int8(), 1), (pa.int16(), 2), (pa.int32(), 4), (pa.int64(), 8),
    (pa.uint8(), 1), (pa.uint16(), 2), (pa.uint32(), 4), (pa.uint64(), 8),
    (pa.float16(), 2), (pa.float32(), 4), (pa.float64(), 8),
    (pa.decimal32(9, 2), 4), (pa.decimal64(18, 3), 8), (pa.decimal128(38, 4), 16), (pa.decimal256(76, -3), 32),
    (pa.date32(), 4), (pa.date64(), 8), (pa.time32("s"), 4), (pa.time32("ms"), 4), (pa.time64("us"), 8),
    (pa.time64("ns"), 8), (pa.timestamp("s"), 8), (pa.timestamp("ms", "UTC"), 8), (pa.timestamp("us"), 8),
    (pa.timestamp("ns", "Europe/Berlin"), 8), (pa.duration("s"), 8), (pa.duration("ms"), 8), (pa.duration("us"), 8),
    (pa.duration("ns"), 8), (pa.month_day_nano_interval(), 16), (pa.binary(5), 5), (pa.binary(16), 16),
]

TEXTS = ["", "a", "twelve bytes", "thirteen byte", "a\0b", "äöü€𝄞 and much more text"]


def is_null(row, nulls):
    return nulls == 2 or (nulls == 1 and row % 3 == 1)


def width_of(kind):
    if str(kind) == "month_interval":
        return 4
    if str(kind) == "day_time_interval":
        return 8
    return kind.bit_width // 8


def render(array):
    kind = array.type
    if pa.types.is_null(kind):
        return ["."] * len(array)
    if pa.types.is_boolean(kind):
        return ["." if value is None else str(value).lower() for value in array.to_pylist()]
    if pa.types.is_union(kind):
        return [tagged(value) for value in array.to_pylist()]
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    if any(test(kind) for test in texts):
        return ["." if value is None else "x" + value.encode().hex() for value in array.to_pylist()]
    if any(test(kind) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)):
        return ["." if value is None else "x" + value.hex() for value in array.to_pylist()]
    if pa.types.is_nested(kind) or pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return nested(array)
    width = width_of(kind)
    data = array.buffers()[1]
    data = data.to_pybytes() if data else b""
    cells = []
    for row in range(len(array)):
        start = (array.offset + row) * width
        cells.append("x" + data[start : start + width].hex() if array[row].is_valid else ".")
    return cells


def nested(array):
    if pa.types.is_dictionary(array.type):
        values = render(array.dictionary)
        return ["." if index is None else values[index] for index in array.indices.to_pylist()]
    if pa.types.is_run_end_encoded(array.type):
        values, ends = render(array.values), array.run_ends.to_pylist()
        return [values[bisect.bisect_right(ends, array.offset + row)] for row in range(len(array))]
    if pa.types.is_struct(array.type):
        fields = [render(array.field(index)) for index in range(array.type.num_fields)]
        return ["{" + ",".join(cells[row] for cells in fields) + "}" if array[row].is_valid else "." for row in range(len(array))]
    return ["[" + ",".join(render(cell.values)) + "]" if cell.is_valid else "." for cell in array]


def tagged(value):
    if value is None:
        return "."
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "r" + struct.pack("<d", value).hex()
    return "t" + value.encode().hex() if isinstance(value, str) else "b" + value.hex()


def pairs(metadata):
    items = {key.decode(): value.decode() for key, value in (metadata or {}).items()}
    return " ".join(f"{key}={items[key]}" for key in sorted(items))


def show_schema(schema):
    print("schema", pairs(schema.metadata))
    for field in schema:
        name = "any" if field.type == ANY else field.type
        print(f"field {field.name} {name} {pairs(field.metadata)}".rstrip())


def show_batch(batch):
    batch.validate(full=True)
    print("batch", batch.num_rows)
    for column in batch.columns:
        print(" ".join(["column"] + render(column)))


def read(path, form):
    with pa.memory_map(path) as source:
        if form == "file":
            reader = ipc.open_file(source)
            batches = [reader.get_batch(index) for index in range(reader.num_record_batches)]
        else:
            reader = ipc.open_stream(source)
            batches = list(reader)
        show_schema(reader.schema)
        for batch in batches:
            show_batch(batch)


def fixed(kind, width, nulls, count):
    data = bytearray()
    for row in range(count):
        data += bytes([(row * 7) % 60, row % 3] + [0] * (width - 2)) if width > 1 else bytes([row * 37 % 251])
    if pa.types.is_date64(kind):
        data = b"".join(struct.pack("<q", row * 86_400_000) for row in range(count))
    bits = bytearray((count + 7) // 8)
    for row in range(count):
        if not is_null(row, nulls):
            bits[row // 8] |= 1 << row % 8
    validity = pa.py_buffer(bytes(bits)) if nulls else None
    return pa.Array.from_buffers(kind, count, [validity, pa.py_buffer(bytes(data))])


def mixed(nulls, count):
    values = [[], [], [], [], []]
    codes, offsets = [], []
    for row in range(count):
        code = 0 if is_null(row, nulls) else 1 + row % 4
        offsets.append(len(values[code]))
        codes.append(code)
        text = f"row {row} of text that is long"
        values[code].append([None, row * 0x123456789ABC, row / 3, text, text.encode()][code])
    children = [pa.array(values[index], ANY.field(index).type) for index in range(5)]
    names = [ANY.field(index).name for index in range(5)]
    return pa.UnionArray.from_dense(
        pa.array(codes, pa.int8()), pa.array(offsets, pa.int32()), children, names, [0, 1, 2, 3, 4]
    )


def every_type(nulls, count):
    arrays = [pa.nulls(count), pa.array([None if is_null(r, nulls) else r % 7 < 2 for r in range(count)], pa.bool_())]
    arrays += [fixed(kind, width, nulls, count) for kind, width in FIXED]
    texts = [None if is_null(row, nulls) else TEXTS[row % len(TEXTS)] for row in range(count)]
    arrays += [pa.array(texts, kind) for kind in (pa.utf8(), pa.large_utf8(), pa.string_view())]
    blobs = [None if text is None else text.encode() + b"\xff" for text in texts]
    arrays += [pa.array(blobs, kind) for kind in (pa.binary(), pa.large_binary(), pa.binary_view())]
    items = [None if text is None else [text, None, "x"][: row % 4] for row, text in enumerate(texts)]
    numbers = [None if text is None else list(range(row % 5)) for row, text in enumerate(texts)]
    pairs = [None if text is None else [row, None if row % 5 else -row] for row, text in enumerate(texts)]
    rows = [None if text is None else {"a": row, "b": text} for row, text in enumerate(texts)]
    record = pa.struct([("a", pa.int64()), ("b", pa.string_view())])
    arrays += [
        pa.array(items, pa.list_(pa.utf8())), pa.array(numbers, pa.large_list(pa.int64())),
        pa.array(pairs, pa.list_(pa.int64(), 2)), pa.array(rows, record),
        pa.array([None if row is None else [row, None] for row in rows], pa.list_(record)),
        pa.array([None if row is None else [(row["b"], row["a"])] for row in rows], pa.map_(pa.utf8(), pa.int64())),
        pa.UnionArray.from_sparse(
            pa.array([row % 2 * 5 for row in range(count)], pa.int8()),
            [pa.array(range(count), pa.int64()), pa.array(texts, pa.utf8())], ["i", "t"], [0, 5],
        ),
        pa.UnionArray.from_dense(
            pa.array([row % 2 * 5 for row in range(count)], pa.int8()),
            pa.array([row // 2 for row in range(count)], pa.int32()),
            [pa.array(range(count), pa.int64()), pa.array(texts, pa.utf8())], ["i", "t"], [0, 5],
        ),
    ]
    arrays += indirect(nulls, count)
    fields = [pa.field(f"c{index}", array.type) for index, array in enumerate(arrays)]
    fields[1] = fields[1].with_metadata({"unit": "m"})
    arrays.append(mixed(nulls, count))
    fields.append(pa.field("any", ANY, metadata={"ARROW:extension:name": "rhei.any"}))
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields, metadata={"made": "there", "empty": ""}))


def indirect(nulls, count):
    """List views, dictionaries and run-end encoded arrays, alone and within each other."""
    names = pa.array(TEXTS, pa.utf8())
    record = pa.StructArray.from_arrays([pa.array(range(6), pa.int64()), names], ["a", "b"])

    def dictionary(kind, values, rows=count):
        indices = [None if is_null(row, nulls) else row * 5 % len(values) for row in range(rows)]
        return pa.DictionaryArray.from_arrays(pa.array(indices, kind), values)

    def runs(kind, values):
        ends = list(range(2, count, 3)) + [count]
        return pa.RunEndEncodedArray.from_arrays(pa.array(ends, kind), values(len(ends)))

    items = pa.array([None if row % 5 == 1 else row for row in range(count)], pa.int64())
    sizes = [min(row % 4, count) for row in range(count)]
    starts = [(count - size) * (count - row) // max(count, 1) for row, size in enumerate(sizes)]
    mask = pa.array([is_null(row, nulls) for row in range(count)], pa.bool_())
    inner = dictionary(pa.int16(), names, count * 2)
    ends = pa.array([None if is_null(row, nulls) else row * 2 for row in range(count)] + [count * 2], pa.int32())
    return [
        pa.ListViewArray.from_arrays(pa.array(starts, pa.int32()), pa.array(sizes, pa.int32()), items, mask=mask),
        pa.LargeListViewArray.from_arrays(pa.array(starts, pa.int64()), pa.array(sizes, pa.int64()), items, mask=mask),
        dictionary(pa.int8(), names), dictionary(pa.uint32(), record), dictionary(pa.int64(), pa.array([1.5, None, -2])),
        runs(pa.int16(), lambda count: pa.array([None if row % 3 == 2 else row for row in range(count)], pa.int32())),
        runs(pa.int32(), lambda count: pa.array([TEXTS[row % 6] for row in range(count)], pa.string_view())),
        runs(pa.int64(), lambda count: pa.array([row % 2 == 0 for row in range(count)], pa.bool_())),
        pa.ListArray.from_arrays(ends, inner), pa.StructArray.from_arrays([dictionary(pa.uint8(), names)], ["d"]),
    ]


def dictionaries(stream, file, kind):
    """Writes a column whose dictionary grows and, unless the kind is deltas, is replaced."""
    lists = [["a", "b"], ["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c", "d", "e"]]
    if kind == "plain":
        lists += [["x", "y"], ["x", "y", "z"]]
    batches = []
    for values in lists:
        column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, len(values) - 1], pa.int8()), pa.array(values))
        batches.append(pa.RecordBatch.from_arrays([column, pa.StructArray.from_arrays([column], ["d"])], ["c", "s"]))
    show_schema(batches[0].schema)
    for batch in batches:
        show_batch(batch)
    options = ipc.IpcWriteOptions(emit_dictionary_deltas=kind == "deltas")
    with ipc.new_stream(stream, batches[0].schema, options=options) as out:
        for batch in batches:
            out.write_batch(batch)
    if kind == "deltas":
        with ipc.new_file(file, batches[0].schema, options=options) as out:
            for batch in batches:
                out.write_batch(batch)


def write(stream, file, codec):
    options = ipc.IpcWriteOptions(compression=None if codec == "none" else codec)
    wholes = [every_type(nulls, 40) for nulls in range(3)]
    batches = wholes + [wholes[0].slice(0, 0)] + [whole.slice(start, 29) for whole in wholes for start in range(1, 10)]
    show_schema(batches[0].schema)
    for batch in batches:
        show_batch(batch)
    with ipc.new_stream(stream, batches[0].schema, options=options) as out:
        for batch in batches:
            out.write_batch(batch)
    with ipc.new_file(file, batches[0].schema, options=options) as out:
        for batch in batches:
            out.write_batch(batch)


def seeds(folder):
    """Writes small streams and files of a few columns each, for a fuzzer to damage."""
    import os

    os.makedirs(folder, exist_ok=True)
    whole = every_type(1, 11)
    wide = pa.RecordBatch.from_arrays([pa.concat_arrays([column] * 20) for column in whole.columns], schema=whole.schema)
    for start in range(0, whole.num_columns, 2):
        names = whole.schema.names[start : start + 2]
        for codec, source in ((None, whole), ("lz4", wide), ("zstd", wide)):
            batch = source.select(names)
            options = ipc.IpcWriteOptions(compression=codec, emit_dictionary_deltas=True)
            for suffix, create in (("stream", ipc.new_stream), ("arrow", ipc.new_file)):
                with create(os.path.join(folder, f"{start}-{codec}.{suffix}"), batch.schema, options=options) as out:
                    out.write_batch(batch)
                    out.write_batch(batch.slice(1, 5))


if __name__ == "__main__":
    {"read": read, "write": write, "dictionaries": dictionaries, "seeds": seeds}[sys.argv[1]](*sys.argv[2:])
