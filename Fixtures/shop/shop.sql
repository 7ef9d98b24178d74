-- A small shop whose columns hold what SQLite lets in: NUMERIC and DATETIME columns, text in number columns, a column
-- without a type, a NOCASE key, a table WITHOUT ROWID, a composite key, BLOBs, extreme numbers and many NULLs.

CREATE TABLE customers (
    code TEXT COLLATE NOCASE PRIMARY KEY,
    name NVARCHAR(40) NOT NULL,
    country CHAR(2),
    since DATE,
    credit DECIMAL(8, 2),
    photo BLOB
) WITHOUT ROWID;

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer TEXT REFERENCES customers (code),
    placed DATETIME,
    total NUMERIC(10, 2),
    paid BOOLEAN NOT NULL DEFAULT 0,
    note
);

CREATE TABLE order_lines (
    order_id INT NOT NULL REFERENCES orders (id),
    position INT NOT NULL,
    article VARCHAR(30) NOT NULL,
    quantity INT,
    price REAL,
    PRIMARY KEY (order_id, position)
);

CREATE TABLE readings ("when" TEXT, value INTEGER, weight DOUBLE PRECISION);

INSERT INTO customers VALUES
    ('ada', 'Ada Löfgren', 'SE', '2019-03-01', 1000, x'89504e470d0a'),
    ('BEN', 'Ben O''Hara', 'IE', '2020-11-30', 250.5, NULL),
    ('cleo', 'Cleo "C" Dumas', 'FR', NULL, NULL, x''),
    ('Dag', 'Dag, Son & Co', NULL, '2018-12-31', 'on request', x'00ff00'),
    ('eve', 'Eve', 'SE', '20200101', 0, NULL);

INSERT INTO orders VALUES
    (1, 'ada', '2024-01-01 00:00:00', 19.99, 1, 'gift'),
    (2, 'ADA', '2024-01-31 23:59:59', 20, 1, 12),
    (3, 'ben', '2024-02-29 12:30:00', 0.1, 0, 1.5),
    (4, 'Ben', '2024-02-29 12:30:01', '7.50', 1, NULL),
    (5, 'cleo', '2024-03-10', 'unknown', 0, x'beef'),
    (6, NULL, NULL, NULL, 0, NULL),
    (7, 'zoe', '2023-12-31 18:00:00', -3, 1, ''),
    (8, 'dag', 1704067200, 1e3, 0, 'late'),
    (9, 'eve', '2024-06-15T08:00:00', 99.95, 1, '12'),
    (10, 'eve', '2024-06-15 08:00:00', 99.95, 1, 'late');

INSERT INTO order_lines VALUES
    (1, 1, 'lamp', 1, 19.99),
    (2, 1, 'cable', 4, 2.5),
    (2, 2, 'plug', 2, 5),
    (3, 1, 'screw', 1, 0.1),
    (4, 1, 'plug', NULL, 3.75),
    (4, 2, 'lamp', 2, NULL),
    (5, 1, 'desk', 'two', 150),
    (7, 1, 'voucher', -1, 3),
    (9, 1, 'chair', 1, 99.95),
    (10, 1, 'chair', 1, 99.95);

INSERT INTO readings VALUES
    ('a', 9223372036854775807, 1e308),
    ('a', -9223372036854775808, -0.0),
    ('b', 0, 9e999),
    ('b', NULL, NULL),
    ('b', 7, 0.1),
    ('c', 2, 1e-300),
    (NULL, 3, 5);
