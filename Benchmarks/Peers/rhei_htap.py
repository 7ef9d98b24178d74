"""rhei_htap.py DATABASE COUNT RUNS: syncs of COUNT inserted rows of table event by the Rust engine of this name (rhei-engine).

The rows are written on a connection of their own; prints the seconds of each sync, and whether all rows arrived, in JSON. Columns are
in memory, and a sync may take all changes at once.
"""
import asyncio
import json
import os
import sqlite3
import sys
import time

import rhei

path, count, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def main():
    engine = await rhei.open(oltp_path=path, sync_batch_size=count)
    columns = [("id", "int64"), ("kind", "int64"), ("amount", "double"), ("place", "utf8"), ("at", "int64")]
    await engine.register_table(rhei.TableSchema("event", columns, ["id"]))
    seconds = []
    with sqlite3.connect(path) as database:
        for run in range(runs + 1):
            rows = ((id, id % 100, id % 100_000 / 100, f"place {id % 997}", 1_700_000_000_000_000 + id * 1_000)
                    for id in range(run * count + 1, (run + 1) * count + 1))
            database.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
            database.commit()
            start = time.perf_counter()
            await engine.sync_now()
            seconds.append(time.perf_counter() - start)
    batch = (await engine.query_olap("SELECT count(*) FROM event"))[0]
    is_right = batch.columns[0].to_pylist() == [(runs + 1) * count]
    print(json.dumps({"seconds": seconds[1:], "isRight": is_right}), flush=True)
    # The engine now and then aborts when the interpreter takes it down.
    os._exit(0)


asyncio.run(main())
