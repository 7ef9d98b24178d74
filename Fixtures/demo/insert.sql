-- Three more departures: a day that the database had no flight of, and a destination without any.
INSERT INTO flights (
    year, month, day, dep_time, sched_dep_time, dep_delay, arr_time, sched_arr_time, arr_delay,
    carrier, flight, tailnum, origin, dest, air_time, distance, hour, minute, time_hour
) VALUES
    (2013, 7, 1, 905, 900, 5, 1215, 1220, -5, 'HA', 51, 'N380HA', 'JFK', 'ANC', 410, 3370, 9, 0, '2013-07-01T13:00:00Z'),
    (2013, 7, 1, 1130, 1000, 90, 1435, 1320, 75, 'HA', 53, 'N381HA', 'JFK', 'ANC', 405, 3370, 10, 0, '2013-07-01T14:00:00Z'),
    (2013, 7, 1, NULL, 1830, NULL, NULL, 2145, NULL, 'HA', 55, 'N382HA', 'JFK', 'ANC', NULL, 3370, 18, 30, '2013-07-01T22:00:00Z');
