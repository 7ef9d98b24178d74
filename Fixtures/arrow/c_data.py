"""Exchanges arrays with the library rhei-arrow-peer (Tests/ArrowPeer) through Arrow's C interfaces.

    c_data.py exchange LIBRARY                      send every type there and back, in several ways, and compare
    c_data.py lend LIBRARY STREAM OFFSET COUNT      print rows that the library lends from a stream's file
    c_data.py take LIBRARY STREAM                   send every type, which the library writes to a file, and print it
"""

import ctypes
import gc
import sys

import pyarrow as pa

import peer


class Schema(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint8 * 72)]


class Array(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint8 * 80)]


class Stream(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint8 * 40)]


def call(function, *arguments):
    message = ctypes.create_string_buffer(1024)
    if function(*arguments, message):
        raise RuntimeError(message.value.decode())


def arrays(nulls, count):
    yield from peer.every_type(nulls, count)
    values = [None if peer.is_null(row, nulls) else row for row in range(count)]
    texts = [None if value is None else peer.TEXTS[value % 6] for value in values]
    lists = [None if value is None else [value, None][: value % 3] for value in values]
    deep = pa.list_(pa.struct([("m", pa.map_(pa.string_view(), pa.list_(pa.float32()))), ("n", pa.int8())]))
    yield pa.array([None if v is None else [{"m": [("k", [v, None])], "n": None}, None] for v in values], deep)
    yield pa.array(lists, pa.list_view(pa.uint16()))
    yield pa.array(lists, pa.large_list_view(pa.int32()))
    yield pa.array(texts).dictionary_encode()
    yield pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.uint8()), pa.array(["only"]), ordered=True)
    yield pa.array([None if value is None else [value] * 3 for value in values], pa.list_(pa.int16(), 3))
    yield pa.array([{}] * count, pa.struct([]))


def exchange_one(library, array, way, nullable):
    schema, data, schema_out, data_out = Schema(), Array(), Schema(), Array()
    addresses = [ctypes.addressof(part) for part in (schema, data, schema_out, data_out)]
    pa.field("f", array.type, nullable, {"k": "v"})._export_to_c(addresses[0])
    array._export_to_c(addresses[1])
    call(library.rhei_exchange, ctypes.byref(schema), ctypes.byref(data), way, *map(ctypes.byref, (schema_out, data_out)))
    field = pa.Field._import_from_c(addresses[2])
    assert field.equals(pa.field("f", array.type, nullable, {"k": "v"}), check_metadata=True), field
    result = pa.Array._import_from_c(addresses[3], field.type)
    pa.Field._import_from_c(addresses[0])
    result.validate(full=True)
    assert peer.render(result) == peer.render(array), (way, array, result)
    if not changes_values(array.type):
        assert result.equals(array), (way, array, result)
    return result


def changes_values(kind):
    """Whether joining may give another dictionary, or put another null in place of a union's."""
    if pa.types.is_dictionary(kind) or pa.types.is_union(kind) or pa.types.is_run_end_encoded(kind):
        return True
    return pa.types.is_nested(kind) and any(changes_values(kind.field(i).type) for i in range(kind.num_fields))


def exchange(library):
    count = 0
    for nulls in range(3):
        for whole in arrays(nulls, 40):
            slices = [whole, whole.slice(0, 0), whole[:1]] + [whole.slice(start, 29) for start in range(1, 10)]
            for array in slices:
                for way in range(4):
                    try:
                        exchange_one(library, array, way, nullable=way != 2 or pa.types.is_null(array.type))
                    except Exception as error:
                        print(f"{array.type} nulls {nulls} way {way} offset {array.offset}: {error}"[:600])
                    count += 1
    for kind in [whole.type for whole in arrays(0, 40)]:
        try:
            empty = pa.array([], kind)
        except pa.ArrowNotImplementedError:
            continue  # pyarrow makes none of this type from nothing
        for way in range(4):
            exchange_one(library, empty, way, True)
            count += 1
    return count


def exchange_and_count(library):
    """Both sides must have given all memory back at the end."""
    library.rhei_live_byte_count.restype = ctypes.c_ssize_t
    exchange_one(library, pa.array([1]), 1, True)
    live = library.rhei_live_byte_count(), pa.total_allocated_bytes()
    count = exchange(library)
    gc.collect()
    assert (library.rhei_live_byte_count(), pa.total_allocated_bytes()) == live, "memory is still held"
    print("exchanged", count)


def lend(library, path, offset, count):
    stream = Stream()
    call(library.rhei_lend, path.encode(), ctypes.c_ssize_t(int(offset)), ctypes.c_ssize_t(int(count)), ctypes.byref(stream))
    reader = pa.RecordBatchReader._import_from_c(ctypes.addressof(stream))
    peer.show_schema(reader.schema)
    for batch in reader:
        peer.show_batch(batch)


def take(library, path):
    batches = []
    whole = peer.every_type(1, 40)
    batches = [whole, whole.slice(0, 0)] + [whole.slice(start, 29) for start in range(1, 10)]
    peer.show_schema(whole.schema)
    for batch in batches:
        peer.show_batch(batch)
    stream = Stream()
    pa.RecordBatchReader.from_batches(whole.schema, batches)._export_to_c(ctypes.addressof(stream))
    call(library.rhei_take, ctypes.byref(stream), path.encode())


if __name__ == "__main__":
    {"exchange": exchange_and_count, "lend": lend, "take": take}[sys.argv[1]](ctypes.CDLL(sys.argv[2]), *sys.argv[3:])
