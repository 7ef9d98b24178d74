"""foreign_writer.py DATABASE FIRST COUNT: commits COUNT rows of table event, one by one, at odd moments some milliseconds apart.

Prints for each its id and when its commit returned, in seconds of the system's monotonic clock.
"""
import random
import sqlite3
import sys
import time

path, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
source = random.Random(7)
with sqlite3.connect(path, isolation_level=None, timeout=30) as database:
    database.execute("PRAGMA synchronous = NORMAL")
    for id in range(first, first + count):
        time.sleep(source.uniform(0.002, 0.015))
        database.execute("INSERT INTO event VALUES (?, ?, ?, 'elsewhere', ?)", (id, id % 100, id / 100, id))
        print(id, time.clock_gettime(time.CLOCK_MONOTONIC), flush=True)
