"""contender.py ENGINE FOLDER THREADS [MEGABYTES TEMPORARY_FOLDER] [load STORE | open STORE]: loads FOLDER/*.arrow into memory
and answers requests from standard input. DuckDB may also keep a memory limit, load into a file in the folder STORE, or open the one there.

A request is one line, `run PATH`, `answer PATH` or `peak`, and so is each reply, in JSON; Benchmarks/AnalyticsJob speaks the same.
The first reply tells version and load time. `run` executes the query of a file and tells the seconds until its whole
result was there in columns; `answer` tells its rows as text; `peak` the highest resident memory so far.
"""
import decimal
import glob
import json
import math
import os
import sys
import time

engine, folder, threads = sys.argv[1:4]
place = sys.argv[-2:] if sys.argv[-2:-1] in (["load"], ["open"]) else []
limit = sys.argv[4 : len(sys.argv) - len(place)]
os.environ["POLARS_MAX_THREADS"] = threads
import pyarrow  # noqa: E402
import pyarrow.ipc as ipc  # noqa: E402  (Polars reads its setting when it is imported)


def tables():
    for path in sorted(glob.glob(f"{folder}/*.arrow")):
        yield os.path.basename(path).removesuffix(".arrow"), path


class DuckDB:
    def __init__(self):
        import duckdb

        self.version = f"DuckDB {duckdb.__version__}"
        self.path = f"{place[1]}/duckdb.db" if place else ":memory:"
        is_open = place[:1] == ["open"]
        self.connection = duckdb.connect(self.path, read_only=is_open)
        # NULLs come first in SQLite's order, and in ours.
        self.connection.execute(f"SET threads = {threads}; SET default_null_order = 'nulls_first'")
        if limit:
            self.connection.execute(f"SET memory_limit = '{limit[0]}MiB'; SET temp_directory = '{limit[1]}/duckdb-{os.getpid()}'")
        for name, path in tables() if not is_open else ():
            source = ipc.open_file(pyarrow.memory_map(path)).read_all()
            self.connection.register("source", source)
            self.connection.execute(f'CREATE TABLE "{name}" AS FROM source')
            self.connection.unregister("source")
        if place and not is_open:
            self.connection.execute("CHECKPOINT")

    def file_byte_count(self):
        return os.path.getsize(self.path) if place else 0

    def run(self, sql):
        return self.connection.sql(sql).to_arrow_table()


class DataFusion:
    def __init__(self):
        import datafusion

        self.version = f"DataFusion {datafusion.__version__}"
        self.context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(int(threads)))
        for name, path in tables():
            batches = ipc.open_file(path).read_all().to_batches()
            parts = [batches[part :: int(threads)] for part in range(int(threads))]
            self.context.register_record_batches(name, [part for part in parts if part])

    def run(self, sql):
        return self.context.sql(sql).to_arrow_table()


class Polars:
    def __init__(self):
        import polars

        self.version = f"Polars {polars.__version__}"
        frames = {name: polars.from_arrow(ipc.open_file(path).read_all()).lazy() for name, path in tables()}
        self.context = polars.SQLContext(frames)

    def run(self, sql):
        return self.context.execute(sql, eager=True).to_arrow()


class ChDB:
    def __init__(self):
        import chdb
        from chdb import session

        self.version = f"chDB {chdb.__version__}"
        self.session = session.Session()
        self.session.query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Memory")
        for name, path in tables():
            self.session.query(f"CREATE TABLE bench.{name} ENGINE = Memory AS SELECT * FROM file('{path}', 'Arrow')")
        self.session.query("USE bench")

    def run(self, sql):
        settings = f"\nSETTINGS max_threads = {threads}, join_use_nulls = 1, aggregate_functions_null_for_empty = 1"
        data = self.session.query(sql.rstrip().rstrip(";") + settings, "ArrowStream").bytes()
        return ipc.open_stream(data).read_all()


def text(value):
    """A value as every contender writes it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    return value.hex() if isinstance(value, bytes) else str(value)


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def reply(**fields):
    print(json.dumps(fields), flush=True)


def serve(contender):
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        try:
            if command == "peak":
                reply(peakByteCount=peak())
                continue
            with open(path) as file:
                sql = file.read()
            start = time.perf_counter()
            table = contender.run(sql)
            seconds = time.perf_counter() - start
            if command == "run":
                reply(seconds=seconds, rowCount=table.num_rows)
            else:
                columns = [column.to_pylist() for column in table.columns]
                reply(rows=[[text(value) for value in row] for row in zip(*columns)])
        except Exception as error:  # what an engine cannot run is part of the report
            reply(error=str(error).strip()[:500])


start = time.perf_counter()
contender = {"duckdb": DuckDB, "datafusion": DataFusion, "polars": Polars, "chdb": ChDB}[engine]()
seconds = time.perf_counter() - start
reply(version=contender.version, seconds=seconds, fileByteCount=contender.file_byte_count() if engine == "duckdb" else 0)
serve(contender)
