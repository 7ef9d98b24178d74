SELECT MobilePhoneModel, count(DISTINCT UserID) AS owners
FROM hits WHERE MobilePhoneModel <> '' GROUP BY MobilePhoneModel ORDER BY owners DESC, MobilePhoneModel LIMIT 10
