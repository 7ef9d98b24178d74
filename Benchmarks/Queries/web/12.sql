SELECT MobilePhone, MobilePhoneModel, count(DISTINCT UserID) AS owners
FROM hits WHERE MobilePhoneModel <> '' GROUP BY MobilePhone, MobilePhoneModel
ORDER BY owners DESC, MobilePhone, MobilePhoneModel LIMIT 10
