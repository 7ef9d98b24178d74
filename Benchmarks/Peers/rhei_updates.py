"""rhei_updates.py DATABASE COUNT RUNS: random single-row updates of table t, each synced, by the Rust engine of this name (rhei-engine).

Prints the seconds of COUNT updates for each run, and whether the columns equal the rows in the end, in JSON. Columns are in memory.
"""
import asyncio
import json
import os
import random
import sqlite3
import sys
import time

import rhei

path, count, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def main():
    engine = await rhei.open(oltp_path=path)
    await engine.register_table(rhei.TableSchema("t", [("id", "int64"), ("g", "int64"), ("v", "int64")], ["id"]))
    rows = await engine.initial_sync("t")
    source = random.Random(7)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(count):
            value, key = source.randrange(1_000_000), source.randrange(1, rows + 1)
            await engine.execute(f"UPDATE t SET v = {value} WHERE id = {key}")
            await engine.sync_now()
        seconds.append(time.perf_counter() - start)
    batch = (await engine.query_olap("SELECT count(*), sum(v) FROM t"))[0]
    with sqlite3.connect(path) as database:
        is_right = [column[0].as_py() for column in batch.columns] == list(
            database.execute("SELECT count(*), sum(v) FROM t").fetchone())
    print(json.dumps({"seconds": seconds, "isRight": is_right}), flush=True)
    # The engine now and then aborts when the interpreter takes it down.
    os._exit(0)


asyncio.run(main())
