-- Who are the ten customers that spent most?
SELECT c.CustomerId, c.FirstName || ' ' || c.LastName AS Customer, c.Country, round(sum(i.Total), 2) AS Spent
FROM Customer AS c
JOIN Invoice AS i ON i.CustomerId = c.CustomerId
GROUP BY c.CustomerId
ORDER BY Spent DESC, c.CustomerId
LIMIT 10;

-- What does each genre earn, and how many tracks of it were sold?
SELECT g.Name, count(*) AS Sold, round(sum(l.UnitPrice * l.Quantity), 2) AS Revenue
FROM InvoiceLine AS l
JOIN Track AS t ON t.TrackId = l.TrackId
JOIN Genre AS g ON g.GenreId = t.GenreId
GROUP BY g.Name
ORDER BY Revenue DESC, g.Name;

-- What do countries pay, the average invoice included?
SELECT BillingCountry, count(*), round(total(Total), 2), round(avg(Total), 4), min(Total), max(Total)
FROM Invoice
GROUP BY BillingCountry
ORDER BY 3 DESC, 1;

-- Which genre sells best in each of the three largest markets?
SELECT i.BillingCountry, g.Name, sum(l.Quantity) AS Sold
FROM Invoice i, InvoiceLine l, Track t, Genre g
WHERE l.InvoiceId = i.InvoiceId AND t.TrackId = l.TrackId AND g.GenreId = t.GenreId
    AND i.BillingCountry IN ('USA', 'Canada', 'France')
GROUP BY i.BillingCountry, g.Name
HAVING Sold >= 20
ORDER BY i.BillingCountry, Sold DESC, g.Name;

-- Which playlists hold no track?
SELECT p.PlaylistId, p.Name
FROM Playlist AS p
LEFT JOIN PlaylistTrack AS pt ON pt.PlaylistId = p.PlaylistId
WHERE pt.TrackId IS NULL
ORDER BY p.PlaylistId;

-- Who manages whom?
SELECT e.LastName, e.Title, m.LastName AS Manager, m.Title AS "Manager's title"
FROM Employee AS e
LEFT JOIN Employee AS m ON m.EmployeeId = e.ReportsTo
ORDER BY e.EmployeeId;

-- What did each support agent sell, agents without customers included?
SELECT e.EmployeeId, e.FirstName, count(DISTINCT c.CustomerId) AS Customers, coalesce(round(sum(i.Total), 2), 0) AS Sales
FROM Employee e
LEFT JOIN Customer c ON c.SupportRepId = e.EmployeeId
LEFT JOIN Invoice i ON i.CustomerId = c.CustomerId
GROUP BY e.EmployeeId, e.FirstName
ORDER BY Sales DESC, e.EmployeeId;

-- How did sales go from year to year (a DATETIME kept as text)?
SELECT strftime('%Y', InvoiceDate) AS Year, count(*) AS Invoices, round(sum(Total), 2) AS Sales
FROM Invoice
GROUP BY Year
ORDER BY Year;

-- What was billed in the first half of January of any year?
SELECT InvoiceId, InvoiceDate, date(InvoiceDate) AS Day, Total
FROM Invoice
WHERE substr(InvoiceDate, 6, 5) BETWEEN '01-01' AND '01-15'
ORDER BY InvoiceDate, InvoiceId;

-- Which values does the NUMERIC column Total hold, and of what storage class?
SELECT Total, typeof(Total), count(*)
FROM Invoice
GROUP BY Total
ORDER BY Total;

-- How do tracks spread over lengths?
SELECT
    CASE
        WHEN Milliseconds < 180000 THEN 'under 3 minutes'
        WHEN Milliseconds < 300000 THEN '3 to 5 minutes'
        WHEN Milliseconds < 600000 THEN '5 to 10 minutes'
        ELSE 'over 10 minutes'
    END AS Length,
    count(*) AS Tracks,
    sum(Bytes) / count(*) AS MeanBytes,
    max(Milliseconds) / 1000 % 60 AS Seconds
FROM Track
GROUP BY 1
ORDER BY Tracks DESC;

-- Which albums hold more than 25 tracks?
SELECT a.Title, r.Name AS Artist, count(*) AS Tracks
FROM Album a
JOIN Artist r USING (ArtistId)
JOIN Track t USING (AlbumId)
GROUP BY a.AlbumId
HAVING count(*) > 25
ORDER BY Tracks DESC, a.Title;

-- Which customers spend more than the average customer of their country (a correlated subquery)?
SELECT c.CustomerId, c.LastName, c.Country
FROM Customer c
WHERE (SELECT sum(i.Total) FROM Invoice i WHERE i.CustomerId = c.CustomerId)
    > (SELECT sum(j.Total) / count(DISTINCT j.CustomerId) + 0.5 FROM Invoice j WHERE j.BillingCountry = c.Country)
ORDER BY c.Country, c.CustomerId;

-- Which tracks were never sold although their album sold well?
SELECT count(*), min(t.Name), max(t.Name)
FROM Track t
WHERE NOT EXISTS (SELECT 1 FROM InvoiceLine l WHERE l.TrackId = t.TrackId)
    AND t.AlbumId IN (
        SELECT s.AlbumId FROM InvoiceLine l JOIN Track s ON s.TrackId = l.TrackId GROUP BY s.AlbumId HAVING count(*) > 10);

-- Which names contain "love", in whatever case, and which start with a vowel?
SELECT Name, Composer IS NULL AS Anonymous, length(Name), upper(substr(Name, 1, 3))
FROM Track
WHERE Name LIKE '%love%' AND Name GLOB '[AEIOU]*'
ORDER BY Name, TrackId;

-- In which cities does the company know somebody, customer or employee?
SELECT City, Country, 'customer' AS Kind FROM Customer WHERE Country = 'Canada'
UNION ALL
SELECT City, Country, 'employee' FROM Employee
ORDER BY 1, 2, 3;

-- Which countries have customers without a company, and which states are known?
SELECT DISTINCT Country, ifnull(State, '-') AS State
FROM Customer
WHERE Company IS NULL
ORDER BY Country, State;

-- Which media types and prices exist, and what do the tracks weigh?
SELECT m.Name, t.UnitPrice, count(*), round(avg(t.Bytes) / 1048576.0, 2) AS Megabytes, count(t.Composer), count(DISTINCT t.GenreId)
FROM MediaType m
LEFT JOIN Track t ON t.MediaTypeId = m.MediaTypeId
GROUP BY m.Name, t.UnitPrice
ORDER BY m.Name, t.UnitPrice;

-- How many playlists does the most listed track stand in, and how many tracks stand in as many?
WITH listed AS (SELECT TrackId, count(*) AS Playlists FROM PlaylistTrack GROUP BY TrackId)
SELECT Playlists, count(*) AS Tracks
FROM listed
GROUP BY Playlists
ORDER BY Playlists DESC;

-- How old was each employee when hired, and when does the longest-serving one of each title date from?
SELECT Title, min(HireDate) AS Since, count(*), max(CAST(strftime('%Y', HireDate) AS INTEGER) - CAST(substr(BirthDate, 1, 4) AS INTEGER)) AS Age
FROM Employee
GROUP BY Title
ORDER BY Since, Title;
