-- Which storage classes does each loosely typed column hold?
SELECT typeof(total), typeof(placed), typeof(note), count(*) FROM orders GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- How do values of different classes sort?
SELECT total, typeof(total), id FROM orders ORDER BY total, id;

-- And the other way round?
SELECT note, typeof(note), id FROM orders ORDER BY note DESC, id DESC;

-- What did customers order, their codes in whatever case?
SELECT c.code, c.name, count(o.id) AS orders, round(sum(o.total), 2) AS total
FROM customers AS c
LEFT JOIN orders AS o ON c.code = o.customer
GROUP BY c.code
ORDER BY c.code;

-- Which orders name no known customer?
SELECT o.id, o.customer FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.code = o.customer) ORDER BY o.id;

-- What was sold in each month, by the text of the date?
SELECT substr(placed, 1, 7) AS month, count(*), count(total), max(total) FROM orders GROUP BY month ORDER BY month;

-- Which dates does SQLite understand?
SELECT id, placed, date(placed) AS day, strftime('%Y-%m', placed) AS month FROM orders WHERE id <> 8 ORDER BY id;

-- Which totals are above twenty, where a text is above every number?
SELECT id, total FROM orders WHERE total > 20 ORDER BY id;

-- Which totals equal a number that is written as text?
SELECT id, total FROM orders WHERE total = '7.5' OR total IN ('20', 99.95) ORDER BY id;

-- Which articles earned how much, unknown quantities aside?
SELECT article, count(*), count(quantity), sum(quantity), round(sum(quantity * price), 2) AS earned
FROM order_lines
WHERE typeof(quantity) <> 'text'
GROUP BY article
HAVING count(*) >= 1
ORDER BY earned DESC, article;

-- What does paid say as a truth value?
SELECT paid, count(*), sum(total > 10), sum(NOT paid) FROM orders GROUP BY paid ORDER BY paid;

-- How do integer division, remainder and division by zero behave?
SELECT position, quantity / 2, quantity % 3, quantity / 0, -7 / 2, -7 % 3 FROM order_lines WHERE order_id < 4 ORDER BY order_id, position;

-- What are the extremes of the readings?
SELECT "when", min(value), max(value), min(weight), max(weight), count(weight) FROM readings GROUP BY "when" ORDER BY "when";

-- Which comparisons with NULL hold?
SELECT count(*) FILTER (WHERE total IS NULL), count(*) FILTER (WHERE total <> 20), count(*) FILTER (WHERE NOT total = 20) FROM orders;

-- How long are the photos, and what do they hold?
SELECT code, length(photo), hex(photo), photo IS NULL FROM customers ORDER BY code DESC;

-- Which countries are known, and how many customers have none?
SELECT coalesce(country, 'none') AS land, count(*) FROM customers GROUP BY country ORDER BY land;

-- Who has more credit than the average of what is a number?
SELECT name, credit FROM customers WHERE typeof(credit) <> 'text' AND credit > (SELECT avg(credit) FROM customers WHERE typeof(credit) <> 'text');

-- Which articles were bought by Swedes, each once?
SELECT DISTINCT l.article
FROM order_lines AS l
JOIN orders AS o ON o.id = l.order_id
WHERE o.customer COLLATE NOCASE IN (SELECT code FROM customers WHERE country = 'SE')
ORDER BY l.article;
